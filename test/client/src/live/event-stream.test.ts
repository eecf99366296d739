import { expect, test } from 'vitest';
import { type EventBlock, EventStreamParser } from '../../../../client/src/live/event-stream.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The blocks of a text that comes in pieces of some bytes. */
const parse = (text: string, pieceBytes = Number.POSITIVE_INFINITY): EventBlock[] => {
  const parser = new EventStreamParser();
  const bytes = bytesOf(text);
  const blocks: EventBlock[] = [];
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    blocks.push(...parser.push(bytes.subarray(from, from + pieceBytes)));
  }
  return blocks;
};

const block = (fields: Partial<EventBlock>): EventBlock => ({
  type: 'message',
  data: undefined,
  id: undefined,
  ...fields,
});

const STREAMS: readonly [string, string, EventBlock[]][] = [
  ['data alone', 'data: a\n\n', [block({ data: 'a' })]],
  ['a name', 'event: reading\ndata: a\n\n', [block({ type: 'reading', data: 'a' })]],
  [
    'a name of one event only',
    'event: x\ndata: a\n\ndata: b\n\n',
    [block({ type: 'x', data: 'a' }), block({ data: 'b' })],
  ],
  ['several lines of data', 'data: a\ndata:\ndata: b\n\n', [block({ data: 'a\n\nb' })]],
  ['an id without data', 'id: 7\n\n', [block({ id: '7' })]],
  [
    'an id that later events keep',
    'id: 7\ndata: a\n\ndata: b\n\n',
    [block({ data: 'a', id: '7' }), block({ data: 'b', id: '7' })],
  ],
  [
    'an id that takes back those before',
    'id: 7\n\nid\n\n',
    [block({ id: '7' }), block({ id: '' })],
  ],
  ['an id with NUL', 'id: a\0b\ndata: a\n\n', [block({ data: 'a' })]],
  ['a field without a value', 'data\n\n', [block({ data: '' })]],
  ['a value without a space before it', 'data:a\n\n', [block({ data: 'a' })]],
  ['a second space', 'data:  a\n\n', [block({ data: ' a' })]],
  ['a colon in a value', 'data: a:b: c\n\n', [block({ data: 'a:b: c' })]],
  ['comments', ': a\n:\ndata: b\n:data: c\n\n', [block({ data: 'b' })]],
  ['fields of other names', 'retry: 5\nDATA: a\n data: a\ndata: b\n\n', [block({ data: 'b' })]],
  ['carriage returns', 'id: 1\r\rdata: a\r\r', [block({ id: '1' }), block({ data: 'a', id: '1' })]],
  ['both', 'id: 1\r\n\r\ndata: a\r\n\r\n', [block({ id: '1' }), block({ data: 'a', id: '1' })]],
  [
    'each in turn',
    'data: a\r\n\rdata: b\n\r\ndata: c\r\n\n',
    [block({ data: 'a' }), block({ data: 'b' }), block({ data: 'c' })],
  ],
  ['a byte order mark', '\uFEFFdata: a\n\n', [block({ data: 'a' })]],
  ['a second byte order mark', '\uFEFF\uFEFFdata: a\n\n', [block({})]],
  ['characters of two, three and four bytes', 'data: é€💓\n\n', [block({ data: 'é€💓' })]],
  ['a line separator inside of data', 'data: a\u2028b\n\n', [block({ data: 'a\u2028b' })]],
  ['an end in the middle of an event', 'data: a\n\ndata: b\nid: 3\n', [block({ data: 'a' })]],
];

test.each(STREAMS)('%s', (_, text, blocks) => {
  expect(parse(text)).toEqual(blocks);
  for (const pieceBytes of [1, 2, 3, 5]) expect(parse(text, pieceBytes)).toEqual(blocks);
});

test('an event without end is refused, in one line or in many', () => {
  const parser = new EventStreamParser();
  const half = bytesOf(`data: ${'a'.repeat(40_000)}`);
  expect(parser.push(half)).toEqual([]);
  expect(() => parser.push(half)).toThrow(/longer than those of the service/);
  expect(() => parse(`data: ${'a'.repeat(40_000)}\n`.repeat(2))).toThrow(/longer/);
  expect(parse(`data: ${'a'.repeat(40_000)}\n\n`.repeat(2))).toHaveLength(2);
});

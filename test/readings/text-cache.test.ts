import { expect, test } from 'vitest';
import { TextCache } from '../../src/readings/text-cache.ts';

/** What the cache makes of a text among others. */
const read = (cache: TextCache, text: string, hash = 0): string | undefined =>
  cache.textIn(Buffer.from(`..${text}....`), 2, 2 + text.length, hash);

test.each([
  ['begins with the other', 'user_1', 'user_1batv'],
  ['is the beginning of the other', 'user_1batv', 'user_1'],
  ['is as long as the other', 'user_1', 'user_2'],
  ['is empty', 'user_1', ''],
])('a text that shares a slot is itself when it %s', (_, first, second) => {
  const cache = new TextCache();
  expect([read(cache, first), read(cache, second), read(cache, first)]).toEqual([
    first,
    second,
    first,
  ]);
});

test('a text is asked about once while it keeps its slot, and again once another took it', () => {
  const asked: string[] = [];
  const cache = new TextCache((text) => {
    asked.push(text);
    return true;
  });
  for (const text of ['ann', 'ann', 'ben', 'ann']) expect(read(cache, text)).toBe(text);
  expect(asked).toEqual(['ann', 'ben', 'ann']);
});

test('texts of other slots do not take it', () => {
  const asked: string[] = [];
  const cache = new TextCache((text) => {
    asked.push(text);
    return true;
  });
  // They differ in the upper half of the hash alone.
  const hashes = [0, 2 << 16, 3 << 17];
  for (const hash of [...hashes, ...hashes]) read(cache, `text ${hash}`, hash);
  expect(asked).toHaveLength(hashes.length);
});

test('what is not accepted is not kept, and takes nobody’s slot', () => {
  let asked = 0;
  const cache = new TextCache((text) => {
    asked++;
    return text !== 'bad';
  });
  expect(read(cache, 'good')).toBe('good');
  expect([read(cache, 'bad'), read(cache, 'bad')]).toEqual([undefined, undefined]);
  expect(read(cache, 'good')).toBe('good');
  expect(asked).toBe(3);
});

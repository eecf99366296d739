import { expect, test } from 'vitest';
import { allBytes, linesOf, utf8Text } from '../../../src/import/input/bytes.ts';

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const linesIn = async (text: string, size: number, limit = 100): Promise<string[]> => {
  const lines: string[] = [];
  const chunks = chunksOf(Buffer.from(text), size);
  for await (const { line, number } of linesOf(utf8Text(chunks), limit)) {
    lines.push(`${number} ${line}`);
  }
  return lines;
};

test.each([1, 2, 3, 100])('lines of chunks of %i bytes', async (size) => {
  expect(await linesIn('ä\r\n\n€ 😀\nlast', size)).toEqual(['1 ä', '2 ', '3 € 😀', '4 last']);
});

test('a last line with its end is no further line', async () => {
  expect(await linesIn('a\n', 1)).toEqual(['1 a']);
});

test('a line beyond the limit ends it, before it is read to its end', async () => {
  await expect(linesIn(`a\n${'x'.repeat(1000)}`, 10)).rejects.toThrow('Line 2 is longer than 100');
});

test('more bytes than the limit', async () => {
  expect(await allBytes(chunksOf(Buffer.alloc(10), 3), 10)).toHaveLength(10);
  await expect(allBytes(chunksOf(Buffer.alloc(11), 3), 10)).rejects.toThrow('larger than 10 bytes');
});

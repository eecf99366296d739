import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32In } from '../../../../src/storage/parquet/disk/checksum.ts';

test('the checksum of a stretch of bytes is the one that zlib computes, short or long', () => {
  const content = Buffer.from(Array.from({ length: 1000 }, (_, i) => (i * i * 31) >> 3));
  for (let from = 0; from < 8; from++) {
    for (let to = from; to <= 300; to++) {
      expect(crc32In(content, from, to)).toBe(crc32(content.subarray(from, to)));
    }
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      expect(crc32In(Buffer.from(bytes), 0, bytes.length)).toBe(crc32(bytes));
    }),
  );
});

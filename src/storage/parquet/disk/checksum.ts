import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

export const CHECKSUM_DIGITS = 8;
const CHUNK_BYTES = 256 * 1024;

export const checksumDigits = (checksum: number): string =>
  checksum.toString(16).padStart(CHECKSUM_DIGITS, '0');

/** The CRC-32 (zlib's) of bytes, in eight hexadecimal digits. */
export const checksumOf = (content: string | Uint8Array): string => checksumDigits(crc32(content));

/** Up to here the loop is faster than making a view and calling zlib, of a hundred bytes twice so. */
const SHORT_BYTES = 256;

/** What the four bytes that are worth least to most contribute, as long as there are four. */
const [TABLE_0, TABLE_1, TABLE_2, TABLE_3] = makeTables();

function makeTables(): [Int32Array, Int32Array, Int32Array, Int32Array] {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    return sum;
  });
  const next = (table: Int32Array): Int32Array =>
    table.map((sum) => (sum >>> 8) ^ (first[sum & 0xff] as number));
  const second = next(first);
  const third = next(second);
  return [first, second, third, next(third)];
}

/** The CRC-32 of `content[from, to)` as a number. */
export const crc32In = (content: Buffer, from: number, to: number): number => {
  if (to - from > SHORT_BYTES) return crc32(content.subarray(from, to));
  let sum = -1;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    sum ^=
      (content[at] as number) |
      ((content[at + 1] as number) << 8) |
      ((content[at + 2] as number) << 16) |
      ((content[at + 3] as number) << 24);
    sum =
      (TABLE_3[sum & 0xff] as number) ^
      (TABLE_2[(sum >>> 8) & 0xff] as number) ^
      (TABLE_1[(sum >>> 16) & 0xff] as number) ^
      (TABLE_0[sum >>> 24] as number);
  }
  for (; at < to; at++) {
    sum = (TABLE_0[(sum ^ (content[at] as number)) & 0xff] as number) ^ (sum >>> 8);
  }
  return ~sum >>> 0;
};

const HEX_DIGITS = Buffer.from('0123456789abcdef');

/** Writes the CRC-32 of `content[from, to)` to `content[at]`, in eight hexadecimal digits. */
export const writeChecksum = (content: Buffer, at: number, from: number, to: number): void => {
  let rest = crc32In(content, from, to);
  for (let digit = CHECKSUM_DIGITS - 1; digit >= 0; digit--) {
    content[at + digit] = HEX_DIGITS[rest & 0xf] as number;
    rest >>>= 4;
  }
};

/** The CRC-32 of a file, which is read a piece at a time. */
export const fileChecksum = async (path: string): Promise<string> => {
  const file = await open(path, 'r');
  try {
    let checksum = 0;
    // No larger than needed: a flush of many days reads thousands of small files.
    const chunk = Buffer.allocUnsafe(Math.min((await file.stat()).size + 1, CHUNK_BYTES));
    for (;;) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length);
      if (bytesRead === 0) return checksumDigits(checksum);
      checksum = crc32(chunk.subarray(0, bytesRead), checksum);
    }
  } finally {
    await file.close();
  }
};

/** What is wrong when content does not have the checksum that was written with it, in words. */
export const mismatch = (written: string, computed: string): string | undefined =>
  written === computed ? undefined : `checksum is ${written}, content gives ${computed}`;

import { open } from 'node:fs/promises';
import { crc32 } from 'node:zlib';

export const CHECKSUM_DIGITS = 8;
const CHUNK_BYTES = 256 * 1024;

export const checksumDigits = (checksum: number): string =>
  checksum.toString(16).padStart(CHECKSUM_DIGITS, '0');

/** The CRC-32 (zlib's) of bytes, in eight hexadecimal digits. */
export const checksumOf = (content: string | Uint8Array): string => checksumDigits(crc32(content));

const HEX_DIGITS = Buffer.from('0123456789abcdef');

/** Writes the CRC-32 of `content[from, to)` to `content[at]`, in eight hexadecimal digits. */
export const writeChecksum = (content: Buffer, at: number, from: number, to: number): void => {
  let rest = crc32(content.subarray(from, to));
  for (let digit = CHECKSUM_DIGITS - 1; digit >= 0; digit--) {
    content[at + digit] = HEX_DIGITS[rest & 0xf] as number;
    rest >>>= 4;
  }
};

/** Whether `content[at]` holds just what {@link writeChecksum} would write there. */
export const holdsChecksum = (content: Buffer, at: number, from: number, to: number): boolean => {
  let rest = crc32(content.subarray(from, to));
  for (let digit = CHECKSUM_DIGITS - 1; digit >= 0; digit--) {
    if (content[at + digit] !== HEX_DIGITS[rest & 0xf]) return false;
    rest >>>= 4;
  }
  return true;
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

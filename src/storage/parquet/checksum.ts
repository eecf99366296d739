import { createReadStream } from 'node:fs';
import { crc32 } from 'node:zlib';

export const CHECKSUM_DIGITS = 8;
const CHUNK_BYTES = 256 * 1024;

const hex = (checksum: number): string => checksum.toString(16).padStart(CHECKSUM_DIGITS, '0');

/** The CRC-32 (zlib's) of bytes, in eight hexadecimal digits. */
export const checksumOf = (content: string | Uint8Array): string => hex(crc32(content));

/** The CRC-32 of a file, which is read a piece at a time. */
export const fileChecksum = async (path: string): Promise<string> => {
  let checksum = 0;
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  for await (const chunk of chunks) checksum = crc32(chunk, checksum);
  return hex(checksum);
};

/** What is wrong when content does not have the checksum that was written with it, in words. */
export const mismatch = (written: string, computed: string): string | undefined =>
  written === computed ? undefined : `checksum is ${written}, content gives ${computed}`;

import { crc32 } from 'node:zlib';
import type { PartRows } from './part-rows.ts';

/** A number that differs when any value of the rows does, or their order. */
export const digestOf = (rows: PartRows): number => {
  let digest = crc32(bytesOf(rows.timestamps));
  digest = crc32(bytesOf(rows.heartRates), digest);
  digest = crc32(bytesOf(rows.lengths), digest);
  // No id has control characters.
  return crc32([...rows.userIds, ...rows.deviceIds].join('\n'), digest);
};

const bytesOf = ({ buffer, byteOffset, byteLength }: Float64Array | Uint32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

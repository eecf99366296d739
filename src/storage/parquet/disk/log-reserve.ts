import type { Files } from './files.ts';

/** Segments that are being written, flushed, and waiting for their removal. */
const RESERVED_SEGMENTS = 4;

/**
 * How many bytes merges and rewrites may take on the disk of a folder. What four segments of the
 * log may need is left to the log: whatever else has to wait on a disk that fills up, readings
 * are accepted, and turned into Parquet, for as long as there is any room.
 */
export const roomBesideLog = async (
  files: Files,
  dataDir: string,
  segmentMaxBytes: number,
): Promise<number> =>
  Math.max(0, (await files.freeBytes(dataDir)) - RESERVED_SEGMENTS * segmentMaxBytes);

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import type { EpochDay, Reading, Sequence } from '../../src/readings/reading.ts';
import { ReadingBatch } from '../../src/readings/reading-batch.ts';
import { parseDay, parseTimestamp } from '../../src/readings/timestamp.ts';
import { checkedLine } from '../../src/storage/parquet/disk/checked-line.ts';
import { checksumOf } from '../../src/storage/parquet/disk/checksum.ts';
import type { Files } from '../../src/storage/parquet/disk/files.ts';
import { FORMAT } from '../../src/storage/parquet/disk/folder-format.ts';
import {
  dayFolder,
  formatFile,
  logFolder,
  partName,
  segmentName,
} from '../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../src/storage/parquet/disk/node-files.ts';
import { type VerifyResult, verifyFolder } from '../../src/storage/parquet/verify/verify-folder.ts';
import { PART_VERSION, type PartVersion } from '../../src/storage/rows/part-file.ts';
import { encodeRecord } from '../support/encode-record.ts';

/** `[user, device, ISO timestamp, heart rate]`, or nulls to forge a part. */
export type PartRow = readonly (string | number | null)[];

export const day = (text: string): EpochDay => parseDay(text) as EpochDay;

/** Rows as a part is made from them, in the order they are given. */
export const partFrame = (rows: readonly PartRow[], sequence: number): pl.DataFrame => {
  const column = (i: number) => rows.map((row) => row[i] ?? null);
  const micros = column(2).map((at) => (at === null ? null : parseTimestamp(String(at))));
  return pl.DataFrame([
    pl.Series('user_id', column(0), pl.String),
    pl.Series('device_id', column(1), pl.String),
    pl.Series('timestamp', micros, pl.Int64).cast(pl.Datetime('us', 'UTC')),
    pl.Series('heart_rate', column(3), pl.Float64),
    pl.Series(
      'sequence',
      rows.map(() => sequence),
      pl.Int64,
    ),
  ]);
};

/** Puts a part with any rows on disk, also such as the store would not write; the path of the file. */
export const putPart = (
  dataDir: string,
  on: string,
  identity: readonly [number, number, number?],
  frame: pl.DataFrame,
): Promise<string> => {
  return forgePart(dataDir, on, identity, frame.writeParquet({ compression: 'zstd' }));
};

/** Puts any bytes on disk as a part whose checksum holds. */
export const forgePart = async (
  dataDir: string,
  on: string,
  [first, last, rewrites = 0]: readonly [number, number, number?],
  content: Buffer,
  version: PartVersion = PART_VERSION,
): Promise<string> => {
  const range = { first: first as Sequence, last: last as Sequence };
  const name = partName({ range, rewrites, checksum: checksumOf(content), version });
  await mkdir(dayFolder(dataDir, day(on)), { recursive: true });
  const path = join(dayFolder(dataDir, day(on)), name);
  await writeFile(path, content);
  return path;
};

/** The line of a record of readings. */
export const line = (sequence: number, ...readings: readonly Reading[]): string =>
  encodeRecord(sequence as Sequence, { kind: 'readings', batch: ReadingBatch.of(...readings) });

export const erasureLine = (sequence: number, userId: string): string =>
  encodeRecord(sequence as Sequence, { kind: 'erasure', erasure: { userId } });

export const segmentPath = (dataDir: string, first: number): string =>
  join(logFolder(dataDir), segmentName(first as Sequence));

export const putSegment = async (
  dataDir: string,
  first: number,
  content: string | Buffer,
): Promise<void> => {
  await mkdir(logFolder(dataDir), { recursive: true });
  await writeFile(segmentPath(dataDir, first), content);
};

export const putMarker = (dataDir: string, format = FORMAT): Promise<void> =>
  writeFile(formatFile(dataDir), checkedLine(`"format":${format}}`));

const refuse = (): never => {
  throw new Error('verify must not write');
};

/** Verifies with files that refuse to write. */
export const verify = (dataDir: string, files: Partial<Files> = {}): Promise<VerifyResult> =>
  verifyFolder({
    dataDir,
    heartRates: { min: 30, max: 220 },
    files: {
      ...nodeFiles,
      create: refuse,
      makeFolder: refuse,
      makeFolders: refuse,
      rename: refuse,
      remove: refuse,
      removeEmptyFolder: refuse,
      truncate: refuse,
      syncFile: refuse,
      syncFolder: refuse,
      ...files,
    },
  });

import { statSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import pl from 'nodejs-polars';
import { releaseFrames } from '../native-memory.ts';
import { ColumnComparison } from './comparison.ts';
import { type PartFile, scanPart } from './part-file.ts';

const USER_ID = new ColumnComparison('user_id');
const SCAN_COLUMNS = [
  pl.col('device_id'),
  pl.col('timestamp').cast(pl.Int64).alias('timestamp'),
  pl.col('heart_rate'),
  pl.col('sequence'),
];

/**
 * About what a scan takes for the footer of its file: 6 kB for each row group, of which there is
 * one in 32 kB, and more for a file that is small.
 */
const scanBytes = ({ bytes }: PartFile): number => 20_000 + bytes / 5;
const MAX_SCAN_BYTES = 24 * 1024 * 1024;
/** A part that was merged into another is not asked for again. */
const UNUSED_MS = 5 * 60_000;

interface Scan {
  readonly frame: pl.LazyDataFrame;
  readonly bytes: number;
}

/**
 * The scans of the parts that were asked for last. One that was collected before knows the footer,
 * which makes the next query a fifth faster. Nor does it leave a copy of the footer behind, which
 * the garbage collector takes for a few bytes: a thousand queries held 180 MB until it came.
 */
const scans = new LRUCache<string, Scan>({
  maxSize: MAX_SCAN_BYTES,
  sizeCalculation: ({ bytes }) => bytes,
  ttl: UNUSED_MS,
  updateAgeOnGet: true,
  dispose: ({ bytes }) => releaseFrames(bytes),
});

/** With more parts a query does not keep their scans, which would take the place of all others. */
const MAX_KEPT_PARTS = 16;

const scanOf = (part: PartFile, isKept: boolean): pl.LazyDataFrame => {
  const { path } = part;
  // With the footer of a file that has been cut since, Polars would read beyond its end and crash.
  const isWhole = statSync(path, { throwIfNoEntry: false })?.size === part.bytes;
  const kept = isWhole ? scans.get(path) : undefined;
  if (kept !== undefined) return kept.frame;
  const [frame, bytes] = [scanPart(path), Math.ceil(scanBytes(part))];
  if (isWhole && isKept) {
    scans.purgeStale();
    scans.set(path, { frame, bytes });
  } else {
    releaseFrames(bytes);
  }
  return frame;
};

/**
 * All that parts have of a user as the frame that `frameOf` describes, whatever is asked for.
 * The user alone: with the time in the same predicate the scan is no faster, even for a few minutes.
 */
export const partsFrame = (parts: readonly PartFile[], userId: string): pl.LazyDataFrame => {
  const isKept = parts.length <= MAX_KEPT_PARTS;
  const all = parts.map((part) => scanOf(part, isKept));
  const rows = all.length === 1 ? (all[0] as pl.LazyDataFrame) : pl.concat(all);
  return rows.filter(USER_ID.eq(userId)).select(...SCAN_COLUMNS);
};

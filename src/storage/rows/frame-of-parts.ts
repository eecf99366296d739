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

const MAX_SCANS = 128;
/** About what one takes, for the footer of a part of some dozen row groups. */
const SCAN_BYTES = 150_000;

/**
 * The scans of the parts that were asked for last. One that was collected before knows the footer,
 * which makes the next query a fifth faster. Nor does it leave a copy of the footer behind, which
 * the garbage collector takes for a few bytes: a thousand queries held 180 MB until it came.
 */
const scans = new LRUCache<string, pl.LazyDataFrame>({
  max: MAX_SCANS,
  dispose: () => releaseFrames(SCAN_BYTES),
});

/** With more parts a query does not keep their scans, which would take the place of all others. */
const MAX_KEPT_PARTS = MAX_SCANS / 8;

const scanOf = ({ path, bytes }: PartFile, isKept: boolean): pl.LazyDataFrame => {
  // With the footer of a file that has been cut since, Polars would read beyond its end and crash.
  const isWhole = statSync(path, { throwIfNoEntry: false })?.size === bytes;
  const scan = (isWhole ? scans.get(path) : undefined) ?? scanPart(path);
  if (isWhole && isKept) scans.set(path, scan);
  return scan;
};

/**
 * All that parts have of a user as the frame that `frameOf` describes, whatever is asked for.
 * The user alone: with the time in the same predicate the scan is no faster, even for a few minutes.
 */
export const partsFrame = (parts: readonly PartFile[], userId: string): pl.LazyDataFrame => {
  const isKept = parts.length <= MAX_KEPT_PARTS;
  const all = parts.map((part) => scanOf(part, isKept));
  if (!isKept) releaseFrames(all.length * SCAN_BYTES);
  const rows = all.length === 1 ? (all[0] as pl.LazyDataFrame) : pl.concat(all);
  return rows.filter(USER_ID.eq(userId)).select(...SCAN_COLUMNS);
};

import { statSync } from 'node:fs';
import { LRUCache } from 'lru-cache';
import pl from 'nodejs-polars';
import { dayRange } from '../../readings/time-range.ts';
import { ColumnComparison } from './comparison.ts';
import { type PartFile, scanPart } from './part-file.ts';
import type { RowsSource } from './rows-source.ts';

const USER_ID = new ColumnComparison('user_id');
const DEVICE_ID = new ColumnComparison('device_id');
const TIMESTAMP = new ColumnComparison('timestamp');
const SCAN_COLUMNS = [
  pl.col('device_id'),
  pl.col('timestamp').cast(pl.Int64).alias('timestamp'),
  pl.col('heart_rate'),
  pl.col('sequence'),
];

/** Each takes some 100 kB, for the footer of the file. */
const MAX_SCANS = 64;

/**
 * The scans of the parts that were asked for last. One that was collected before knows the footer,
 * which makes the next query a fifth faster. Nor does it leave a copy of the footer behind, which
 * the garbage collector takes for a few bytes: a thousand queries held 180 MB until it came.
 */
const scans = new LRUCache<string, pl.LazyDataFrame>({ max: MAX_SCANS });

const scanOf = ({ path, bytes }: PartFile): pl.LazyDataFrame => {
  // With the footer of a file that has been cut since, Polars would read beyond its end and crash.
  const isWhole = statSync(path, { throwIfNoEntry: false })?.size === bytes;
  const scan = (isWhole ? scans.get(path) : undefined) ?? scanPart(path);
  if (isWhole) scans.set(path, scan);
  return scan;
};

/**
 * All that a part has of a user as the frame that `frameOf` describes, whatever is asked for.
 * The user alone: with the time in the same predicate the scan takes twice as long.
 */
export const partFrame = (part: PartFile, userId: string): pl.LazyDataFrame =>
  scanOf(part)
    .filter(USER_ID.eq(userId))
    .select(...SCAN_COLUMNS);

/** Those of a user's rows of a day that are asked for. */
export const clipped = (
  frame: pl.LazyDataFrame,
  { day, deviceId, range }: Pick<RowsSource, 'day' | 'deviceId' | 'range'>,
): pl.LazyDataFrame => {
  const { startMicros, endMicros } = dayRange(day);
  let rows = frame;
  if (deviceId !== undefined) rows = rows.filter(DEVICE_ID.eq(deviceId));
  if (range.startMicros > startMicros) rows = rows.filter(TIMESTAMP.atLeast(range.startMicros));
  if (range.endMicros < endMicros) rows = rows.filter(TIMESTAMP.below(range.endMicros));
  return rows;
};

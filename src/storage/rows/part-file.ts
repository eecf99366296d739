import pl from 'nodejs-polars';
import type { EpochDay } from '../../readings/reading.ts';
import { MICROS_PER_SECOND } from '../../readings/timestamp.ts';

/** A Parquet file that never changes; its name tells its version. */
export interface PartFile {
  readonly path: string;
  readonly bytes: number;
  readonly day: EpochDay;
}

/** Which columns a part has, and in which order its rows are; new ones are of the last version. */
export type PartVersion = 1 | 2 | 3;
export const PART_VERSION = 3;

/** How the name of a part of each version ends. */
export const PART_ENDINGS: Readonly<Record<PartVersion, string>> = {
  1: '.parquet',
  2: '.v2.parquet',
  3: '.v3.parquet',
};

/** The version of a part, or of a temporary file that is to become one. */
export const partVersionOf = (path: string): PartVersion => {
  if (!path.endsWith(PART_ENDINGS[1]) || path.endsWith(PART_ENDINGS[3])) return PART_VERSION;
  return path.endsWith(PART_ENDINGS[2]) ? 2 : 1;
};

/**
 * The columns that every part is read and written in, whatever its version. `sequence` is the same
 * in all rows of a part (the last of its range): a reader of several parts of a day takes, of rows
 * with the same user, device and timestamp, the one with the largest.
 */
export const READING_COLUMNS = ['user_id', 'device_id', 'timestamp', 'heart_rate', 'sequence'];

/** The timestamp of a row of version 2. */
const STORED_TIMESTAMP = pl
  .col('minute')
  .cast(pl.Int64)
  .plus(pl.col('second').cast(pl.Int64).multiplyBy(pl.lit(MICROS_PER_SECOND).cast(pl.Int64)))
  .plus(pl.col('microsecond').cast(pl.Int64))
  .cast(pl.Datetime('us', 'UTC'))
  .alias('timestamp');

/** A part with the columns that are in the file. */
export const scanStored = (path: string): pl.LazyDataFrame =>
  pl.scanParquet(path, { useStatistics: true, glob: false, hivePartitioning: false });

/** A part with the columns that are in the file and its timestamps. */
export const scanWithTimestamp = (path: string): pl.LazyDataFrame => {
  const stored = scanStored(path);
  return partVersionOf(path) === 2 ? stored.withColumn(STORED_TIMESTAMP) : stored;
};

/** Built once: a name would become an expression in each scan, for half a millisecond. */
const READING = READING_COLUMNS.map((name) => pl.col(name));

/** A part of any version with the columns of a reading. */
export const scanPart = (path: string): pl.LazyDataFrame =>
  scanWithTimestamp(path).select(...READING);

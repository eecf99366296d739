import pl from 'nodejs-polars';
import type { Sequence } from '../../readings/reading.ts';

/**
 * The columns of a part, in order. `sequence` is the same in all rows of a part (the last of its
 * range): a reader of several parts of a day takes, of rows with the same user, device and
 * timestamp, the one with the largest.
 */
export const PART_TYPES: Readonly<Record<string, pl.DataType>> = {
  user_id: pl.String,
  device_id: pl.String,
  timestamp: pl.Datetime('us', 'UTC'),
  heart_rate: pl.Float64,
  sequence: pl.Int64,
};

export const PART_ORDER = ['user_id', 'timestamp', 'device_id'];

/** As many rows as `rowGroupSize`, an int16, allows; a user-day of two devices is one or two. */
const ROW_GROUP_ROWS = 32_767;

const HEART_RATE = pl.col('heart_rate');

/** The rows as a part has them: in its columns, with the sequence of the part. */
export const asPart = (frame: pl.LazyDataFrame, last: Sequence): pl.LazyDataFrame =>
  frame.select(
    pl.col('user_id'),
    pl.col('device_id'),
    pl.col('timestamp').cast(pl.Datetime('us', 'UTC')),
    HEART_RATE,
    pl.lit(last).cast(pl.Int64).alias('sequence'),
  );

/** Runs the frame into a Parquet file at `path`, keeping its order. Does not sync. */
export const writeParquet = async (frame: pl.LazyDataFrame, path: string): Promise<void> => {
  await frame
    .sinkParquet(path, {
      compression: 'zstd',
      // Off by default, and without them every query would read every row group.
      statistics: true,
      rowGroupSize: ROW_GROUP_ROWS,
      maintainOrder: true,
      sinkOptions: { maintainOrder: true, mkdir: false, syncOnClose: 'none' },
    })
    .collect();
};

/** What is wrong with the columns of what should be a part, in words. */
export const wrongColumns = ({ columns, schema }: pl.DataFrame): string | undefined => {
  // A type calls itself `DataType(String)`.
  const describe = (name: string, type: pl.DataType | undefined) =>
    `${name} ${String(type).replace(/^DataType\((.*)\)$/, '$1')}`;
  const found = columns.map((name) => describe(name, schema[name])).join(', ');
  const expected = Object.entries(PART_TYPES).map(([name, type]) => describe(name, type));
  const wanted = expected.join(', ');
  return found === wanted ? undefined : `columns are ${found}, not ${wanted}`;
};

export const scanPart = (path: string): pl.LazyDataFrame =>
  pl.scanParquet(path, { useStatistics: true, glob: false, hivePartitioning: false });

/** How many rows a frame has. Of a part as it is, the footer tells. */
export const countRows = async (frame: pl.LazyDataFrame): Promise<number> => {
  const counted = await frame.select(pl.len()).collect();
  return Number(counted.row(0)[0]);
};

/** Polars reads all row groups of an aggregate at the same time, so a large part is read in turns. */
const SLICE_ROWS = 4_000_000;

/**
 * A part in slices small enough to be held in memory, in order; each but the first begins with the
 * last `overlap` rows of the one before.
 */
export async function* slicesOf(
  path: string,
  { rows = SLICE_ROWS, overlap = 0 } = {},
): AsyncGenerator<pl.LazyDataFrame> {
  const all = await countRows(scanPart(path));
  for (let from = 0; from < all; from += rows) {
    const before = Math.min(from, overlap);
    yield scanPart(path).slice(from - before, rows + before);
  }
}

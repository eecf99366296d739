import pl from 'nodejs-polars';
import type { Sequence } from '../../../readings/reading.ts';
import { scanStored, scanWithTimestamp } from '../../rows/part-file.ts';
import { TO_STORED } from './part-columns.ts';

export const PART_ORDER = ['user_id', 'timestamp', 'device_id'];

/** Rows with the columns of a reading and the sequence of their part. */
export const asPart = (frame: pl.LazyDataFrame, last: Sequence): pl.LazyDataFrame =>
  frame.select(
    pl.col('user_id'),
    pl.col('device_id'),
    pl.col('timestamp').cast(pl.Datetime('us', 'UTC')),
    pl.col('heart_rate'),
    pl.lit(last).cast(pl.Int64).alias('sequence'),
  );

/**
 * The heart rates decide, which Polars writes as plain eight bytes: of 3.5 million readings of a day
 * a reading takes, with level 1 / 3 / 9, 1.11 / 1.31 / 1.10 bytes when they are whole and
 * 2.31 / 2.15 / 1.98 when they have a decimal. Writing takes 0.14 / 0.14 / 0.38 s, reading the same.
 */
const COMPRESSION = { compression: 'zstd', compressionLevel: 9 };

/**
 * A page is the least that can be read of a column. Of 3.5 million rows, a user-day of 34,560 takes
 * 2.0 ms with this and 2.5 ms with pages of a whole row group, for 6 % more bytes.
 */
const PAGE_MAX_BYTES = 128 * 1024;

/**
 * Runs the frame into a Parquet file at `path`, keeping its order. Does not sync.
 * The size of row groups is left to Polars, which takes 122,880: smaller ones make the footer longer,
 * and to read it takes more time than it saves.
 */
export const writeParquet = async (frame: pl.LazyDataFrame, path: string): Promise<void> => {
  await frame
    .select(...TO_STORED)
    .sinkParquet(path, {
      ...COMPRESSION,
      dataPagesizeLimit: PAGE_MAX_BYTES,
      // Off by default, and without them every query would read every row group.
      statistics: true,
      maintainOrder: true,
      sinkOptions: { maintainOrder: true, mkdir: false, syncOnClose: 'none' },
    })
    .collect();
};

/** How many rows a frame has. Of {@link scanStored} as it is, the footer tells. */
export const countRows = async (frame: pl.LazyDataFrame): Promise<number> => {
  const counted = await frame.select(pl.len()).collect();
  return Number(counted.row(0)[0]);
};

/**
 * Polars reads all row groups of an aggregate at the same time, so a large part is read in turns. A
 * merge of 8 million rows takes 315 MB at most with this, again and again, for 15 % more processor
 * time; with turns of 4 million 570 MB, and 20 MB more each time, which malloc does not give back.
 */
const SLICE_ROWS = 250_000;

/**
 * A part, with what {@link scanWithTimestamp} gives, in slices small enough to be held in memory, in
 * order; each but the first begins with the last `overlap` rows of the one before.
 */
export async function* slicesOf(
  path: string,
  { rows = SLICE_ROWS, overlap = 0 } = {},
): AsyncGenerator<pl.LazyDataFrame> {
  const all = await countRows(scanStored(path));
  for (let from = 0; from < all; from += rows) {
    const before = Math.min(from, overlap);
    yield scanWithTimestamp(path).slice(from - before, rows + before);
  }
}

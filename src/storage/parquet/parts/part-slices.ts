import pl from 'nodejs-polars';
import { scanStored, scanWithTimestamp } from '../../rows/part-file.ts';

/** How many rows a frame has. Of {@link scanStored} as it is, the footer tells. */
export const countRows = async (frame: pl.LazyDataFrame): Promise<number> => {
  const counted = await frame.select(pl.len()).collect();
  return Number(counted.row(0)[0]);
};

/** Polars reads all row groups of an aggregate at the same time, so a large part is read in turns. */
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

import pl from 'nodejs-polars';
import { compareUtf8 } from '../../../readings/utf8-order.ts';
import { scanPart } from '../../rows/part-file.ts';
import { readFooter } from './footer.ts';
import { lastOfEachIdentity, type PartRows } from './part-rows.ts';
import { readRows } from './read-rows.ts';

/**
 * About so many rows are sorted in memory at once. A larger day is merged one range of users after
 * the other, so that its size does not matter; one user's day is never divided.
 */
const RANGE_ROWS = 250_000;

const USER_ID = pl.col('user_id');
/** The order of a part; of an identity the row that was accepted last comes last. */
const MERGE_ORDER = ['user_id', 'device_id', 'timestamp', 'sequence'].map((name) => pl.col(name));

export interface MergedRows {
  readonly rows: PartRows;
  /** How many were read; those that are not in `rows` were superseded by others. */
  readonly rowsRead: number;
}

/**
 * The rows of parts of any version, in the order of a part, each identity once: that of the largest
 * sequence. They come in pieces of whole users that fit in memory. With `userIds`, which may not be
 * empty, only theirs.
 */
export async function* mergeRows(
  paths: readonly string[],
  userIds?: readonly string[],
): AsyncGenerator<MergedRows> {
  const stored = pl.concat(paths.map(scanPart));
  const all = userIds === undefined ? stored : stored.filter(USER_ID.isIn([...userIds]));
  for (const users of userRanges(all, await userBounds(paths))) {
    const read = await readRows(users.sort(MERGE_ORDER));
    yield { rows: lastOfEachIdentity(read), rowsRead: read.timestamps.length };
  }
}

/** Where in the order of users a row group ends. */
interface GroupEnd {
  readonly lastUser: string;
  readonly rows: number;
}

/**
 * The last user of each range but the last one. The footers tell: a row group is of users that
 * follow each other, so a range that ends where groups do has about as many rows as they have.
 */
const userBounds = async (paths: readonly string[]): Promise<string[]> => {
  const ends: GroupEnd[] = [];
  for (const path of paths) {
    for (const { columns, num_rows } of (await readFooter(path)).row_groups) {
      const lastUser = columns[0]?.meta_data?.statistics?.max_value;
      if (typeof lastUser === 'string') ends.push({ lastUser, rows: Number(num_rows) });
    }
  }
  ends.sort((a, b) => compareUtf8(a.lastUser, b.lastUser));
  const bounds: string[] = [];
  let rowsInRange = 0;
  // What comes after the last bound is the last range.
  for (const { lastUser, rows } of ends.slice(0, -1)) {
    rowsInRange += rows;
    if (rowsInRange < RANGE_ROWS) continue;
    // A user of many rows ends several groups.
    if (bounds.at(-1) !== lastUser) bounds.push(lastUser);
    rowsInRange = 0;
  }
  return bounds;
};

/** The rows up to each bound, and those past the last. */
const userRanges = (rows: pl.LazyDataFrame, bounds: readonly string[]): pl.LazyDataFrame[] => {
  const ranges: pl.LazyDataFrame[] = [];
  let rest = rows;
  let previous: pl.Expr | undefined;
  for (const bound of bounds) {
    const last = pl.lit(bound);
    const upTo = rows.filter(USER_ID.ltEq(last));
    ranges.push(previous === undefined ? upTo : upTo.filter(USER_ID.gt(previous)));
    rest = rows.filter(USER_ID.gt(last));
    previous = last;
  }
  return [...ranges, rest];
};

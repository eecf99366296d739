import { join } from 'node:path';
import pl from 'nodejs-polars';
import { scanPart, scanStored } from '../../rows/part-file.ts';
import type { Files } from '../disk/files.ts';
import { dayFolder, partStem, temporaryName } from '../disk/layout.ts';
import { resolveIdentity } from './identity.ts';
import type { CompactJob, CompactResult } from './jobs.ts';
import { refuseDamaged } from './part-checksum.ts';
import { asPart, countRows, PART_ORDER, slicesOf, writeParquet } from './part-frame.ts';
import { publishPart } from './publish-part.ts';

/**
 * Rows that are sorted in memory at once. A larger day is merged one range of users after the
 * other, so that its size does not matter; one user's day is never divided.
 */
const RANGE_ROWS = 250_000;

const USER_ID = pl.col('user_id');

/** Merges a contiguous run of a day's parts into one that covers all their sequences. */
export const compactDay = async (files: Files, job: CompactJob): Promise<CompactResult> => {
  await refuseDamaged(job.paths);
  const identity = { range: job.range, rewrites: 0 };
  const all = pl.concat(job.paths.map(scanPart));
  let rowsBefore = 0;
  for (const path of job.paths) rowsBefore += await countRows(scanStored(path));
  const isSmall = rowsBefore <= RANGE_ROWS;
  const ranges = isSmall ? [] : await sortRanges(job, all);
  const sorted = isSmall ? resolveIdentity(all).sort(PART_ORDER) : pl.concat(ranges.map(scanPart));
  const rows = asPart(sorted, job.range.last);
  const published = await publishPart(files, job.dataDir, job.day, identity, rows);
  for (const range of ranges) await files.remove(range);
  return { ...published, duplicates: rowsBefore - published.rows };
};

/**
 * Sorts the rows range by range into temporary files that ascend, and resolves with their paths.
 * In one plan with the final write Polars would sort all ranges at the same time.
 */
const sortRanges = async (
  { dataDir, day, range, paths }: CompactJob,
  rows: pl.LazyDataFrame,
): Promise<string[]> => {
  const folder = dayFolder(dataDir, day);
  const sorted: string[] = [];
  for (const users of userRanges(rows, await userBounds(paths))) {
    const name = temporaryName(`${partStem({ range, rewrites: 0 })}-${sorted.length}`);
    const path = join(folder, name);
    await writeParquet(resolveIdentity(users).sort(PART_ORDER), path);
    sorted.push(path);
  }
  return sorted;
};

/** The last user of each range but the last one, so that no range has many more rows than wanted. */
const userBounds = async (paths: readonly string[]): Promise<string[]> => {
  const counts: pl.LazyDataFrame[] = [];
  for (const path of paths) {
    for await (const slice of slicesOf(path)) {
      const counted = await slice.groupBy('user_id').agg(pl.len().alias('rows')).collect();
      counts.push(counted.lazy());
    }
  }
  const users = await pl
    .concat(counts)
    .groupBy('user_id')
    .agg(pl.col('rows').sum())
    .sort('user_id')
    .collect();
  const bounds: string[] = [];
  let inRange = 0;
  const userIds = users.getColumn('user_id').toArray() as string[];
  const rowsOfUsers = users.getColumn('rows').toArray() as number[];
  for (const [i, userId] of userIds.entries()) {
    inRange += rowsOfUsers[i] as number;
    if (inRange < RANGE_ROWS) continue;
    bounds.push(userId);
    inRange = 0;
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

import pl from 'nodejs-polars';
import { scanStored } from '../../rows/part-file.ts';
import { fileChecksum, mismatch } from '../disk/checksum.ts';
import type { WrittenFile, WrittenGroup } from './part-file-writer.ts';
import { cutRows } from './part-rows.ts';
import { readRows } from './read-rows.ts';
import { digestOf } from './rows-digest.ts';

/** Files that are read in one plan, which takes a millisecond whatever is in it. */
const FILES_AT_ONCE = 64;
/** Rows that are held in memory at once. */
const ROWS_AT_ONCE = 250_000;

/** Row groups of a file that follow each other. */
interface Stretch {
  readonly file: WrittenFile;
  readonly from: number;
  readonly groups: readonly WrittenGroup[];
}

/**
 * Reads files anew that were just written, and throws unless they are what they should be: by
 * their checksum, because a disk may err, and by every value in them as Polars reads it, because
 * the library that wrote them may. Only after that may what they were made from go.
 */
export const checkWritten = async (files: readonly WrittenFile[]): Promise<void> => {
  for (const { path, checksum } of files) {
    const damage = mismatch(checksum, await fileChecksum(path));
    if (damage !== undefined) throw new Error(`${path} is not as it was written: ${damage}`);
  }
  for (const stretches of inTurns(files.flatMap(stretchesOf))) await compare(stretches);
};

const stretchesOf = (file: WrittenFile): Stretch[] => {
  const stretches: Stretch[] = [];
  let [from, rows] = [0, 0];
  let groups: WrittenGroup[] = [];
  for (const group of file.groups) {
    if (groups.length > 0 && rows + group.rows > ROWS_AT_ONCE) {
      stretches.push({ file, from, groups });
      [from, rows, groups] = [from + rows, 0, []];
    }
    groups.push(group);
    rows += group.rows;
  }
  return [...stretches, { file, from, groups }];
};

const rowsOf = ({ groups }: Stretch): number => groups.reduce((sum, { rows }) => sum + rows, 0);

/** Those that are read in one plan. */
function* inTurns(stretches: readonly Stretch[]): Generator<Stretch[]> {
  let turn: Stretch[] = [];
  let rows = 0;
  for (const stretch of stretches) {
    const more = rowsOf(stretch);
    if (turn.length === FILES_AT_ONCE || (turn.length > 0 && rows + more > ROWS_AT_ONCE)) {
      yield turn;
      [turn, rows] = [[], 0];
    }
    turn.push(stretch);
    rows += more;
  }
  if (turn.length > 0) yield turn;
}

const compare = async (stretches: readonly Stretch[]): Promise<void> => {
  const [{ file }] = stretches as readonly [Stretch];
  const found = await readRows(pl.concat(stretches.map(scanStretch)));
  const groups = stretches.flatMap((stretch) => stretch.groups);
  const wanted = groups.reduce((sum, { rows }) => sum + rows, 0);
  const others = stretches.length === 1 ? '' : ` and ${stretches.length - 1} others`;
  const where = `${file.path}${others}`;
  if (found.timestamps.length !== wanted) {
    throw new Error(`${where}: ${wanted} rows were written, ${found.timestamps.length} are read`);
  }
  let group = 0;
  for (const rows of cutRows(
    found,
    groups.map(({ rows }) => rows),
  )) {
    if (digestOf(rows) !== groups[group++]?.digest) {
      throw new Error(`${where}: other values are read than were written`);
    }
  }
  if (found.sequences.some((sequence) => sequence !== file.sequence)) {
    throw new Error(`${where}: not all rows have the sequence ${file.sequence}`);
  }
};

const scanStretch = (stretch: Stretch): pl.LazyDataFrame => {
  const { file, from, groups } = stretch;
  const scan = scanStored(file.path);
  // Whole but for the largest; the rest of what is in it would have to be there as well.
  return groups.length === file.groups.length ? scan : scan.slice(from, rowsOf(stretch));
};

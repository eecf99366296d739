import pl from 'nodejs-polars';
import { releaseFrames } from '../../native-memory.ts';
import type { PartRows } from './part-rows.ts';

/** What of the binding's own columns is used here; they have no types of their own. */
interface NativeSeries {
  nullCount(): number;
  toArray(): string[];
  toTypedArray(): unknown;
}

/** `getColumn` makes an object of some hundred closures for each column, which takes 0.5 ms. */
const columnOf = (frame: pl.DataFrame, name: string): NativeSeries => {
  const column: NativeSeries = frame._df.column(name);
  if (column.nullCount() > 0) throw new Error(`the column ${name} has a row without a value`);
  return column;
};

const USER_ID = pl.col('user_id');
const DEVICE_ID = pl.col('device_id');
const ROW = pl.col('row');
/** Below 2^53, so nothing is lost on the way through doubles. */
const micros = pl.col('timestamp').cast(pl.Int64).cast(pl.Float64).alias('timestamp');
const sequence = pl.col('sequence').cast(pl.Float64).alias('sequence');
/** Whether a row has another user or device than the one before it. */
const isStart = USER_ID.neq(USER_ID.shift(1))
  .or(DEVICE_ID.neq(DEVICE_ID.shift(1)))
  .fillNull(true)
  .alias('isStart');
const COLUMNS = [USER_ID, DEVICE_ID, micros, pl.col('heart_rate'), sequence, isStart];
const IS_START = pl.col('isStart');

/** Two views of text, three numbers and a flag. */
const FRAME_BYTES_PER_ROW = 60;

type ReadRows = PartRows & { readonly sequences: Float64Array };

/**
 * Collects a frame with the columns of a reading, whose rows are in the order of a part. Built of
 * expressions that are made once: to make them takes longer than to read a small part. Ids are
 * taken once a series, because a string for each row would take as long as all the rest.
 */
export const readRows = async (frame: pl.LazyDataFrame): Promise<ReadRows> => {
  const rows = await collectRows(frame);
  releaseFrames(rows.timestamps.length * FRAME_BYTES_PER_ROW);
  return rows;
};

const collectRows = async (frame: pl.LazyDataFrame): Promise<ReadRows> => {
  const rows = await frame.select(...COLUMNS).collect();
  const starts = await rows
    .lazy()
    .withRowIndex('row')
    .filter(IS_START)
    .select(USER_ID, DEVICE_ID, ROW)
    .collect();
  const numbers = (name: string) => columnOf(rows, name).toTypedArray() as Float64Array;
  return {
    userIds: columnOf(starts, 'user_id').toArray(),
    deviceIds: columnOf(starts, 'device_id').toArray(),
    lengths: lengthsOf(columnOf(starts, 'row').toTypedArray() as Uint32Array, rows.height),
    timestamps: numbers('timestamp'),
    heartRates: numbers('heart_rate'),
    sequences: numbers('sequence'),
  };
};

const lengthsOf = (starts: Uint32Array, end: number): Uint32Array =>
  starts.map((start, series) => (starts[series + 1] ?? end) - start);

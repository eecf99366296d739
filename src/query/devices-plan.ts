import pl from 'nodejs-polars';
import type { EpochMicros } from '../readings/reading.ts';
import { MICROS_PER_DAY } from '../readings/timestamp.ts';
import { DEVICE_ID, int64, TIMESTAMP } from './columns.ts';

/** What there is of a device of a user's, in a range. */
export interface DeviceSummary {
  readonly deviceId: string;
  readonly firstMicros: EpochMicros;
  readonly lastMicros: EpochMicros;
  /** Readings, each identity once. */
  readonly readings: number;
  /** UTC days that have a reading. */
  readonly days: number;
}

const SUMMARY = [
  TIMESTAMP.min().alias('first'),
  TIMESTAMP.max().alias('last'),
  // Of a device a timestamp is an identity.
  TIMESTAMP.nUnique().alias('readings'),
  pl.col('day').nUnique().alias('days'),
];
const DAY = TIMESTAMP.sub(TIMESTAMP.modulo(int64(MICROS_PER_DAY))).alias('day');

/** One row a device, in no promised order; only of these devices, when some are named. */
export const devicesPlan = (
  frame: pl.LazyDataFrame,
  deviceIds: readonly string[] | undefined,
): pl.LazyDataFrame =>
  (deviceIds === undefined ? frame : frame.filter(DEVICE_ID.isIn([...deviceIds])))
    .select(DEVICE_ID, TIMESTAMP)
    .withColumns(DAY)
    .groupBy(DEVICE_ID, false)
    .agg(...SUMMARY);

export const devicesIn = (rows: pl.DataFrame): DeviceSummary[] =>
  rows.toRecords().map((row) => ({
    deviceId: row.device_id as string,
    firstMicros: Number(row.first) as EpochMicros,
    lastMicros: Number(row.last) as EpochMicros,
    readings: Number(row.readings),
    days: Number(row.days),
  }));

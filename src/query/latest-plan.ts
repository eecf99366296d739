import type pl from 'nodejs-polars';
import type { EpochMicros } from '../readings/reading.ts';
import {
  DEVICE_ID,
  HEART_RATE,
  LATEST_FIRST,
  RANK,
  rankIn,
  SEQUENCE,
  TIMESTAMP,
} from './columns.ts';
import type { DeviceOrder } from './device-order.ts';

/** A user's most recent reading. */
export interface LatestReading {
  readonly deviceId: string;
  readonly timestampMicros: EpochMicros;
  readonly heartRate: number;
}

const LAST_INSTANT = TIMESTAMP.eq(TIMESTAMP.max());
const BEST_FIRST = [RANK, DEVICE_ID, LATEST_FIRST];

/** Finds the last of a user's readings, for one order of devices. */
export class LatestPlan {
  readonly #rank: pl.Expr;

  constructor(order: DeviceOrder) {
    this.#rank = rankIn(order);
  }

  /** At most one row: of the last instant the best device's reading, the last that was accepted. */
  of(frame: pl.LazyDataFrame): pl.LazyDataFrame {
    return frame
      .filter(LAST_INSTANT)
      .select(DEVICE_ID, TIMESTAMP, HEART_RATE, SEQUENCE, this.#rank)
      .sort({ by: BEST_FIRST })
      .limit(1);
  }
}

export const latestIn = (rows: pl.DataFrame): LatestReading | undefined => {
  const [row] = rows.toRecords();
  if (row === undefined) return undefined;
  return {
    deviceId: row.device_id as string,
    // An Int64 is a bigint where it is large.
    timestampMicros: Number(row.timestamp) as EpochMicros,
    heartRate: row.heart_rate as number,
  };
};

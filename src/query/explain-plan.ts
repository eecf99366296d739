import pl from 'nodejs-polars';
import { DEVICE_ID, RANK, rankIn, TIMESTAMP } from './columns.ts';
import type { DeviceOrder } from './device-order.ts';
import { BUCKET_OF, type Interval } from './series-plan.ts';

/** What devices have in buckets of UTC, a row for each device of each bucket, buckets ascending. */
export interface DeviceCells {
  readonly bucketsMicros: Float64Array;
  readonly deviceIds: readonly string[];
  /** Readings, each identity once. */
  readonly readings: Uint32Array;
  /** Of those, the ones of instants at which no better device reported. */
  readonly best: Uint32Array;
  /** Of those, the ones of instants at which another device reported. */
  readonly contested: Uint32Array;
}

const IS_FIRST_OF_IDENTITY = TIMESTAMP.neq(TIMESTAMP.shift(1))
  .or(DEVICE_ID.neq(DEVICE_ID.shift(1)))
  .fillNull(pl.lit(true));
const IS_BEHIND = TIMESTAMP.eq(TIMESTAMP.shift(1)).fillNull(pl.lit(false));
const IS_BEFORE = TIMESTAMP.eq(TIMESTAMP.shift(-1)).fillNull(pl.lit(false));
const counting = (condition: pl.Expr, name: string) => condition.cast(pl.UInt32).alias(name);
const BEST = counting(IS_BEHIND.not(), 'best');
const CONTESTED = counting(IS_BEHIND.or(IS_BEFORE), 'contested');
const BUCKET = pl.col('bucket');
const SUMMARY = [pl.len().alias('readings'), pl.col('best').sum(), pl.col('contested').sum()];

/** Tells what each device had in each bucket, for one order of devices. */
export class ExplainPlan {
  readonly #rank: pl.Expr;

  constructor(order: DeviceOrder) {
    this.#rank = rankIn(order);
  }

  /** The rows of {@link DeviceCells}. */
  of(frame: pl.LazyDataFrame, interval: Interval): pl.LazyDataFrame {
    return frame
      .select(TIMESTAMP, DEVICE_ID, this.#rank)
      .sort({ by: [TIMESTAMP, RANK, DEVICE_ID] })
      .filter(IS_FIRST_OF_IDENTITY)
      .withColumns(BEST, CONTESTED, BUCKET_OF[interval])
      .groupBy([BUCKET, DEVICE_ID], false)
      .agg(...SUMMARY)
      .sort({ by: [BUCKET] });
  }
}

export const deviceCellsIn = (rows: pl.DataFrame): DeviceCells => {
  const integers = (name: string) => Uint32Array.from(rows.getColumn(name).toArray(), Number);
  return {
    bucketsMicros: Float64Array.from(rows.getColumn('bucket').toArray(), Number),
    deviceIds: rows.getColumn('device_id').toArray() as string[],
    readings: integers('readings'),
    best: integers('best'),
    contested: integers('contested'),
  };
};

import pl from 'nodejs-polars';
import type { EpochMicros, TimeRange } from '../readings/reading.ts';
import { MICROS_PER_MINUTE } from '../readings/timestamp.ts';
import {
  DEVICE_ID,
  HEART_RATE,
  int64,
  LATEST_FIRST,
  RANK,
  rankIn,
  SEQUENCE,
  TIMESTAMP,
} from './columns.ts';
import type { DeviceOrder } from './device-order.ts';

/**
 * Where devices compete. `instant`: of readings with the same timestamp the best device's is used.
 * `bucket`: only the best device of a bucket counts. `none`: there is one device.
 */
export type Contest = 'instant' | 'bucket' | 'none';

/** Whether the names of devices are looked at, by which those that share a rank are told apart. */
export type Names = 'named' | 'nameless';

/** What of a user's rows counts, and in which buckets. */
export interface Rules {
  /** No two rows share an identity. */
  readonly distinct: boolean;
  readonly contest: Contest;
  readonly interval: Interval;
}

const BUCKET = pl.col('bucket');

/** In sorted rows. */
const FIRST_OF_INSTANT = TIMESTAMP.neq(TIMESTAMP.shift(1)).fillNull(pl.lit(true));

// A sum of doubles depends on the order of the additions, and Polars adds in an order that follows
// from threads and chunks. So each rate is cut in two, neither of which rounds when summed: rates
// lie in [16, 256), hence are multiples of 2^-48; the single-precision part is a multiple of 2^-19
// and the rest at most 2^-17. Both sums are exact, in any order, up to 4 million readings a bucket.
const COARSE = HEART_RATE.cast(pl.Float32).cast(pl.Float64);
const FINE = HEART_RATE.sub(COARSE);

const SUMMARY = [
  COARSE.sum().alias('coarse_sum'),
  FINE.sum().alias('fine_sum'),
  HEART_RATE.min().alias('min'),
  HEART_RATE.max().alias('max'),
  pl.len().alias('count'),
  RANK.min(),
  RANK.max().alias('worst_rank'),
];
const NAMED_SUMMARY = [...SUMMARY, DEVICE_ID.min()];
const SMALLEST_OF_BEST_RANK = [...SUMMARY, DEVICE_ID.filter(RANK.eq(RANK.min())).min()];

/** How wide a bucket is, in minutes. All of them divide a UTC day, so none reaches into the next. */
const INTERVAL_MINUTES = { '1m': 1, '5m': 5, '15m': 15, '1h': 60, '1d': 24 * 60 } as const;
export type Interval = keyof typeof INTERVAL_MINUTES;

/** How wide a bucket of UTC is. */
export const widthMicros = (interval: Interval): number =>
  INTERVAL_MINUTES[interval] * MICROS_PER_MINUTE;

const bucketOf = (interval: Interval): pl.Expr =>
  TIMESTAMP.sub(TIMESTAMP.modulo(int64(widthMicros(interval)))).alias('bucket');
/** The bucket of UTC that an instant belongs to. */
export const BUCKET_OF: Readonly<Record<Interval, pl.Expr>> = {
  '1m': bucketOf('1m'),
  '5m': bucketOf('5m'),
  '15m': bucketOf('15m'),
  '1h': bucketOf('1h'),
  '1d': bucketOf('1d'),
};

/** The range, widened to the buckets that it touches. Buckets are aligned to the epoch. */
export const wholeBuckets = (
  { startMicros, endMicros }: TimeRange,
  interval: Interval,
): TimeRange => {
  const width = widthMicros(interval);
  return {
    startMicros: (Math.floor(startMicros / width) * width) as EpochMicros,
    endMicros: (Math.ceil(endMicros / width) * width) as EpochMicros,
  };
};

const BEST_RANK_OF_BUCKET = RANK.eq(RANK.min().over(BUCKET));
const SMALLEST_DEVICE_OF_BUCKET = DEVICE_ID.eq(DEVICE_ID.min().over(BUCKET));

/** Turns the readings of a user's days into buckets, for one order of devices. */
export class SeriesPlan {
  readonly #rank: pl.Expr;
  readonly #isAnyRankShared: boolean;

  constructor(order: DeviceOrder) {
    this.#rank = rankIn(order);
    this.#isAnyRankShared = order.ranks.includes(null);
  }

  /**
   * One row a bucket, ascending: `bucket` Int64 (its first microsecond), `coarse_sum`, `fine_sum`
   * (of which `exactMean` makes the mean), `min`, `max` Float64, `count` UInt32, `rank` and `worst_rank` UInt32 (the best and the worst that count in
   * it). With names, `device_id` String: the smallest of the best rank, which is the best device
   * where that rank is shared; of any other it says nothing. Without, devices that share a rank are not told apart, so all is
   * true only if none of them counts; a user's day takes a sixth less, as no names are carried.
   */
  of(frame: pl.LazyDataFrame, rules: Rules, names: Names): pl.LazyDataFrame {
    const named = names === 'named' ? [DEVICE_ID] : [];
    const rows = frame.select(TIMESTAMP, HEART_RATE, SEQUENCE, this.#rank, ...named);
    const best = bestOfInstants(rows, rules, named).withColumns(BUCKET_OF[rules.interval]);
    const settled = rules.contest === 'bucket' ? bestOfBuckets(best, names) : best;
    return settled
      .groupBy(BUCKET, false)
      .agg(...this.#summary(rules, names))
      .sort(BUCKET);
  }

  #summary({ contest }: Rules, names: Names): readonly pl.Expr[] {
    if (names === 'nameless') return SUMMARY;
    // Devices of other ranks count beside the best only where instants are contested, and only the
    // last rank, that of the unlisted, has none behind it. Else this takes a millisecond for nothing.
    const isMixed = contest === 'instant' && this.#isAnyRankShared;
    return isMixed ? SMALLEST_OF_BEST_RANK : NAMED_SUMMARY;
  }
}

/**
 * The best device's reading of each instant, the latest that it sent for it, where readings have to
 * be told apart: in every contest, as the best device of a bucket is the best of each of its
 * instants, so that dropping the others there takes nothing from it.
 */
const bestOfInstants = (
  rows: pl.LazyDataFrame,
  { distinct, contest }: Rules,
  named: readonly pl.Expr[],
): pl.LazyDataFrame => {
  if (distinct && contest !== 'instant') return rows;
  const by = [TIMESTAMP, RANK, ...named, ...(distinct ? [] : [LATEST_FIRST])];
  // A stable sort finds that the rows of each device are in order, as parts have them, and merges
  // them, which takes a third of the time. What comes out does not depend on it.
  return rows.sort({ by, maintainOrder: true }).filter(FIRST_OF_INSTANT);
};

const bestOfBuckets = (rows: pl.LazyDataFrame, names: Names): pl.LazyDataFrame => {
  const best = rows.filter(BEST_RANK_OF_BUCKET);
  // Two devices of the same rank share it.
  return names === 'named' ? best.filter(SMALLEST_DEVICE_OF_BUCKET) : best;
};

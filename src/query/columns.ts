import pl from 'nodejs-polars';
import type { DeviceOrder } from './device-order.ts';

// What plans are made of. Each is built once, at module load or for a list of devices: the binding
// takes up to a millisecond to make one, as long as a quarter of the query that uses it.

export const int64 = (value: number): pl.Expr => pl.lit(value).cast(pl.Int64);
const uint32 = (value: number): pl.Expr => pl.lit(value).cast(pl.UInt32);

export const DEVICE_ID = pl.col('device_id');
export const TIMESTAMP = pl.col('timestamp');
export const HEART_RATE = pl.col('heart_rate');
export const SEQUENCE = pl.col('sequence');
export const RANK = pl.col('rank');

/** To sort by: of the same identity the last accepted first. */
export const LATEST_FIRST = int64(0).sub(SEQUENCE);

/** A device's rank, or the number of ranks when it is not listed. */
export const rankIn = ({ ranks, exact, prefixes }: DeviceOrder): pl.Expr => {
  const fits = [
    ...exact.map(({ deviceId, rank }) => ({ when: DEVICE_ID.eq(pl.lit(deviceId)), rank })),
    ...prefixes.map(({ prefix, rank }) => ({ when: DEVICE_ID.str.startsWith(prefix), rank })),
  ];
  return fits
    .reduceRight(
      (others, { when, rank }) => pl.when(when).then(uint32(rank)).otherwise(others),
      uint32(ranks.length),
    )
    .alias('rank');
};

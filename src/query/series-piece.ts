import type pl from 'nodejs-polars';
import type { DeviceOrder } from './device-order.ts';
import { exactMean } from './exact-mean.ts';
import type { DeviceShare, ExplainedDevice } from './explained.ts';

/**
 * A user's buckets of some of a UTC day, those that hold a reading, ascending, in columns of equal
 * length.
 */
export interface SeriesPiece {
  /** The first instant of each bucket, in microseconds since the epoch. */
  readonly bucketsMicros: Float64Array;
  /** Arithmetic mean of the readings that count, correctly rounded. */
  readonly means: Float64Array;
  readonly minima: Float64Array;
  readonly maxima: Float64Array;
  readonly counts: Uint32Array;
  /** The best device among those whose readings count, as a place in `deviceIds`. */
  readonly devices: Uint32Array;
  readonly deviceIds: readonly string[];
  /** Of which the means were made, with {@link exactMean}; only where buckets are to be joined. */
  readonly sums?: Sums;
  /** What each device has of each bucket, in no order; only until it is explained. */
  readonly shares?: readonly (readonly DeviceShare[])[];
  /** Of each bucket the devices that reported, the best first; only where that is asked for. */
  readonly explained?: readonly (readonly ExplainedDevice[])[];
}

interface Sums {
  readonly coarse: Float64Array;
  readonly fine: Float64Array;
}

interface NativeFrame {
  column(name: string): { toTypedArray(): unknown; toArray(): unknown };
}

/** Whether readings of devices count that are not listed. */
export const hasUnlisted = (buckets: pl.DataFrame, { ranks }: DeviceOrder): boolean => {
  const worst = (buckets._df as NativeFrame).column('worst_rank').toTypedArray() as Uint32Array;
  return worst.some((rank) => rank >= ranks.length);
};

/** The rows of a collected plan for this order of devices, which has names if a shared rank counts. */
export const seriesPiece = (
  buckets: pl.DataFrame,
  { ranks }: DeviceOrder,
  withSums: boolean,
): SeriesPiece => {
  // `getColumn` wraps each column into an object of 200 closures, which takes 0.3 ms and now and
  // then a pause of 20 ms; the native column under it takes 0.01 ms.
  const native = buckets._df as NativeFrame;
  const floats = (name: string) => native.column(name).toTypedArray() as Float64Array;
  const integers = (name: string) => native.column(name).toTypedArray() as Uint32Array;
  const counts = integers('count');
  const coarseSums = floats('coarse_sum');
  const fineSums = floats('fine_sum');
  const bestRanks = integers('rank');
  // Text is slow to bring over, and only devices that share a rank have to be asked for their names.
  const names = bestRanks.some((rank) => (ranks[rank] ?? null) === null)
    ? (native.column('device_id').toArray() as string[])
    : [];
  const deviceIds: string[] = [];
  const places = new Map<string, number>();
  const devices = bestRanks.map((rank, row) => {
    const name = ranks[rank] ?? (names[row] as string);
    const place = places.get(name) ?? deviceIds.push(name) - 1;
    places.set(name, place);
    return place;
  });
  return {
    bucketsMicros: Float64Array.from(
      native.column('bucket').toTypedArray() as BigInt64Array,
      Number,
    ),
    means: coarseSums.map((coarse, row) =>
      exactMean(coarse, fineSums[row] as number, counts[row] as number),
    ),
    minima: floats('min'),
    maxima: floats('max'),
    counts,
    devices,
    deviceIds,
    ...(withSums ? { sums: { coarse: coarseSums, fine: fineSums } } : {}),
  };
};

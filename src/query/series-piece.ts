import type pl from 'nodejs-polars';
import type { DeviceOrder } from './device-order.ts';
import { devicePlaces } from './device-places.ts';
import { exactMean } from './exact-mean.ts';
import type { DeviceShare, ExplainedDevice } from './explained.ts';
import { nativeColumns } from './native-columns.ts';

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

/** Whether readings of devices count that are not listed. */
export const hasUnlisted = (buckets: pl.DataFrame, { ranks }: DeviceOrder): boolean => {
  const worst = nativeColumns(buckets).integers('worst_rank');
  return worst.some((rank) => rank >= ranks.length);
};

/** The rows of a collected plan for this order of devices, which has names if a shared rank counts. */
export const seriesPiece = (
  buckets: pl.DataFrame,
  { ranks }: DeviceOrder,
  withSums: boolean,
): SeriesPiece => {
  const { floats, integers, instants, texts } = nativeColumns(buckets);
  const counts = integers('count');
  const coarseSums = floats('coarse_sum');
  const fineSums = floats('fine_sum');
  const bestRanks = integers('rank');
  // Text is slow to bring over, and only devices that share a rank have to be asked for their names.
  const names = bestRanks.some((rank) => (ranks[rank] ?? null) === null) ? texts('device_id') : [];
  return {
    bucketsMicros: instants('bucket'),
    means: coarseSums.map((coarse, row) =>
      exactMean(coarse, fineSums[row] as number, counts[row] as number),
    ),
    minima: floats('min'),
    maxima: floats('max'),
    counts,
    ...devicePlaces(
      counts.length,
      (row) => ranks[bestRanks[row] as number] ?? (names[row] as string),
    ),
    ...(withSums ? { sums: { coarse: coarseSums, fine: fineSums } } : {}),
  };
};

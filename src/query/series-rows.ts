import type pl from 'nodejs-polars';
import type { EpochMicros } from '../readings/reading.ts';

/** A bucket that holds a reading. */
export interface SeriesRow {
  /** The first instant of the bucket. */
  readonly bucketMicros: EpochMicros;
  /** Arithmetic mean of the readings that count: their exact sum, divided by their number. */
  readonly heartRate: number;
  /** The best device among those whose readings count. */
  readonly deviceId: string;
  readonly min: number;
  readonly max: number;
  readonly sampleCount: number;
}

interface NativeFrame {
  column(name: string): { toTypedArray(): unknown; toArray(): unknown };
}

/** The rows of a collected plan; `listed` are the devices that its ranks count, best first. */
export const seriesRows = (buckets: pl.DataFrame, listed: readonly string[]): SeriesRow[] => {
  // `getColumn` wraps each column into an object of 200 closures, which takes 0.3 ms and now and
  // then a pause of 20 ms; the native column under it takes 0.01 ms.
  const native = buckets._df as NativeFrame;
  const floats = (name: string) => native.column(name).toTypedArray() as Float64Array;
  const integers = (name: string) => native.column(name).toTypedArray() as Uint32Array;
  // Text is slow to bring over, and only unlisted devices have to be asked for their names.
  let names: string[] | undefined;
  const unlisted = (row: number): string => {
    names ??= native.column('device_id').toArray() as string[];
    return names[row] as string;
  };

  const [means, minima, maxima] = [floats('mean'), floats('min'), floats('max')];
  const [counts, ranks] = [integers('count'), integers('rank')];
  const starts = native.column('bucket').toTypedArray() as BigInt64Array;
  return Array.from(starts, (start, row) => ({
    bucketMicros: Number(start) as EpochMicros,
    heartRate: means[row] as number,
    deviceId: listed[ranks[row] as number] ?? unlisted(row),
    min: minima[row] as number,
    max: maxima[row] as number,
    sampleCount: counts[row] as number,
  }));
};

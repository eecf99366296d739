import type { SeriesDay } from '../../src/query/series-day.ts';
import type { EpochMicros } from '../../src/readings/reading.ts';

/** A bucket as one object, which is how tests compare them. */
export interface SeriesRow {
  readonly bucketMicros: EpochMicros;
  readonly heartRate: number;
  readonly deviceId: string;
  readonly min: number;
  readonly max: number;
  readonly sampleCount: number;
}

const rowsOf = (day: SeriesDay): SeriesRow[] =>
  Array.from(day.counts, (sampleCount, row) => ({
    bucketMicros: day.bucketsMicros[row] as EpochMicros,
    heartRate: day.means[row] as number,
    deviceId: day.deviceIds[day.devices[row] as number] as string,
    min: day.minima[row] as number,
    max: day.maxima[row] as number,
    sampleCount,
  }));

export const seriesRows = (days: readonly SeriesDay[]): SeriesRow[] => days.flatMap(rowsOf);

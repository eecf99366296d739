import type { EpochDay, EpochMicros, Sequence, TimeRange } from '../../../readings/reading.ts';
import { isInRange } from '../../../readings/time-range.ts';
import { MICROS_PER_DAY } from '../../../readings/timestamp.ts';
import type { ScanRequest } from '../../reading-store.ts';
import type { UserRows } from '../../rows/rows-source.ts';
import type { RecentReadings } from './recent-readings.ts';

/**
 * A series of a segment in memory as it is at one moment. The columns go on growing: what is of
 * that moment are their first `length` values.
 */
export interface CapturedSeries {
  readonly segmentFirst: Sequence;
  /** The last sequence of the segment so far. */
  readonly segmentLast: Sequence;
  readonly deviceId: string;
  readonly timestampsMicros: readonly EpochMicros[];
  readonly heartRates: readonly number[];
  readonly length: number;
}

/** A user's series in the segments, of all days, in order of ascending sequence per device. */
export const captureSeries = (
  segments: readonly RecentReadings[],
  { userId, deviceId }: ScanRequest,
): CapturedSeries[] => {
  const captured: CapturedSeries[] = [];
  for (const segment of segments) {
    const { firstSequence, lastSequence } = segment;
    for (const [device, { timestampsMicros, heartRates }] of segment.byUser.get(userId) ?? []) {
      if (deviceId !== undefined && device !== deviceId) continue;
      captured.push({
        segmentFirst: firstSequence,
        segmentLast: lastSequence,
        deviceId: device,
        timestampsMicros,
        heartRates,
        length: timestampsMicros.length,
      });
    }
  }
  return captured;
};

/** The days of the range that the series have readings of. */
export const daysIn = (captured: readonly CapturedSeries[], range: TimeRange): Set<EpochDay> => {
  const days = new Set<EpochDay>();
  for (const { timestampsMicros, length } of captured) {
    // A series is mostly of one day.
    let day = Number.NaN;
    for (let i = 0; i < length; i++) {
      const timestamp = timestampsMicros[i] as EpochMicros;
      if (!isInRange(timestamp, range) || Math.floor(timestamp / MICROS_PER_DAY) === day) continue;
      day = Math.floor(timestamp / MICROS_PER_DAY);
      days.add(day as EpochDay);
    }
  }
  return days;
};

/** From the first reading in the range to the last; undefined when there is none. */
export const extentIn = (
  captured: readonly CapturedSeries[],
  range: TimeRange,
): TimeRange | undefined => {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const { timestampsMicros, length } of captured) {
    for (let i = 0; i < length; i++) {
      const timestamp = timestampsMicros[i] as EpochMicros;
      if (!isInRange(timestamp, range)) continue;
      if (timestamp < first) first = timestamp;
      if (timestamp > last) last = timestamp;
    }
  }
  if (first > last) return undefined;
  return { startMicros: first as EpochMicros, endMicros: (last + 1) as EpochMicros };
};

/**
 * The readings in the range. The place in a series, counted back from the segment's last sequence,
 * stands for the sequence: it ascends as the real one does, and lies between those of the segments
 * before and after. Nor is it ever too small for a part that holds a beginning of the segment,
 * which is found after a crash when the log kept a record that had been rejected: what that record
 * has comes after all that is in the part.
 */
export const rowsIn = (captured: readonly CapturedSeries[], range: TimeRange): UserRows => {
  const deviceIds: string[] = [];
  const devices: number[] = [];
  const timestamps: number[] = [];
  const heartRates: number[] = [];
  const sequences: number[] = [];
  for (const series of captured) {
    const known = deviceIds.indexOf(series.deviceId);
    const device = known < 0 ? deviceIds.push(series.deviceId) - 1 : known;
    const firstPlace = series.segmentLast - series.length + 1;
    for (let i = 0; i < series.length; i++) {
      const timestamp = series.timestampsMicros[i] as EpochMicros;
      if (!isInRange(timestamp, range)) continue;
      devices.push(device);
      timestamps.push(timestamp);
      heartRates.push(series.heartRates[i] as number);
      sequences.push(firstPlace + i);
    }
  }
  return {
    deviceIds,
    devices: new Uint32Array(devices),
    timestamps: new Float64Array(timestamps),
    heartRates: new Float64Array(heartRates),
    sequences: new Float64Array(sequences),
  };
};

import type { EpochDay, EpochMicros, Sequence, TimeRange } from '../../../readings/reading.ts';
import { isInRange } from '../../../readings/time-range.ts';
import { dayOf } from '../../../readings/timestamp.ts';
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

/** Those readings of a captured series that are of one day and in the range that was asked for. */
export interface DaySeries {
  readonly series: CapturedSeries;
  /** Where they stand in the columns, ascending. */
  readonly places: readonly number[];
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

/** The readings in the range by day, looked through once, however many days there are. */
export const seriesByDay = (
  captured: readonly CapturedSeries[],
  range: TimeRange,
): Map<EpochDay, DaySeries[]> => {
  const byDay = new Map<EpochDay, DaySeries[]>();
  for (const series of captured) {
    const placesByDay = placesIn(series, range);
    for (const [day, places] of placesByDay) {
      const ofDay = byDay.get(day);
      if (ofDay === undefined) byDay.set(day, [{ series, places }]);
      else ofDay.push({ series, places });
    }
  }
  return byDay;
};

const placesIn = (
  { timestampsMicros, length }: CapturedSeries,
  range: TimeRange,
): Map<EpochDay, number[]> => {
  const byDay = new Map<EpochDay, number[]>();
  // A series is mostly of one day.
  let day: EpochDay | undefined;
  let places: number[] = [];
  for (let place = 0; place < length; place++) {
    const timestamp = timestampsMicros[place] as EpochMicros;
    if (!isInRange(timestamp, range)) continue;
    if (dayOf(timestamp) !== day) {
      day = dayOf(timestamp);
      places = byDay.get(day) ?? [];
      byDay.set(day, places);
    }
    places.push(place);
  }
  return byDay;
};

/** How much was captured of each series, by a name that no other series ever has. */
export const lengthsOf = (ofDay: readonly DaySeries[]): ReadonlyMap<string, number> =>
  new Map(ofDay.map(({ series }) => [nameOf(series), series.length]));

/** Those readings that were not captured when the series had these lengths. */
export const addedSince = (
  ofDay: readonly DaySeries[],
  lengths: ReadonlyMap<string, number>,
): DaySeries[] =>
  ofDay.map(({ series, places }) => {
    const known = lengths.get(nameOf(series)) ?? 0;
    return { series, places: places.filter((place) => place >= known) };
  });

const nameOf = ({ segmentFirst, deviceId }: CapturedSeries): string =>
  `${segmentFirst} ${deviceId}`;

/** From the first reading to the last; undefined when there is none. */
export const extentOf = (series: readonly DaySeries[]): TimeRange | undefined => {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const {
    series: { timestampsMicros },
    places,
  } of series) {
    for (const place of places) {
      const timestamp = timestampsMicros[place] as EpochMicros;
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
export const rowsOf = (ofDay: readonly DaySeries[], range: TimeRange): UserRows => {
  const deviceIds: string[] = [];
  const devices: number[] = [];
  const timestamps: number[] = [];
  const heartRates: number[] = [];
  const sequences: number[] = [];
  for (const { series, places } of ofDay) {
    const known = deviceIds.indexOf(series.deviceId);
    const device = known < 0 ? deviceIds.push(series.deviceId) - 1 : known;
    const firstSequence = series.segmentLast - series.length + 1;
    for (const place of places) {
      const timestamp = series.timestampsMicros[place] as EpochMicros;
      if (!isInRange(timestamp, range)) continue;
      devices.push(device);
      timestamps.push(timestamp);
      heartRates.push(series.heartRates[place] as number);
      sequences.push(firstSequence + place);
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

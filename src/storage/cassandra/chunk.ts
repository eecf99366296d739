import type { EpochDay, EpochMicros } from '../../readings/reading.ts';
import type { ReadingBatch, SeriesRun } from '../../readings/reading-batch.ts';
import { dayOf } from '../../readings/timestamp.ts';

/** Readings of one user and day in columns of equal length, no two of them with one identity. */
export interface ChunkColumns {
  readonly deviceIds: readonly string[];
  /** The device of each reading, as a place in `deviceIds`. */
  readonly devices: Uint16Array;
  /** Microseconds since the epoch. */
  readonly timestamps: Float64Array;
  readonly heartRates: Float64Array;
}

/** Readings of one device of the user on the day, in order of arrival. */
export type DayRun = Pick<SeriesRun, 'deviceId' | 'timestampsMicros' | 'heartRates'>;

/** What of a batch is of one user and day. */
export interface UserDayRuns {
  readonly userId: string;
  readonly day: EpochDay;
  readonly runs: DayRun[];
}

/** At 18 bytes a reading 150 kB: far below what a node takes as one write. */
export const MAX_CHUNK_READINGS = 8_192;
/** A chunk with so many is not merged with others any more. */
export const LARGE_READINGS = MAX_CHUNK_READINGS / 2;

/** The parts of a batch by user and day. */
export const userDaysOf = (batch: ReadingBatch): UserDayRuns[] => {
  const byUser = new Map<string, Map<EpochDay, UserDayRuns>>();
  for (const run of batch.runs) {
    const { userId } = run;
    let byDay = byUser.get(userId);
    if (byDay === undefined) {
      byDay = new Map();
      byUser.set(userId, byDay);
    }
    for (const [day, ofDay] of daysOf(run)) {
      const known = byDay.get(day);
      if (known === undefined) byDay.set(day, { userId, day, runs: [ofDay] });
      else known.runs.push(ofDay);
    }
  }
  return [...byUser.values()].flatMap((byDay) => [...byDay.values()]);
};

const daysOf = (run: SeriesRun): Map<EpochDay, DayRun> => {
  const { deviceId, timestampsMicros, heartRates } = run;
  const first = dayOf(timestampsMicros[0] as EpochMicros);
  // As nearly every run is.
  if (timestampsMicros.every((micros) => dayOf(micros) === first)) return new Map([[first, run]]);
  const byDay = new Map<EpochDay, DayRun>();
  for (const [at, micros] of timestampsMicros.entries()) {
    const day = dayOf(micros);
    let ofDay = byDay.get(day);
    if (ofDay === undefined) {
      ofDay = { deviceId, timestampsMicros: [], heartRates: [] };
      byDay.set(day, ofDay);
    }
    ofDay.timestampsMicros.push(micros);
    ofDay.heartRates.push(heartRates[at] as number);
  }
  return byDay;
};

/** Readings of one device, each instant once. */
interface DeviceColumns {
  readonly deviceId: string;
  readonly timestamps: readonly number[];
  readonly heartRates: readonly number[];
}

const isAscending = (values: readonly number[]): boolean =>
  values.every((value, at) => at === 0 || (values[at - 1] as number) < value);

/** The runs of a device, the later first, as what was accepted: the last value of each instant. */
const withoutSuperseded = (deviceId: string, runs: readonly DayRun[]): DeviceColumns => {
  const timestamps = runs.flatMap(({ timestampsMicros }) => timestampsMicros);
  const heartRates = runs.flatMap((run) => run.heartRates);
  // In order, as a device sends them.
  if (isAscending(timestamps)) return { deviceId, timestamps, heartRates };
  const last = new Map<number, number>();
  for (const [at, micros] of timestamps.entries()) last.set(micros, heartRates[at] as number);
  return { deviceId, timestamps: [...last.keys()], heartRates: [...last.values()] };
};

/**
 * Runs in order of arrival as chunks, as few as {@link MAX_CHUNK_READINGS} allows. Superseded
 * readings are left out here: rows written with one stamp have no order among themselves.
 */
export const chunksOf = (runs: readonly DayRun[]): ChunkColumns[] => {
  const byDevice = new Map<string, DayRun[]>();
  for (const run of runs) {
    const known = byDevice.get(run.deviceId);
    if (known === undefined) byDevice.set(run.deviceId, [run]);
    else known.push(run);
  }
  const columns = [...byDevice].map(([deviceId, ofDevice]) =>
    withoutSuperseded(deviceId, ofDevice),
  );
  return sections(columns).map(chunkOf);
};

/** The columns cut so that no group has more readings, or devices, than a chunk may. */
const sections = (columns: readonly DeviceColumns[]): DeviceColumns[][] => {
  const groups: DeviceColumns[][] = [[]];
  let room = MAX_CHUNK_READINGS;
  for (const { deviceId, timestamps, heartRates } of columns) {
    for (let from = 0; from < timestamps.length; ) {
      if (room === 0) {
        groups.push([]);
        room = MAX_CHUNK_READINGS;
      }
      const to = Math.min(timestamps.length, from + room);
      const isWhole = from === 0 && to === timestamps.length;
      groups.at(-1)?.push({
        deviceId,
        timestamps: isWhole ? timestamps : timestamps.slice(from, to),
        heartRates: isWhole ? heartRates : heartRates.slice(from, to),
      });
      room -= to - from;
      from = to;
    }
  }
  return groups;
};

const chunkOf = (group: readonly DeviceColumns[]): ChunkColumns => {
  const length = group.reduce((sum, { timestamps }) => sum + timestamps.length, 0);
  const devices = new Uint16Array(length);
  const timestamps = new Float64Array(length);
  const heartRates = new Float64Array(length);
  let at = 0;
  for (const [place, one] of group.entries()) {
    devices.fill(place, at, at + one.timestamps.length);
    timestamps.set(one.timestamps, at);
    heartRates.set(one.heartRates, at);
    at += one.timestamps.length;
  }
  return { deviceIds: group.map(({ deviceId }) => deviceId), devices, timestamps, heartRates };
};

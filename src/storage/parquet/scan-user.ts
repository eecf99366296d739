import pl from 'nodejs-polars';
import type { EpochDay, EpochMicros } from '../../readings/reading.ts';
import { dayStart, MICROS_PER_DAY } from '../../readings/timestamp.ts';
import type { ScanRequest } from '../reading-store.ts';
import { ColumnComparison } from './comparison.ts';
import type { Part } from './part-catalog.ts';
import { scanPart } from './part-frame.ts';
import type { RecentReadings } from './recent-readings.ts';
import type { UserRows } from './rows-frame.ts';

/** What is in memory of a user on a day, in order of ascending sequence per series. */
export interface RecentRows extends UserRows {
  readonly deviceIds: string[];
  readonly devices: number[];
  readonly timestamps: EpochMicros[];
  readonly heartRates: number[];
  readonly sequences: number[];
}

const USER_ID = new ColumnComparison('user_id');
const DEVICE_ID = new ColumnComparison('device_id');
const TIMESTAMP = new ColumnComparison('timestamp');
const SCAN_COLUMNS = [
  pl.col('device_id'),
  pl.col('timestamp').cast(pl.Int64).alias('timestamp'),
  pl.col('heart_rate'),
  pl.col('sequence'),
];

/**
 * What is in memory of a user in the range, by day. The place in a series, counted back from the
 * segment's last sequence, stands for the sequence: it ascends as the real one does, and lies
 * between those of the segments before and after. Nor is it ever too small for a part that holds
 * a beginning of the segment, which is found after a crash when the log kept a record that had
 * been rejected: what that record has comes after all that is in the part.
 */
export const recentRows = (
  segments: readonly RecentReadings[],
  { userId, deviceId, range }: ScanRequest,
): Map<EpochDay, RecentRows> => {
  const byDay = new Map<EpochDay, RecentRows>();
  for (const segment of segments) {
    for (const [device, series] of segment.byUser.get(userId) ?? []) {
      if (deviceId !== undefined && device !== deviceId) continue;
      const { timestampsMicros, heartRates } = series;
      const before = segment.lastSequence - timestampsMicros.length;
      // A series is mostly of one day.
      let day = Number.NaN;
      let rows = NO_ROWS;
      let place = 0;
      for (let i = 0; i < timestampsMicros.length; i++) {
        const timestamp = timestampsMicros[i] as EpochMicros;
        if (timestamp < range.startMicros || timestamp >= range.endMicros) continue;
        if (Math.floor(timestamp / MICROS_PER_DAY) !== day) {
          day = Math.floor(timestamp / MICROS_PER_DAY);
          rows = rowsOfDay(byDay, day as EpochDay);
          place = placeOf(rows.deviceIds, device);
        }
        rows.devices.push(place);
        rows.timestamps.push(timestamp);
        rows.heartRates.push(heartRates[i] as number);
        rows.sequences.push(before + 1 + i);
      }
    }
  }
  return byDay;
};

const newRows = (): RecentRows => ({
  deviceIds: [],
  devices: [],
  timestamps: [],
  heartRates: [],
  sequences: [],
});
const NO_ROWS = newRows();

const rowsOfDay = (byDay: Map<EpochDay, RecentRows>, day: EpochDay): RecentRows => {
  const rows = byDay.get(day) ?? newRows();
  byDay.set(day, rows);
  return rows;
};

const placeOf = (deviceIds: string[], deviceId: string): number => {
  const place = deviceIds.indexOf(deviceId);
  return place < 0 ? deviceIds.push(deviceId) - 1 : place;
};

/**
 * What the rows of a user in memory depend on: of each segment that has some, which it is, how many
 * there are, which only grows, and how often it forgot any.
 */
export const recentVersion = (segments: readonly RecentReadings[], userId: string): number[] => {
  const version: number[] = [];
  for (const segment of segments) {
    const size = segment.sizeOf(userId);
    if (size > 0) version.push(segment.firstSequence, size, segment.timesForgotten);
  }
  return version;
};

/** A part's rows of a user as the frame that {@link DayScan} describes. */
export const partFrame = (part: Part, request: ScanRequest): pl.LazyDataFrame =>
  clipped(wholePartFrame(part, request.userId), part.day, request);

/**
 * All that a part has of a user, whatever is asked for. The user alone: with the time in the same
 * predicate the scan takes twice as long.
 */
export const wholePartFrame = (part: Part, userId: string): pl.LazyDataFrame =>
  scanPart(part.path)
    .filter(USER_ID.eq(userId))
    .select(...SCAN_COLUMNS);

/** Those of a user's rows of a day that are asked for. */
export const clipped = (
  frame: pl.LazyDataFrame,
  day: EpochDay,
  { deviceId, range }: ScanRequest,
): pl.LazyDataFrame => {
  const start = dayStart(day);
  let rows = frame;
  if (deviceId !== undefined) rows = rows.filter(DEVICE_ID.eq(deviceId));
  if (range.startMicros > start) rows = rows.filter(TIMESTAMP.atLeast(range.startMicros));
  if (range.endMicros < start + MICROS_PER_DAY) {
    rows = rows.filter(TIMESTAMP.below(range.endMicros));
  }
  return rows;
};

import type { RecentReadings } from '../memory/recent-readings.ts';
import type { SegmentColumns } from '../parts/jobs.ts';

/** A segment's readings as plain data, to be sorted and written in another thread. */
export const columnsOf = (recent: RecentReadings): SegmentColumns => {
  const userIds: string[] = [];
  const deviceIds: string[] = [];
  const lengths: number[] = [];
  const timestamps = new Float64Array(recent.size);
  const heartRates = new Float64Array(recent.size);
  let row = 0;
  for (const [userId, byDevice] of recent.byUser) {
    for (const [deviceId, series] of byDevice) {
      userIds.push(userId);
      deviceIds.push(deviceId);
      lengths.push(series.timestampsMicros.length);
      timestamps.set(series.timestampsMicros, row);
      heartRates.set(series.heartRates, row);
      row += series.timestampsMicros.length;
    }
  }
  return { userIds, deviceIds, lengths: Uint32Array.from(lengths), timestamps, heartRates };
};

import type { Reading } from '../../../client/src/index.ts';

/** What a device measured; as a {@link Reading} it goes over the wire. */
export interface Measurement {
  readonly userId: string;
  readonly deviceId: string;
  /** Whole milliseconds since the epoch. */
  readonly atMs: number;
  /** Beats a minute, in halves: binary holds them exactly, so a mean is the same in any order. */
  readonly heartRate: number;
}

const MS_PER_MINUTE = 60_000;

/** `2024-01-15T12:00:00.000+02:00` */
const inZone = (atMs: number, offsetMinutes: number): string => {
  const local = new Date(atMs + offsetMinutes * MS_PER_MINUTE).toISOString().slice(0, -1);
  const distance = Math.abs(offsetMinutes);
  const hours = String(Math.floor(distance / 60)).padStart(2, '0');
  const minutes = String(distance % 60).padStart(2, '0');
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${hours}:${minutes}`;
};

/** With an offset the same instant in the notation of that time zone, else in UTC. */
export const toReading = (measurement: Measurement, offsetMinutes?: number): Reading => ({
  user_id: measurement.userId,
  device_id: measurement.deviceId,
  timestamp:
    offsetMinutes === undefined
      ? new Date(measurement.atMs).toISOString()
      : inZone(measurement.atMs, offsetMinutes),
  heart_rate: measurement.heartRate,
});

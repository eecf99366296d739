import type { PastReading } from './load/past-readings.ts';
import { DAY_MS, FIRST_DAY_MS } from './stored-days.ts';

const NOON_MS = DAY_MS / 2;

/** One reading of a user on each of so many days, the last the day before the first stored one. */
export const oneADay = (userId: string, days: number): PastReading[] =>
  Array.from({ length: days }, (_, day) => ({
    userId,
    atMs: FIRST_DAY_MS - (days - day) * DAY_MS + NOON_MS,
    heartRate: 60 + (day % 40),
  }));

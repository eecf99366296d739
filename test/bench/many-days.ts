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

/** A reading of a user every second of so many days, from the first stored one on. */
export function* everySecond(userId: string, days: number): Generator<PastReading> {
  for (let second = 0; second < (days * DAY_MS) / 1000; second++) {
    yield { userId, atMs: FIRST_DAY_MS + second * 1000, heartRate: 60 + (second % 80) / 2 };
  }
}

import { firstAtLeast } from './first-at-least.ts';
import type { EpochDay, EpochMicros } from './reading.ts';
import { dayOf } from './timestamp.ts';

/** The UTC day that the clock says it is. */
export const today = (): EpochDay => dayOf((Date.now() * 1000) as EpochMicros);

/** The oldest day that is kept when it is that day: those before ended longer ago. */
export const oldestKeptDay = (asOf: EpochDay, retentionDays: number): EpochDay =>
  (asOf - retentionDays) as EpochDay;

/**
 * As of which day days expire, of those that readings are known of, ascending. Time goes on with the
 * readings: it is the newest of their days that is not after today, when something else speaks for
 * it: the clock, when it is no further ahead than days are kept, or another day that lies no further
 * back. Else it is the one before: a single reading from the future counts for nothing. So a clock
 * that is years ahead takes nothing away, nor do the two together. Today while none is known.
 */
export const referenceDay = (
  known: readonly EpochDay[],
  today: EpochDay,
  retentionDays: number,
): EpochDay => {
  const at = firstAtLeast(known, today + 1) - 1;
  const [newest, before] = [known[at], known[at - 1]];
  if (newest === undefined) return today;
  if (before === undefined || newest >= oldestKeptDay(today, retentionDays)) return newest;
  return before >= oldestKeptDay(newest, retentionDays) ? newest : before;
};

/**
 * As of which day readings that come in are too old: today, when the clock is to be believed, as
 * nothing is known yet, or a day that is kept by it. Else as of the day by which days expire: then a
 * clock that is years ahead refuses nothing. It is never before that day.
 */
export const intakeDay = (
  known: readonly EpochDay[],
  today: EpochDay,
  retentionDays: number,
): EpochDay => {
  const asOf = referenceDay(known, today, retentionDays);
  return asOf < oldestKeptDay(today, retentionDays) ? asOf : today;
};

/** How many of the stored days, ascending, have expired: the first ones. */
export const expiredDays = (
  stored: readonly EpochDay[],
  asOf: EpochDay,
  retentionDays: number,
): number => firstAtLeast(stored, oldestKeptDay(asOf, retentionDays));

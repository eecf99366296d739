import { firstAtLeast } from './first-at-least.ts';
import type { EpochDay, EpochMicros } from './reading.ts';
import { dayOf } from './timestamp.ts';

/** The UTC day that the clock says it is. */
export const today = (): EpochDay => dayOf((Date.now() * 1000) as EpochMicros);

/** The oldest day that is kept when it is that day: those before ended longer ago. */
export const oldestKeptDay = (asOf: EpochDay, retentionDays: number): EpochDay =>
  (asOf - retentionDays) as EpochDay;

/**
 * As of which day it is judged how old days are, of those that are stored, ascending, and of what
 * comes in. Time goes on with what is stored: it is the newest stored day that is not after today,
 * and today while there is none. So a clock that is years ahead takes nothing away and refuses
 * nothing, nor does a reading from the future; and one day stays in any case.
 */
export const referenceDay = (stored: readonly EpochDay[], today: EpochDay): EpochDay =>
  stored[firstAtLeast(stored, today + 1) - 1] ?? today;

/** How many of the stored days, ascending, have expired: the first ones. */
export const expiredDays = (
  stored: readonly EpochDay[],
  asOf: EpochDay,
  retentionDays: number,
): number => firstAtLeast(stored, oldestKeptDay(asOf, retentionDays));

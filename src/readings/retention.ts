import type { EpochDay, EpochMicros } from './reading.ts';
import { dayOf } from './timestamp.ts';

/** The UTC day that the clock says it is. */
export const today = (): EpochDay => dayOf((Date.now() * 1000) as EpochMicros);

/** The oldest day that is kept when it is that day: those before ended longer ago. */
export const oldestKeptDay = (asOf: EpochDay, retentionDays: number): EpochDay =>
  (asOf - retentionDays) as EpochDay;

/**
 * The oldest of the stored days that has expired, if one has. Time goes on with what is stored:
 * days are judged as of the newest of them that is not after today. So a clock that is years ahead
 * takes nothing away, nor does a reading from the future; and one day stays in any case.
 */
export const expiredDay = (
  stored: Iterable<EpochDay>,
  today: EpochDay,
  retentionDays: number,
): EpochDay | undefined => {
  let oldest: EpochDay | undefined;
  let newest: EpochDay | undefined;
  for (const day of stored) {
    if (day > today) continue;
    if (oldest === undefined || day < oldest) oldest = day;
    if (newest === undefined || day > newest) newest = day;
  }
  if (oldest === undefined || newest === undefined) return undefined;
  return oldest < oldestKeptDay(newest, retentionDays) ? oldest : undefined;
};

import { dayRange, intersection } from '../readings/time-range.ts';
import type { ReadingStore, ScanRequest } from '../storage/reading-store.ts';
import { isSystemError, refusedRead } from '../storage/system-error.ts';
import { type Days, dayRuns } from './day-runs.ts';
import { Semaphore } from './semaphore.ts';

/**
 * Collecting occupies libuv's four threads, which the log's fdatasync needs as well: eight queries
 * at once make an append wait for seconds, two for well under a millisecond. One a process, as
 * the threads are. A query takes a turn for each run of days, so a year does not hold up a day.
 */
export const collecting = new Semaphore(2);

/**
 * What is made of days that a scan with the request gave. Days that cannot be read are read again
 * without what the store finds damaged in them; undefined when nothing is left of them then.
 * Rejects when that does not help.
 */
export const readDays = async <T>(
  store: Pick<ReadingStore, 'scan' | 'checkDay'>,
  request: ScanRequest,
  days: Days,
  read: (days: Days) => Promise<T>,
  isRepeated = false,
): Promise<T | undefined> => {
  try {
    return await read(days);
  } catch (error) {
    const refusal = isRepeated && isSystemError(error) ? error : undefined;
    const found = await setAsideDamaged(store, days, refusal);
    // Another query may have had the damage set aside after this one's scan had begun.
    if (!found && isRepeated) throw unavailableWhenRefused(error);
    // Ends, because each further attempt that fails has set at least one damaged piece aside.
    const again = store.scan({ ...request, range: rangeOf(request, days) });
    for await (const left of dayRuns(again, ALL_IN_ONE)) {
      return await readDays(store, request, left, read, true);
    }
    return undefined;
  }
};

const ALL_IN_ONE = { days: Number.POSITIVE_INFINITY };

const setAsideDamaged = async (
  store: Pick<ReadingStore, 'checkDay'>,
  days: Days,
  refusal: Error | undefined,
): Promise<boolean> => {
  let found = false;
  for (const { day } of days) {
    if (await store.checkDay(day, refusal)) found = true;
  }
  return found;
};

/** What of the range lies from the first of the days to the last. */
const rangeOf = ({ range }: ScanRequest, days: Days) =>
  intersection(range, {
    startMicros: dayRange(days[0].day).startMicros,
    endMicros: dayRange((days.at(-1) ?? days[0]).day).endMicros,
  });

/** Too many open files and the like are over in a moment; all else is a fault of this program. */
const unavailableWhenRefused = (error: unknown): unknown =>
  isSystemError(error) ? refusedRead('Readings cannot be read', error) : error;

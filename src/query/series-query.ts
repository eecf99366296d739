import type { DevicePriority } from '../readings/device-priority.ts';
import type { EpochDay, EpochMicros, TimeRange } from '../readings/reading.ts';
import { dayStart, MICROS_PER_DAY } from '../readings/timestamp.ts';
import type { DayScan, ReadingStore, ScanRequest } from '../storage/reading-store.ts';
import { listedDevices } from './device-order.ts';
import { Semaphore } from './semaphore.ts';
import { SeriesCache } from './series-cache.ts';
import { type SeriesDay, seriesDay } from './series-day.ts';
import { type Contest, type Interval, SeriesPlan } from './series-plan.ts';

export interface SeriesRequest {
  readonly userId: string;
  /** Half-open. Readings outside it are left out before the buckets are filled. */
  readonly range: TimeRange;
  /** Only this device, without any priority. */
  readonly deviceId?: string;
  /** The width of a bucket; buckets are aligned to the epoch. */
  readonly interval: Interval;
  /**
   * `timestamp`: where devices report the same instant, the best one's reading is used.
   * `bucket`: only the best device that reported in a bucket counts there.
   */
  readonly priorityScope: 'timestamp' | 'bucket';
}

/**
 * Collecting occupies libuv's four threads, which the log's fdatasync needs as well: eight queries
 * at once make an append wait for seconds, two for well under a millisecond. One a process, as
 * the threads are. A query takes a turn for each day, so a year does not hold up a day.
 */
const collecting = new Semaphore(2);

/** A user's heart rate in buckets of time: the one place where readings are merged. */
export class SeriesQuery {
  readonly #store: ReadingStore;
  readonly #listed: readonly string[];
  readonly #plan: SeriesPlan;
  readonly #cache = new SeriesCache();

  constructor(store: ReadingStore, priorities: readonly DevicePriority[]) {
    this.#store = store;
    this.#listed = listedDevices(priorities);
    this.#plan = new SeriesPlan(this.#listed);
  }

  /**
   * The days that hold a reading of the range, ascending. The same readings give the same rows to
   * the last bit, however they arrived and wherever they are kept.
   * A day that cannot be read is read again without what the store finds damaged in it. Rejects
   * when that does not help, and with whatever the scan rejects with.
   */
  async run(request: SeriesRequest): Promise<SeriesDay[]> {
    const days: SeriesDay[] = [];
    // One day after the other: a day's memory is free before the next is read.
    for await (const scan of this.#store.scan(scanRequestOf(request))) {
      const day = await this.#day(scan, request);
      if (day !== undefined && day.counts.length > 0) days.push(day);
    }
    return days;
  }

  async #day(scan: DayScan, request: SeriesRequest): Promise<SeriesDay | undefined> {
    const key = keyOf(request, scan.day);
    const known = this.#cache.get(key, scan.version);
    if (known !== undefined) return known;
    const answer = await this.#readDay(scan, request);
    if (answer !== undefined) this.#cache.set(key, scan.version, answer);
    return answer;
  }

  async #readDay(
    scan: DayScan,
    request: SeriesRequest,
    isFirstTry = true,
  ): Promise<SeriesDay | undefined> {
    const collect = async () => {
      const frame = await scan.frame();
      const { distinct } = scan;
      return this.#plan.of(frame, distinct, contestOf(request), request.interval).collect();
    };
    try {
      return seriesDay(await collecting.run(collect), this.#listed);
    } catch (error) {
      const found = await this.#store.checkDay(scan.day);
      // Another query may have had the damage set aside after this one's scan had begun.
      if (!found && !isFirstTry) throw error;
      return await this.#readRepairedDay(scan.day, request);
    }
  }

  /** Ends, because each further attempt that fails has set at least one damaged piece aside. */
  async #readRepairedDay(day: EpochDay, request: SeriesRequest): Promise<SeriesDay | undefined> {
    const range = clipped(request.range, day);
    for await (const scan of this.#store.scan(scanRequestOf({ ...request, range }))) {
      return await this.#readDay(scan, request, false);
    }
    return undefined;
  }
}

/** What an answer depends on besides the readings of the day. */
const keyOf = (request: SeriesRequest, day: EpochDay): string => {
  const { userId, deviceId = null, interval, priorityScope } = request;
  const { startMicros, endMicros } = clipped(request.range, day);
  return JSON.stringify([userId, deviceId, interval, priorityScope, startMicros, endMicros]);
};

const scanRequestOf = ({ userId, range, deviceId }: SeriesRequest): ScanRequest =>
  deviceId === undefined ? { userId, range } : { userId, range, deviceId };

/** What of the range lies in the day. */
const clipped = ({ startMicros, endMicros }: TimeRange, day: EpochDay): TimeRange => ({
  startMicros: Math.max(startMicros, dayStart(day)) as EpochMicros,
  endMicros: Math.min(endMicros, dayStart(day) + MICROS_PER_DAY) as EpochMicros,
});

const contestOf = ({ deviceId, priorityScope }: SeriesRequest): Contest => {
  if (deviceId !== undefined) return 'none';
  return priorityScope === 'timestamp' ? 'instant' : 'bucket';
};

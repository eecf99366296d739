import type { DevicePriority } from '../readings/device-priority.ts';
import type { EpochDay, TimeRange } from '../readings/reading.ts';
import { dayRange, duration, intersection } from '../readings/time-range.ts';
import type { DayScan, ReadingStore, ScanRequest } from '../storage/reading-store.ts';
import { listedDevices } from './device-order.ts';
import type { DayReader } from './reader/day-reader.ts';
import { inlineReader } from './reader/inline-reader.ts';
import { Semaphore } from './semaphore.ts';
import { createSeriesCache, type KnownDay } from './series-cache.ts';
import type { SeriesPiece } from './series-piece.ts';
import { type Contest, type Interval, wholeBuckets } from './series-plan.ts';
import { inStretches, withBuckets } from './stretches.ts';

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
  readonly #reader: DayReader;
  readonly #cache = createSeriesCache();

  /** Reads days in the thread it is called from, unless it is given another way. */
  constructor(
    store: ReadingStore,
    priorities: readonly DevicePriority[],
    openReader: (listed: readonly string[]) => DayReader = inlineReader,
  ) {
    this.#store = store;
    this.#reader = openReader(listedDevices(priorities));
  }

  /**
   * The pieces of the range that hold a reading, ascending. The same readings give the same rows to
   * the last bit, however they arrived and wherever they are kept.
   * A day that cannot be read is read again without what the store finds damaged in it. Rejects
   * when that does not help, and with whatever the scan rejects with.
   */
  async run(request: SeriesRequest): Promise<SeriesPiece[]> {
    const pieces: SeriesPiece[] = [];
    // One day after the other: a day's memory is free before the next is read.
    for await (const scan of this.#store.scan(scanRequestOf(request))) {
      pieces.push(...(await this.#day(scan, request)));
    }
    return pieces;
  }

  /** Lets go of what is remembered of a user, who has been erased. */
  async forget(userId: string): Promise<void> {
    const ofUser = [...this.#cache.keys()].filter((key) => key.startsWith(keyPrefix(userId)));
    for (const key of ofUser) this.#cache.delete(key);
    await this.#reader.forget(userId);
  }

  /** Queries that are under way may fail, and none may follow. */
  close(): Promise<void> {
    return this.#reader.close();
  }

  async #day(
    scan: DayScan,
    request: SeriesRequest,
    isRepeated = false,
  ): Promise<readonly SeriesPiece[]> {
    const key = keyOf(request, scan.day);
    try {
      const answer = await this.#answer(scan, request, this.#cache.get(key));
      this.#cache.set(key, { version: scan.version, answer });
      return answer;
    } catch (error) {
      const found = await this.#store.checkDay(scan.day);
      // Another query may have had the damage set aside after this one's scan had begun.
      if (!found && isRepeated) throw error;
      return await this.#repeat(scan.day, request);
    }
  }

  /** Ends, because each further attempt that fails has set at least one damaged piece aside. */
  async #repeat(day: EpochDay, request: SeriesRequest): Promise<readonly SeriesPiece[]> {
    const range = rangeOnDay(request, day);
    for await (const scan of this.#store.scan(scanRequestOf({ ...request, range }))) {
      return await this.#day(scan, request, true);
    }
    return [];
  }

  /** What is known of the day, with the buckets that changed since worked out anew. */
  async #answer(
    scan: DayScan,
    request: SeriesRequest,
    known: KnownDay | undefined,
  ): Promise<readonly SeriesPiece[]> {
    const changes = known === undefined ? 'unknown' : scan.changesSince(known.version);
    if (known !== undefined && changes !== 'unknown') {
      if (changes === 'none') return known.answer;
      const buckets = wholeBuckets(changes, request.interval);
      // To look for some rows of a day costs more than to read it, so it must be worth it.
      if (duration(buckets) <= duration(rangeOnDay(request, scan.day)) / 2) {
        return withBuckets(known.answer, buckets, await this.#read(scan, request, buckets));
      }
    }
    return inStretches(await this.#read(scan, request));
  }

  async #read(scan: DayScan, request: SeriesRequest, range?: TimeRange): Promise<SeriesPiece> {
    const { distinct } = scan;
    const { interval } = request;
    return collecting.run(() =>
      this.#reader.read({
        source: scan.source(range),
        distinct,
        contest: contestOf(request),
        interval,
      }),
    );
  }
}

/** What of the range lies in the day. */
const rangeOnDay = ({ range }: SeriesRequest, day: EpochDay): TimeRange =>
  intersection(range, dayRange(day));

/** What an answer depends on besides the readings of the day. */
const keyOf = (request: SeriesRequest, day: EpochDay): string => {
  const { userId, deviceId = null, interval, priorityScope } = request;
  const { startMicros, endMicros } = rangeOnDay(request, day);
  const dependsOn = [deviceId, interval, priorityScope, startMicros, endMicros];
  return keyPrefix(userId) + JSON.stringify(dependsOn);
};

const keyPrefix = (userId: string): string => `${JSON.stringify(userId)} `;

const scanRequestOf = ({ userId, range, deviceId }: SeriesRequest): ScanRequest =>
  deviceId === undefined ? { userId, range } : { userId, range, deviceId };

const contestOf = ({ deviceId, priorityScope }: SeriesRequest): Contest => {
  if (deviceId !== undefined) return 'none';
  return priorityScope === 'timestamp' ? 'instant' : 'bucket';
};

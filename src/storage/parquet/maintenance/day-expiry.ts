import type { EpochDay } from '../../../readings/reading.ts';
import { expiredDays, oldestKeptDay, referenceDay, today } from '../../../readings/retention.ts';
import { formatDay } from '../../../readings/timestamp.ts';
import type { StoreObserver } from '../../store-observer.ts';
import type { KnownDays } from '../known-days.ts';
import type { PartCatalog } from '../parts/part-catalog.ts';
import type { Step, Task } from './lane.ts';

export interface DayExpiryOptions {
  readonly parts: PartCatalog;
  /** By which it is judged how old days are. */
  readonly knownDays: KnownDays;
  /** Days that ended longer ago than this many days expire; undefined keeps all. */
  readonly retentionDays: number | undefined;
  /** At least so long from when days are found to have expired to the first, and to each further one. */
  readonly expiryIntervalMs: number;
  readonly observer: StoreObserver;
}

/**
 * Takes expired days out of force, the oldest first, one at a time, and none soon after it was told
 * that there are any and as of which day, or after the one before: whatever is wrong with a clock or
 * a setting, there is time to see it in the log. A store that closes waits no less.
 */
export class DayExpiry implements Task {
  readonly name = 'dropping expired days';
  readonly canWait = false;
  readonly #options: DayExpiryOptions;
  /** When the oldest may go, by the monotonic clock; undefined while none has expired. */
  #dueAtMs: number | undefined;
  /** As of which day it was told that there are any. */
  #toldAsOf: EpochDay | undefined;
  #isClockAhead = false;

  constructor(options: DayExpiryOptions) {
    this.#options = options;
  }

  get dueInMs(): number | undefined {
    if (this.#dueAtMs === undefined) return undefined;
    return Math.max(0, this.#dueAtMs - performance.now());
  }

  next(): Step | undefined {
    const { parts, knownDays, retentionDays, expiryIntervalMs, observer } = this.#options;
    if (retentionDays === undefined) return undefined;
    const stored = parts.sortedDays;
    const now = today();
    const asOf = referenceDay(knownDays.sorted, now, retentionDays);
    this.#compareClock(now, asOf, retentionDays);
    const days = expiredDays(stored, asOf, retentionDays);
    const [oldest] = stored;
    if (oldest === undefined || days === 0) {
      this.#dueAtMs = undefined;
      this.#toldAsOf = undefined;
      return undefined;
    }
    if (this.#dueAtMs === undefined || asOf !== this.#toldAsOf) {
      this.#toldAsOf = asOf;
      this.#dueAtMs = performance.now() + expiryIntervalMs;
      const [first, judged] = [formatDay(oldest), formatDay(asOf)];
      observer.expiring({ days, oldest: first, asOf: judged, firstInMs: expiryIntervalMs });
    }
    if (performance.now() < this.#dueAtMs) return undefined;
    return { subject: oldest, run: async () => this.#drop(oldest, asOf, days - 1) };
  }

  #compareClock(now: EpochDay, asOf: EpochDay, retentionDays: number): void {
    const isAhead = asOf < oldestKeptDay(now, retentionDays);
    if (isAhead && !this.#isClockAhead) {
      this.#options.observer.clockAhead({ asOf: formatDay(asOf), today: formatDay(now) });
    }
    this.#isClockAhead = isAhead;
  }

  #drop(day: EpochDay, asOf: EpochDay, left: number): void {
    const { parts, expiryIntervalMs, observer } = this.#options;
    const dropped = parts.ofDay(day);
    for (const part of dropped) parts.drop(part);
    this.#dueAtMs = performance.now() + expiryIntervalMs;
    observer.expired({ day: formatDay(day), parts: dropped.length, asOf: formatDay(asOf), left });
  }
}

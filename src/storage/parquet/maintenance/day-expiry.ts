import type { EpochDay } from '../../../readings/reading.ts';
import { expiredDays, referenceDay, today } from '../../../readings/retention.ts';
import { formatDay } from '../../../readings/timestamp.ts';
import type { StoreObserver } from '../../store-observer.ts';
import type { PartCatalog } from '../parts/part-catalog.ts';
import type { Step, Task } from './lane.ts';

export interface DayExpiryOptions {
  readonly parts: PartCatalog;
  /** Days that ended longer ago than this many days expire; undefined keeps all. */
  readonly retentionDays: number | undefined;
  /** At least so long from one day to the next. */
  readonly expiryIntervalMs: number;
  readonly observer: StoreObserver;
}

/**
 * Takes expired days out of force, the oldest first, one at a time and not soon after the one
 * before: whatever is wrong with a clock or a setting, there is time to see it in the log.
 */
export class DayExpiry implements Task {
  readonly name = 'dropping expired days';
  readonly canWait = false;
  readonly #options: DayExpiryOptions;
  #lastAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: DayExpiryOptions) {
    this.#options = options;
  }

  next(): Step | undefined {
    const { parts, retentionDays, expiryIntervalMs } = this.#options;
    if (retentionDays === undefined) return undefined;
    if (performance.now() - this.#lastAtMs < expiryIntervalMs) return undefined;
    const stored = parts.sortedDays;
    const asOf = referenceDay(stored, today());
    const [oldest] = stored;
    if (oldest === undefined || expiredDays(stored, asOf, retentionDays) === 0) return undefined;
    return { subject: oldest, run: async () => this.#drop(oldest) };
  }

  #drop(day: EpochDay): void {
    const { parts, observer } = this.#options;
    const dropped = parts.ofDay(day);
    for (const part of dropped) parts.drop(part);
    this.#lastAtMs = performance.now();
    observer.expired({ day: formatDay(day), parts: dropped.length });
  }
}

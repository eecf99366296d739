import type { EpochDay, EpochMicros, TimeRange } from '../../readings/reading.ts';
import { oldestKeptDay, today } from '../../readings/retention.ts';
import { dayRange } from '../../readings/time-range.ts';
import { dayStart } from '../../readings/timestamp.ts';

/**
 * Until when Cassandra can say that a row goes, in seconds since the epoch: 2038-01-19, unless its
 * `storage_compatibility_mode` is NONE, which it is not by default. What is to stay longer stays.
 */
const MAX_EXPIRATION_SECONDS = 2 ** 31 - 2;
/** Clocks of nodes may be ahead. */
const MARGIN_SECONDS = 86_400;

/** How long days are kept, by the clock. */
export class Expiry {
  readonly #retentionDays: number | undefined;

  /** Undefined keeps all. */
  constructor(retentionDays: number | undefined) {
    this.#retentionDays = retentionDays;
  }

  /** For how many seconds from now on a day is kept; 0 is for ever. One that is over goes at once. */
  ttlSeconds(day: EpochDay): number {
    if (this.#retentionDays === undefined) return 0;
    const endMicros = dayRange((day + this.#retentionDays) as EpochDay).endMicros;
    const endSeconds = Math.ceil(endMicros / 1_000_000);
    if (endSeconds > MAX_EXPIRATION_SECONDS - MARGIN_SECONDS) return 0;
    return Math.max(1, Math.ceil(endSeconds - Date.now() / 1000));
  }

  /**
   * The last day that is over, for certain: a day later than it need be, as clocks differ and
   * readings are under way. Undefined when none is.
   */
  lastOver(): EpochDay | undefined {
    if (this.#retentionDays === undefined) return undefined;
    const last = oldestKeptDay(today(), this.#retentionDays) - 2;
    return last < 0 ? undefined : (last as EpochDay);
  }

  /** What of a range is kept still, though rows that were written under a longer rule are there. */
  kept(range: TimeRange): TimeRange {
    if (this.#retentionDays === undefined) return range;
    const oldest = Math.max(0, oldestKeptDay(today(), this.#retentionDays)) as EpochDay;
    const startMicros = Math.max(range.startMicros, dayStart(oldest)) as EpochMicros;
    return { ...range, startMicros };
  }
}

import type { EpochDay, EpochMicros } from '../../readings/reading.ts';
import { dayRange } from '../../readings/time-range.ts';
import { dayOf } from '../../readings/timestamp.ts';

/**
 * The days that this process has found readings of or has accepted some of, in Parquet yet or not,
 * also those of which nothing is left: by them it is judged how far time has gone on.
 */
export class KnownDays {
  readonly #days: Set<EpochDay>;
  /** Made when it is asked for. */
  #sorted: readonly EpochDay[] | undefined;
  /** The day that was noted last, as most readings are of the same one as those before. */
  #last = { startMicros: 0, endMicros: 0 };

  constructor(days: Iterable<EpochDay>) {
    this.#days = new Set(days);
  }

  /** Ascending. Costs nothing while no other day comes. */
  get sorted(): readonly EpochDay[] {
    this.#sorted ??= [...this.#days].sort((a, b) => a - b);
    return this.#sorted;
  }

  note(timestampsMicros: readonly EpochMicros[]): void {
    for (const micros of timestampsMicros) {
      if (micros < this.#last.startMicros || micros >= this.#last.endMicros) this.#add(micros);
    }
  }

  #add(micros: EpochMicros): void {
    const day = dayOf(micros);
    this.#last = dayRange(day);
    if (this.#days.has(day)) return;
    this.#days.add(day);
    this.#sorted = undefined;
  }
}

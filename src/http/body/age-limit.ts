import type { EpochMicros } from '../../readings/reading.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import { oldestKeptDay } from '../../readings/retention.ts';
import { dayStart, formatDay } from '../../readings/timestamp.ts';
import type { ReadingStore } from '../../storage/reading-store.ts';

/** What holds at a moment. */
export interface AgeCutoff {
  /** The oldest timestamp that is taken. */
  readonly oldestMicros: EpochMicros;
  /** What is wrong with one that is older. It names the day, so that a wrong clock is seen. */
  detail(): string;
}

/**
 * Refuses readings of days that have expired already, as the store judges it: they would be
 * acknowledged and removed a moment later. Without a retention it refuses none.
 */
export class AgeLimit {
  readonly #store: Pick<ReadingStore, 'intakeDay'>;
  readonly #retentionDays: number | undefined;

  constructor(store: Pick<ReadingStore, 'intakeDay'>, retentionDays: number | undefined) {
    this.#store = store;
    this.#retentionDays = retentionDays;
  }

  /** Whether none of the readings is too old. */
  admits({ runs }: ReadingBatch): boolean {
    const cutoff = this.cutoff();
    return (
      cutoff === undefined ||
      runs.every(({ timestampsMicros }) =>
        timestampsMicros.every((micros) => micros >= cutoff.oldestMicros),
      )
    );
  }

  /** Undefined when all are taken. */
  cutoff(): AgeCutoff | undefined {
    const retentionDays = this.#retentionDays;
    if (retentionDays === undefined) return undefined;
    const asOf = this.#store.intakeDay();
    if (asOf === undefined) return undefined;
    return {
      oldestMicros: dayStart(oldestKeptDay(asOf, retentionDays)),
      detail: () =>
        `must not be of a day that ended more than ${retentionDays} days ago, as of ${formatDay(asOf)}`,
    };
  }
}

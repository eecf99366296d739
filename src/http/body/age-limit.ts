import type { EpochMicros } from '../../readings/reading.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import { oldestKeptDay, today } from '../../readings/retention.ts';
import { dayStart } from '../../readings/timestamp.ts';

/**
 * Refuses readings of days that have expired already: they would be acknowledged and removed a
 * moment later. Without a retention it refuses none.
 */
export class AgeLimit {
  /** What is wrong with a timestamp that is too old. */
  readonly detail: string;
  readonly #retentionDays: number | undefined;

  constructor(retentionDays: number | undefined) {
    this.#retentionDays = retentionDays;
    this.detail = `must not be of a day that ended more than ${retentionDays} days ago`;
  }

  /** Whether none of the readings is too old. */
  admits({ runs }: ReadingBatch): boolean {
    const oldest = this.oldestMicros();
    return (
      oldest === undefined ||
      runs.every(({ timestampsMicros }) => timestampsMicros.every((micros) => micros >= oldest))
    );
  }

  /** The oldest timestamp that is taken today; undefined when all are. */
  oldestMicros(): EpochMicros | undefined {
    if (this.#retentionDays === undefined) return undefined;
    return dayStart(oldestKeptDay(today(), this.#retentionDays));
  }
}

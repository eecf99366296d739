import type { EpochMicros } from '../../readings/reading.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import { oldestKeptDay, today } from '../../readings/retention.ts';
import { dayStart } from '../../readings/timestamp.ts';
import type { ProblemError } from '../responses/problem.ts';

/**
 * Refuses readings of days that have expired already: they would be acknowledged and gone a moment
 * later. Without a number of days for which readings are kept it refuses none.
 */
export class AgeLimit {
  readonly #retentionDays: number | undefined;

  constructor(retentionDays: number | undefined) {
    this.#retentionDays = retentionDays;
  }

  /** Whether none of the readings is too old. */
  admits({ runs }: ReadingBatch): boolean {
    const oldest = this.#oldestMicros;
    return (
      oldest === undefined ||
      runs.every(({ timestampsMicros }) => timestampsMicros.every((micros) => micros >= oldest))
    );
  }

  /** What is wrong with the timestamps of a body; `pointerTo` names the one at a place. */
  errors(
    timestamps: readonly EpochMicros[],
    pointerTo: (place: number) => string,
  ): readonly ProblemError[] {
    const oldest = this.#oldestMicros;
    if (oldest === undefined) return [];
    const detail = `must not be of a day that ended more than ${this.#retentionDays} days ago`;
    return timestamps.flatMap((micros, place) =>
      micros >= oldest ? [] : [{ pointer: pointerTo(place), detail }],
    );
  }

  get #oldestMicros(): EpochMicros | undefined {
    if (this.#retentionDays === undefined) return undefined;
    return dayStart(oldestKeptDay(today(), this.#retentionDays));
  }
}

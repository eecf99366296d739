import type { Erasure } from '../../../readings/erasure.ts';
import type { RecentReadings } from './recent-readings.ts';

/**
 * The segments that were flushed last, in memory for a while longer. A part whose range they hold
 * need not be read: it would give the same readings. Most days that change are asked for again
 * before their newest parts have left this.
 *
 * What they hold follows on from one to the next without a gap: no reading that was flushed after
 * the first of them is missing.
 */
export class WarmSegments {
  readonly #maxReadings: number;
  readonly #segments: RecentReadings[] = [];
  #readings = 0;

  constructor(maxReadings: number) {
    this.#maxReadings = maxReadings;
  }

  /** Oldest first. */
  get all(): readonly RecentReadings[] {
    return this.#segments;
  }

  /** Takes over the segment that was flushed after all others, and gives up the oldest for it. */
  add(segment: RecentReadings): void {
    this.#segments.push(segment);
    this.#readings += segment.size;
    while (this.#readings > this.#maxReadings) {
      this.#readings -= this.#segments.shift()?.size ?? 0;
    }
  }

  /** Removes the readings that an erasure covers. */
  forget(erasure: Erasure): void {
    for (const segment of this.#segments) segment.forget(erasure);
    this.#readings = this.#segments.reduce((sum, { size }) => sum + size, 0);
  }

  /** Lets go of all: what is flushed next does not follow on from it. */
  clear(): void {
    this.#segments.length = 0;
    this.#readings = 0;
  }
}

import type { DayScan, ScannedDay } from '../storage/reading-store.ts';

/**
 * One plan of Polars costs 1 ms and 1 ms more a part: sixteen days with one plan take half the time
 * of a plan for each. More with one save no more, and hold up others' days for longer.
 */
const MAX_DAYS = 16;

/** Of what is counted, a run has about this much at most: 30 MB while it is read. */
const MAX_READINGS = 250_000;

/**
 * How many days are read together: one at first, for the first byte's sake, then twice as many each
 * time, as long as there are not too many readings in them.
 */
export class RunLength {
  readonly #maxReadings: number;
  #days = 1;

  constructor(maxReadings = MAX_READINGS) {
    this.#maxReadings = maxReadings;
  }

  get days(): number {
    return this.#days;
  }

  /** Takes in that a run of so many days was read, and so many readings counted in it. */
  hasRead(days: number, readings: number): void {
    const affordable = Math.floor((this.#maxReadings * days) / Math.max(1, readings));
    this.#days = Math.max(1, Math.min(2 * this.#days, MAX_DAYS, affordable));
  }
}

/** Days that follow one another, though perhaps not at once. */
export type Days = readonly [ScannedDay, ...ScannedDay[]];

/**
 * A scan's days in runs. What a run covers ends with a bucket, or the next run would have the rest
 * of it; as it is, every bucket lies in one UTC day.
 */
export async function* dayRuns(
  scan: AsyncIterable<DayScan>,
  length: Pick<RunLength, 'days'>,
): AsyncGenerator<Days> {
  let run: DayScan[] = [];
  for await (const day of scan) {
    run.push(day);
    if (!day.isLast && run.length < length.days) continue;
    // Given while the scan still goes on, which keeps the files of the days.
    yield run as unknown as Days;
    run = [];
  }
}

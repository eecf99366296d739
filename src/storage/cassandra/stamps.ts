import { StoreUnavailableError } from '../reading-store.ts';

/**
 * When something was accepted, in microseconds since the epoch: the `USING TIMESTAMP` of its rows.
 * Of two the larger is the later.
 */
export type Stamp = number & { readonly unit: 'stamp' };

const RETRY_AFTER_SECONDS = 1;
/** Of the year 1973 in microseconds, and of the year 5138 in milliseconds. */
const MOVED_BEFORE = 1e14;

/**
 * The stamp of what is moved here from another store: the clock's milliseconds, taken for
 * microseconds. So it is older than all that was ever accepted or erased here, and later than what
 * was moved before.
 */
export const movedStamp = (nowMs: number): Stamp => Math.floor(nowMs) as Stamp;

/** Whether readings with this stamp were moved here, and accepted by another store. */
export const isMoved = (stamp: Stamp): boolean => stamp < MOVED_BEFORE;

/** Gives this process its stamps: each is larger than all before, and near the clock. */
export class Stamps {
  readonly #maxAheadMicros: number;
  readonly #clockMs: () => number;
  readonly #check: () => void;
  #last = 0;

  /**
   * `maxSkewMs` is how far stamps may be ahead of the clock, which has gone back then; `check`
   * throws when the clock is not to be trusted.
   */
  constructor(maxSkewMs: number, check: () => void, clockMs: () => number = Date.now) {
    this.#maxAheadMicros = maxSkewMs * 1000;
    this.#check = check;
    this.#clockMs = clockMs;
  }

  /** @throws StoreUnavailableError when the clock has gone back by more than it may be off. */
  next(): Stamp {
    this.#check();
    const nowMicros = this.#clockMs() * 1000;
    const stamp = Math.max(this.#last + 1, nowMicros);
    if (stamp - nowMicros > this.#maxAheadMicros) {
      throw new StoreUnavailableError('The clock of this process went back.', RETRY_AFTER_SECONDS);
    }
    this.#last = stamp;
    return stamp as Stamp;
  }

  /** How long ago a stamp was given, by the clock, in milliseconds. */
  ageMs(stamp: Stamp): number {
    return this.#clockMs() - stamp / 1000;
  }
}

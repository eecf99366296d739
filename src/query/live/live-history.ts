import type { AcceptedErasure } from '../../readings/erasure.ts';
import { type LiveRun, lastPositionOf, runAfter, runWithout, weightOf } from './live-run.ts';

/** So many runs are taken off the front before the list is made anew. */
const MIN_DROPPED = 1_024;

/** The latest accepted readings of all users, in order, up to so much memory; of 0 bytes, none. */
export class LiveHistory {
  readonly #maxBytes: number;
  /** Those that are gone leave their places until the list is made anew. */
  #runs: (LiveRun | undefined)[] = [];
  /** How many at the front of the list are gone. */
  #dropped = 0;
  #bytes = 0;
  #completeFrom = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** All that was added with a larger position is here, but for what was erased. */
  get completeFrom(): number {
    return this.#completeFrom;
  }

  add(run: LiveRun): void {
    this.#runs.push(run);
    this.#bytes += weightOf(run);
    while (this.#bytes > this.#maxBytes) {
      const first = this.#runs[this.#dropped] as LiveRun;
      this.#runs[this.#dropped++] = undefined;
      this.#bytes -= weightOf(first);
      this.#completeFrom = lastPositionOf(first);
    }
    if (this.#dropped < MIN_DROPPED || this.#dropped * 2 < this.#runs.length) return;
    this.#runs.splice(0, this.#dropped);
    this.#dropped = 0;
  }

  /** Lets go of all, as of a position: nothing that came up to there is known any more. */
  clear(position: number): void {
    this.#runs = [];
    this.#dropped = 0;
    this.#bytes = 0;
    this.#completeFrom = position;
  }

  /** What came after a position, of the users and devices that `isWanted` names, in order. */
  after(position: number, isWanted: (run: LiveRun) => boolean): LiveRun[] {
    const found: LiveRun[] = [];
    for (let at = this.#runs.length - 1; at >= this.#dropped; at--) {
      const run = this.#runs[at] as LiveRun;
      if (lastPositionOf(run) <= position) break;
      const later = isWanted(run) ? runAfter(run, position) : undefined;
      if (later !== undefined) found.push(later);
    }
    return found.reverse();
  }

  erase(erasure: AcceptedErasure): void {
    const known = this.#runs.filter((run) => run !== undefined);
    const kept = known.map((run) => runWithout(run, erasure)).filter((run) => run !== undefined);
    this.#runs = kept;
    this.#dropped = 0;
    this.#bytes = kept.reduce((sum, run) => sum + weightOf(run), 0);
  }
}

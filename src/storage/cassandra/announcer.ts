import type { Erasure } from '../../readings/erasure.ts';
import type { Sequence } from '../../readings/reading.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import type { AcceptanceListener } from '../acceptance-listener.ts';

/** Tells a listener of what this process accepts and erases, in sequences that it alone counts. */
export class Announcer {
  readonly #listener: AcceptanceListener | undefined;
  #position = 0;

  constructor(listener?: AcceptanceListener) {
    this.#listener = listener;
  }

  accepted(batch: ReadingBatch): void {
    this.#listener?.accepted(this.#positions(batch.size), batch);
  }

  /** Tells of an erasure however it ends, before its caller hears of it. */
  async erasing(erasure: Erasure, carryOut: () => Promise<number>): Promise<number> {
    const begun = this.#positions(1);
    const count = await carryOut().catch((error: unknown) => {
      // All may be void already, and whoever asks again then finds nothing.
      this.#tell(erasure, this.#positions(1));
      throw error;
    });
    // One that finds nothing writes nothing. So what came before it is void by an earlier one, which
    // may have failed or be another process's, and what came meanwhile is not void by this one.
    this.#tell(erasure, count > 0 ? this.#positions(1) : begun);
    return count;
  }

  #tell(erasure: Erasure, sequence: Sequence): void {
    this.#listener?.erased({ ...erasure, sequence });
  }

  #positions(count: number): Sequence {
    const first = this.#position + 1;
    this.#position += count;
    return first as Sequence;
  }
}

import type { AcceptedErasure } from '../readings/erasure.ts';
import type { Sequence } from '../readings/reading.ts';
import type { ReadingBatch } from '../readings/reading-batch.ts';

/**
 * Told of what has become durable: in the order of acceptance, before it is acknowledged, once each,
 * and never of readings that could not be stored. What was replayed at a start is not told. Must
 * not throw.
 */
export interface AcceptanceListener {
  /** Readings whose sequences begin at `sequence`. The batch does not change any more. */
  accepted(sequence: Sequence, batch: ReadingBatch): void;
  /**
   * The readings told with a smaller sequence that it covers are void, or, when it has failed, may
   * be. Its own sequence may be smaller than that of readings told before: those stay.
   */
  erased(erasure: AcceptedErasure): void;
}

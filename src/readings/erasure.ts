import type { Sequence, TimeRange } from './reading.ts';

/**
 * Which readings are to be erased: all of a user's, or those of one device, or those in a range, or
 * those of one device in a range.
 */
export interface Erasure {
  readonly userId: string;
  readonly deviceId?: string;
  readonly range?: TimeRange;
}

/** An erasure with its place in the order of acceptance: all that it covers from before is void. */
export interface AcceptedErasure extends Erasure {
  readonly sequence: Sequence;
}

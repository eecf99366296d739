import type { EpochMicros, Sequence, TimeRange } from './reading.ts';
import { isInRange, isWithin } from './time-range.ts';

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

/** Whether it covers all readings of its user. */
export const isOfWholeUser = ({ deviceId, range }: Erasure): boolean =>
  deviceId === undefined && range === undefined;

/** Whether it covers the readings of its user by this device at this time. */
export const isErasedBy = (
  { deviceId, range }: Erasure,
  reading: { readonly deviceId: string; readonly timestampMicros: EpochMicros },
): boolean =>
  (deviceId === undefined || deviceId === reading.deviceId) &&
  (range === undefined || isInRange(reading.timestampMicros, range));

/** Whether all that the inner one covers is covered by the outer one too. */
export const includesErasure = (outer: Erasure, inner: Erasure): boolean =>
  outer.userId === inner.userId &&
  (outer.deviceId === undefined || outer.deviceId === inner.deviceId) &&
  (outer.range === undefined || (inner.range !== undefined && isWithin(inner.range, outer.range)));

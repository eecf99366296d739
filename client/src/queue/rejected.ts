import type { Reading } from '../data.ts';
import type { Problem } from '../errors.ts';

type ProblemErrors = readonly NonNullable<Problem['errors']>[number][];

/** Readings that the service will never take: they have left the queue. */
export interface RejectedReadings {
  readonly type: 'rejected';
  readonly count: number;
  /** Those that the service named: it names what is wrong with at most 20 a batch. */
  readonly readings: readonly { readonly reading: Reading; readonly detail: string }[];
}

const POINTER = /^\/readings\/(\d+)(?:\/|$)/;

/** True when it is readings of the batch that are wrong, and not how it was sent. */
export const isOfReadings = (errors: ProblemErrors): boolean =>
  errors.some(({ pointer }) => POINTER.test(pointer));

/** What a batch's errors, such as `/readings/1/heart_rate`, say of its readings. */
export const rejectedOf = (
  batch: readonly Reading[],
  count: number,
  errors: ProblemErrors,
): RejectedReadings => ({
  type: 'rejected',
  count,
  readings: errors.flatMap(({ pointer, detail }) => {
    const reading = batch[Number(POINTER.exec(pointer)?.[1])];
    return reading === undefined ? [] : [{ reading, detail }];
  }),
});

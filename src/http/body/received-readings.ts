import type { z } from '@hono/zod-openapi';
import type { zHeartRateReading } from '../../../generated/zod/zod.gen.ts';
import { ReadingBatch } from '../../readings/reading-batch.ts';
import { MAX_PROBLEM_ERRORS, type ProblemError, ProblemException } from '../responses/problem.ts';
import type { AgeLimit } from './age-limit.ts';

/** What a request body holds. */
export interface ReceivedReadings {
  /** The valid readings, in the order of the body. */
  readonly batch: ReadingBatch;
  /** How many other readings the body holds. */
  readonly invalidCount: number;
  /** What is wrong with those, in the order of the body, cut to as many as the contract allows. */
  readonly errors: ProblemError[];
}

/** A body's readings after validation by the contract's schema, each with its place in the body. */
export interface ValidatedReadings {
  readonly valid: readonly {
    readonly index: number;
    readonly reading: z.output<typeof zHeartRateReading>;
  }[];
  /** A reading with several errors is there several times. */
  readonly invalid: readonly { readonly index: number; readonly error: ProblemError }[];
  readonly pointerTo: (index: number) => string;
}

/** Readings that are all valid. */
export const allValid = (batch: ReadingBatch): ReceivedReadings => ({
  batch,
  invalidCount: 0,
  errors: [],
});

/** Sorts the readings that are too old out of those that the schema takes. */
export const receivedReadings = (
  { valid, invalid, pointerTo }: ValidatedReadings,
  ageLimit: AgeLimit,
): ReceivedReadings => {
  const batch = new ReadingBatch();
  const refused = [...invalid];
  const cutoff = ageLimit.cutoff();
  for (const { index, reading } of valid) {
    const { user_id, device_id, timestamp, heart_rate } = reading;
    if (cutoff === undefined || timestamp >= cutoff.oldestMicros) {
      batch.add(user_id, device_id, timestamp, heart_rate);
    } else {
      const pointer = `${pointerTo(index)}/timestamp`;
      refused.push({ index, error: { pointer, detail: cutoff.detail() } });
    }
  }
  refused.sort((a, b) => a.index - b.index);
  return {
    batch,
    invalidCount: new Set(refused.map(({ index }) => index)).size,
    errors: refused.slice(0, MAX_PROBLEM_ERRORS).map(({ error }) => error),
  };
};

const refusal = ({ errors, invalidCount }: ReceivedReadings, detail: string): ProblemException =>
  new ProblemException('invalid-request', detail, { errors, invalid_count: invalidCount });

/** All readings. Ends the request with a 400 when one of them is invalid. */
export const allOf = (received: ReceivedReadings): ReadingBatch => {
  if (received.invalidCount === 0) return received.batch;
  const isAlone = received.batch.size + received.invalidCount === 1;
  const what = isAlone ? 'the reading is not' : 'not every reading is';
  throw refusal(received, `Nothing was stored, because ${what} valid.`);
};

/** The valid readings. Ends the request with a 400 when there is none. */
export const validOf = (received: ReceivedReadings): ReadingBatch => {
  if (received.batch.size > 0) return received.batch;
  throw refusal(received, 'Nothing was stored, because no reading is valid.');
};

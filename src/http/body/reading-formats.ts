import type { z } from '@hono/zod-openapi';
import {
  zHeartRateBatch,
  zHeartRateLines,
  zHeartRateReading,
} from '../../../generated/zod/zod.gen.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import { ProblemException } from '../responses/problem.ts';
import { validationErrors } from '../responses/validation-errors.ts';
import { parseNdjson } from './ndjson.ts';
import { scanBatch, scanLines, scanReading } from './reading-scanner.ts';
import type { ValidatedReadings } from './received-readings.ts';

/** A form in which readings are sent. */
export interface ReadingFormat {
  /** The fast path: undefined for every body that is not plainly written, valid or not. */
  readonly scan: (body: Uint8Array) => ReadingBatch | undefined;
  /** The slow path. Ends the request with a 400 when the body is wrong as a whole. */
  readonly validate: (text: string) => ValidatedReadings;
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    const errors = [{ pointer: '', detail: 'is not JSON' }];
    throw new ProblemException('invalid-request', 'The body is not JSON.', { errors });
  }
};

const validateReading = (body: unknown): ValidatedReadings => {
  const pointerTo = () => '';
  const result = zHeartRateReading.safeParse(body);
  if (result.success)
    return { valid: [{ index: 0, reading: result.data }], invalid: [], pointerTo };
  const errors = validationErrors(result.error.issues, body, 'json');
  return { valid: [], invalid: errors.map((error) => ({ index: 0, error })), pointerTo };
};

/** The index of the reading that an issue is about; undefined when it is about the whole batch. */
const indexOf = ({ path: [, index] }: z.core.$ZodIssue): number | undefined =>
  typeof index === 'number' ? index : undefined;

const validateBatch = (body: unknown): ValidatedReadings => {
  const pointerTo = (index: number) => `/readings/${index}`;
  const result = zHeartRateBatch.safeParse(body);
  if (result.success) {
    const valid = result.data.readings.map((reading, index) => ({ index, reading }));
    return { valid, invalid: [], pointerTo };
  }
  const invalid = result.error.issues.flatMap((issue) => {
    const index = indexOf(issue);
    const errors = validationErrors([issue], body, 'json');
    if (index !== undefined) return errors.map((error) => ({ index, error }));
    throw new ProblemException('invalid-request', 'The body is not a batch.', { errors });
  });
  const invalidIndexes = new Set(invalid.map(({ index }) => index));
  // All issues are about readings, so there is an array of them. Zod keeps the valid ones to itself.
  const { readings } = body as { readings: unknown[] };
  const valid = readings.flatMap((reading, index) =>
    invalidIndexes.has(index) ? [] : [{ index, reading: zHeartRateReading.parse(reading) }],
  );
  return { valid, invalid, pointerTo };
};

/** How each schema of the contract that a body with readings can have is read. */
const FORMATS: ReadonlyMap<z.ZodType, ReadingFormat> = new Map<z.ZodType, ReadingFormat>([
  [zHeartRateReading, { scan: scanReading, validate: (text) => validateReading(parseJson(text)) }],
  [zHeartRateBatch, { scan: scanBatch, validate: (text) => validateBatch(parseJson(text)) }],
  [zHeartRateLines, { scan: scanLines, validate: (text) => validateBatch(parseNdjson(text)) }],
]);

/** The `content` of a request body in the contract. */
export type BodyContent = Readonly<Record<string, { readonly schema: z.ZodType }>>;

/** The formats of a body by media type. Throws for a schema that is not known here. */
export const formatsOf = (content: BodyContent): ReadonlyMap<string, ReadingFormat> =>
  new Map(
    Object.entries(content).map(([mediaType, { schema }]) => {
      const format = FORMATS.get(schema);
      if (format === undefined) throw new Error(`No reader for a body of type ${mediaType}`);
      return [mediaType, format];
    }),
  );

import { NOT_JSON } from '../responses/validation-errors.ts';
import { MAX_READINGS } from './batch-limit.ts';

const parseLine = (line: string): unknown => {
  try {
    // JSON takes the carriage return that ends a line elsewhere as white space.
    return JSON.parse(line);
  } catch {
    return NOT_JSON;
  }
};

/**
 * Takes NDJSON apart into the body its JSON form would be, not yet validated. Of a body with too
 * many lines there is one too many in it.
 */
export const parseNdjson = (text: string): { readings: unknown[] } => {
  const lines = text.trimEnd();
  return { readings: lines === '' ? [] : lines.split('\n', MAX_READINGS + 1).map(parseLine) };
};

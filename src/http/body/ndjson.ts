import { NOT_JSON } from '../responses/validation-errors.ts';
import { MAX_READINGS } from './batch-limit.ts';

const parseLine = (line: string): unknown => {
  try {
    // A carriage return before the line feed is white space to JSON.
    return JSON.parse(line);
  } catch {
    return NOT_JSON;
  }
};

/**
 * Turns NDJSON into the body that its JSON form would be, not yet validated. If there are too many
 * lines it has one reading too many.
 */
export const parseNdjson = (text: string): { readings: unknown[] } => {
  const lines = text.trimEnd();
  return { readings: lines === '' ? [] : lines.split('\n', MAX_READINGS + 1).map(parseLine) };
};

import { z } from '@hono/zod-openapi';
import { parseTimestamp } from '../readings/timestamp.ts';

/** `format: timestamp` of the contract: a text that comes out as microseconds since the epoch. */
export const timestamp = z.string().transform((text, context) => {
  const micros = parseTimestamp(text);
  if (micros !== undefined) return micros;
  context.issues.push({ code: 'custom', input: text, message: 'must be a timestamp' });
  return z.NEVER;
});

/**
 * A query string turns a plain `+` into a blank. A blank where an offset's sign stands can mean
 * nothing else, so there it counts as the `+` that was sent: `2024-01-15T10:00:00 02:00`.
 */
export const plusFromBlank = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/ (?=\d{2}:?\d{2}$)/, '+') : value;

import { z } from '@hono/zod-openapi';
import { END_OF_TIME_MICROS, MICROS_PER_SECOND, parseTimestamp } from '../../readings/timestamp.ts';

const MICROS_PER_MILLISECOND = 1_000;
/** In 1973. Smaller numbers are unlikely to be a time in seconds. */
const PLAUSIBLE_SECONDS = 100_000_000;

const isTimeIn = (count: number, unitMicros: number): boolean =>
  count * unitMicros >= PLAUSIBLE_SECONDS * MICROS_PER_SECOND &&
  count * unitMicros < END_OF_TIME_MICROS;

/** What a text that is not a timestamp looks like, if that is plain. */
const resemblance = (text: string): string => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return ', not a date alone';
  const count = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (isTimeIn(count, MICROS_PER_SECOND)) return ', not seconds since 1970';
  if (isTimeIn(count, MICROS_PER_MILLISECOND)) return ', not milliseconds since 1970';
  return '';
};

/** A number is refused as a text, so that the message can say what it looks like. */
const numberAsText = (value: string): string => (typeof value === 'number' ? String(value) : value);

/**
 * `format: timestamp` of the contract: a text, parsed to microseconds since the epoch. `message` is
 * the error for all that does not match `pattern`.
 */
export const timestamp = (pattern: RegExp, message: string) =>
  z.preprocess(
    numberAsText,
    z
      .string()
      .regex(pattern, { error: ({ input }) => message + resemblance(String(input)) })
      .transform((text, context) => {
        const micros = parseTimestamp(text);
        if (micros !== undefined) return micros;
        const detail = `${message}, of a date that exists, from 1970 to 2199`;
        context.issues.push({ code: 'custom', input: text, message: detail });
        return z.NEVER;
      }),
  );

/**
 * In a query string a plain `+` means a blank. Where the sign of an offset must stand, a blank can
 * only be such a `+`, so it is turned back: `2024-01-15 10:00:00 02:00`.
 */
export const plusFromBlank = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/ (?=\d{2}(?::?\d{2})?$)(?<=:.*)/, '+') : value;

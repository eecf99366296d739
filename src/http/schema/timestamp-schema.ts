import { z } from '@hono/zod-openapi';
import { END_OF_TIME_MICROS, MICROS_PER_SECOND, parseTimestamp } from '../../readings/timestamp.ts';

const MICROS_PER_MILLISECOND = 1_000;
/** Some time in 1973. Numbers that mean earlier ones are more likely to be something else. */
const PLAUSIBLE_SECONDS = 100_000_000;

const isTimeIn = (count: number, unitMicros: number): boolean =>
  count * unitMicros >= PLAUSIBLE_SECONDS * MICROS_PER_SECOND &&
  count * unitMicros < END_OF_TIME_MICROS;

/** What a text that is no timestamp looks like, as far as that is plain. */
const resemblance = (text: string): string => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return ', not a date alone';
  const count = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (isTimeIn(count, MICROS_PER_SECOND)) return ', not seconds since 1970';
  if (isTimeIn(count, MICROS_PER_MILLISECOND)) return ', not milliseconds since 1970';
  return '';
};

/** A number is refused as the text it would be, which can say more than that it is none. */
const numberAsText = (value: string): string => (typeof value === 'number' ? String(value) : value);

/**
 * `format: timestamp` of the contract: a text that comes out as microseconds since the epoch.
 * `message` says what it must be like.
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
 * A query string turns a plain `+` into a blank. The last blank behind a time, where an offset's
 * sign stands, can mean nothing else, so there it counts as the `+` that was sent:
 * `2024-01-15 10:00:00 02:00`.
 */
export const plusFromBlank = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/ (?=\d{2}(?::?\d{2})?$)(?<=:.*)/, '+') : value;

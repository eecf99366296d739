import type { EpochDay, EpochMicros } from './reading.ts';

export const MICROS_PER_DAY = 86_400_000_000;
export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND;
const FRACTION_DIGITS = 6;

/** The first instant that is no longer accepted: 2200-01-01T00:00:00Z. */
export const END_OF_TIME_MICROS = (Date.UTC(2200, 0, 1) * 1000) as EpochMicros;

/** What a digit is worth in microseconds, by its place after the point. */
const FRACTION_PLACES_MICROS = [100_000, 10_000, 1_000, 100, 10, 1];

/** Room for the bytes of one text; a longer one, which is mostly digits of its fraction, gets its own. */
const scratch = new Uint8Array(64);

// Character codes
const CODE_0 = 0x30;
const COLON = 0x3a;
const COMMA = 0x2c;
const DASH = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const BLANK = 0x20;
const UPPER_T = 0x54;
const LOWER_T = 0x74;
const UPPER_Z = 0x5a;
const LOWER_Z = 0x7a;

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The decimal number in `bytes[from, to)`, or NaN when a character there is not a digit. */
const digits = (bytes: Uint8Array, from: number, to: number): number => {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] as number) - CODE_0;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
};

const isLeapYear = (year: number): boolean =>
  year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeapYear(year) ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);

/** Days from the epoch to a proleptic Gregorian date; the year begins in March, so leap days end it. */
const epochDayOf = (year: number, month: number, day: number): number => {
  const marchYear = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const leapDays =
    Math.floor(marchYear / 4) - Math.floor(marchYear / 100) + Math.floor(marchYear / 400);
  return marchYear * 365 + leapDays + dayOfYear - 719_468;
};

/**
 * Minutes east of UTC that `bytes[from, to)` says, or NaN. Nothing there means UTC. A blank before
 * the sign is how Apple's systems write it.
 */
const offsetMinutes = (bytes: Uint8Array, from: number, to: number): number => {
  if (from === to) return 0;
  const at = to - from > 1 && bytes[from] === BLANK ? from + 1 : from;
  const length = to - at;
  const mark = bytes[at];
  if (to - from === 1) return mark === UPPER_Z || mark === LOWER_Z ? 0 : Number.NaN;
  if ((mark !== PLUS && mark !== DASH) || length < 3) return Number.NaN;
  const hours = digits(bytes, at + 1, at + 3);
  if (length === 3) return hours <= 23 ? (mark === DASH ? -60 : 60) * hours : Number.NaN;
  const colon = bytes[at + 3] === COLON ? 1 : 0;
  if (length !== 5 + colon) return Number.NaN;
  const minutes = digits(bytes, at + 3 + colon, at + 5 + colon);
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (mark === DASH ? -1 : 1) * (hours * 60 + minutes);
};

/**
 * An ISO 8601 date and time as microseconds since the epoch, or undefined when it is none.
 *
 * `2024-01-15T10:00:00`, then an optional fraction (digits past the sixth are cut), then `Z`,
 * `+02:00`, `+0200`, `+02` or nothing, which means UTC. The seconds may be left out, with their
 * fraction. `t`, `z` and a blank for the `T` are taken too (RFC 3339, 5.6), and a blank before the
 * offset. Dates that do not exist, second 60 and years outside 1970..2199 are refused.
 */
export const parseTimestamp = (text: string): EpochMicros | undefined => {
  const bytes = text.length <= scratch.length ? scratch : new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    // A byte keeps the low bits alone, which may be those of a digit.
    if (code > 0x7f) return undefined;

    bytes[at] = code;
  }
  return timestampIn(bytes, 0, text.length);
};

/** What {@link parseTimestamp} makes of the text in `bytes[from, to)`, which ends with them or before. */
export const timestampIn = (
  bytes: Uint8Array,
  from: number,
  to: number,
): EpochMicros | undefined => {
  if (to - from < 16 || bytes[from + 4] !== DASH || bytes[from + 7] !== DASH) return undefined;
  if (bytes[from + 13] !== COLON) return undefined;
  const separator = bytes[from + 10];
  if (separator !== UPPER_T && separator !== LOWER_T && separator !== BLANK) return undefined;

  const year = digits(bytes, from, from + 4);
  const month = digits(bytes, from + 5, from + 7);
  const day = digits(bytes, from + 8, from + 10);
  const hour = digits(bytes, from + 11, from + 13);
  const minute = digits(bytes, from + 14, from + 16);
  // What lies behind the text may be of another one.
  const hasSecond = to - from >= 19 && bytes[from + 16] === COLON;
  const second = hasSecond ? digits(bytes, from + 17, from + 19) : 0;
  // Written so that NaN, which compares false with everything, is refused as well.
  const exists = day >= 1 && day <= daysInMonth(year, month) && hour <= 23 && minute <= 59;
  if (!exists || !(second <= 59)) return undefined;

  let at = from + (hasSecond ? 19 : 16);
  let fractionMicros = 0;
  if (hasSecond && at < to && (bytes[at] === POINT || bytes[at] === COMMA)) {
    const first = ++at;
    for (; at < to; at++) {
      const digit = digits(bytes, at, at + 1);
      if (!(digit >= 0)) break;
      fractionMicros += digit * (FRACTION_PLACES_MICROS[at - first] ?? 0);
    }
    if (at === first) return undefined;
  }

  const offset = offsetMinutes(bytes, at, to);
  const micros =
    epochDayOf(year, month, day) * MICROS_PER_DAY +
    (hour * 60 + minute - offset) * MICROS_PER_MINUTE +
    second * MICROS_PER_SECOND +
    fractionMicros;
  return micros >= 0 && micros < END_OF_TIME_MICROS ? (micros as EpochMicros) : undefined;
};

/** `2024-01-15T10:00:00Z`, with a fraction only where there is one: `…:00.000001Z`. */
export const formatTimestamp = (micros: EpochMicros): string => {
  const fraction = micros % MICROS_PER_SECOND;
  const toSecond = new Date((micros - fraction) / 1000).toISOString().slice(0, 19);
  if (fraction === 0) return `${toSecond}Z`;
  const text = String(fraction)
    .padStart(FRACTION_DIGITS, '0')
    .replace(/0{1,5}$/, '');
  return `${toSecond}.${text}Z`;
};

/** The UTC day an instant belongs to. */
export const dayOf = (micros: EpochMicros): EpochDay =>
  Math.floor(micros / MICROS_PER_DAY) as EpochDay;

/** The first instant of a UTC day. */
export const dayStart = (day: EpochDay): EpochMicros => (day * MICROS_PER_DAY) as EpochMicros;

/** `2024-01-15` */
export const formatDay = (day: EpochDay): string =>
  new Date(day * 86_400_000).toISOString().slice(0, 10);

/** The reverse of {@link formatDay}, or undefined when the text is no day. */
export const parseDay = (text: string): EpochDay | undefined => {
  const micros = text.length === 10 ? parseTimestamp(`${text}T00:00:00Z`) : undefined;
  return micros === undefined ? undefined : dayOf(micros);
};

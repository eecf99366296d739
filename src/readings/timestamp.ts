import type { EpochDay, EpochMicros } from './reading.ts';

export const MICROS_PER_DAY = 86_400_000_000;
const MICROS_PER_SECOND = 1_000_000;
const MICROS_PER_MINUTE = 60 * MICROS_PER_SECOND;
const FRACTION_DIGITS = 6;

/** The first instant that is no longer accepted: 2200-01-01T00:00:00Z. */
const END_OF_TIME_MICROS = Date.UTC(2200, 0, 1) * 1000;

const CODE_0 = 48;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** The decimal number in `text[from, to)`, or NaN when a character there is not a digit. */
const digits = (text: string, from: number, to: number): number => {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - CODE_0;
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

/** Minutes east of UTC that `text` from `at` to its end says, or NaN. Nothing there means UTC. */
const offsetMinutes = (text: string, at: number): number => {
  const length = text.length - at;
  if (length === 0) return 0;
  const mark = text[at];
  if (length === 1) return mark === 'Z' || mark === 'z' ? 0 : Number.NaN;
  const colon = text[at + 3] === ':' ? 1 : 0;
  if ((mark !== '+' && mark !== '-') || length !== 5 + colon) return Number.NaN;
  const hours = digits(text, at + 1, at + 3);
  const minutes = digits(text, at + 3 + colon, at + 5 + colon);
  if (!(hours <= 23 && minutes <= 59)) return Number.NaN;
  return (mark === '-' ? -1 : 1) * (hours * 60 + minutes);
};

/**
 * An ISO 8601 date and time as microseconds since the epoch, or undefined when it is none.
 *
 * `2024-01-15T10:00:00`, then an optional fraction (digits past the sixth are cut), then `Z`,
 * `+02:00`, `+0200` or nothing, which means UTC. `t`, `z` and a blank for the `T` are taken too
 * (RFC 3339, 5.6). Dates that do not exist, second 60 and years outside 1970..2199 are refused.
 */
export const parseTimestamp = (text: string): EpochMicros | undefined => {
  if (text.length < 19 || text[4] !== '-' || text[7] !== '-') return undefined;
  if (text[13] !== ':' || text[16] !== ':') return undefined;
  const separator = text[10];
  if (separator !== 'T' && separator !== 't' && separator !== ' ') return undefined;

  const year = digits(text, 0, 4);
  const month = digits(text, 5, 7);
  const day = digits(text, 8, 10);
  const hour = digits(text, 11, 13);
  const minute = digits(text, 14, 16);
  const second = digits(text, 17, 19);
  // Written so that NaN, which compares false with everything, is refused as well.
  const exists = day >= 1 && day <= daysInMonth(year, month) && hour <= 23 && minute <= 59;
  if (!exists || !(second <= 59)) return undefined;

  let at = 19;
  let fractionMicros = 0;
  if (text[at] === '.' || text[at] === ',') {
    const first = ++at;
    while (at < text.length && digits(text, at, at + 1) >= 0) at++;
    if (at === first) return undefined;
    const kept = Math.min(at - first, FRACTION_DIGITS);
    fractionMicros = digits(text, first, first + kept) * 10 ** (FRACTION_DIGITS - kept);
  }

  const offset = offsetMinutes(text, at);
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
  const text = String(fraction).padStart(FRACTION_DIGITS, '0').replace(/0+$/, '');
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

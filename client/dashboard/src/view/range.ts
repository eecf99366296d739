/** A half-open stretch of time, `startMs <= t < endMs`, in milliseconds since the epoch. */
export interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** What was asked for: the latest hours, one day of this time zone, or a stretch of time. */
export type Range =
  | { readonly kind: 'last'; readonly hours: number }
  | { readonly kind: 'day'; readonly date: string }
  | { readonly kind: 'between'; readonly span: Span };

export const holds = ({ startMs, endMs }: Span, atMs: number): boolean =>
  startMs <= atMs && atMs < endMs;

/** What two spans have in common, if anything. */
export const overlapOf = (a: Span, b: Span): Span | undefined => {
  const startMs = Math.max(a.startMs, b.startMs);
  const endMs = Math.min(a.endMs, b.endMs);
  return startMs < endMs ? { startMs, endMs } : undefined;
};

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** What the service takes at once (`x-max-range-days`). */
export const MAX_DAYS = 400;
/** Below that there is nothing to see: a bucket has a minute. */
const MIN_SPAN_MS = 10 * 60_000;
/** Timestamps are from 1970 to 2199. */
const FIRST_MS = 0;
const END_MS = Date.UTC(2200, 0, 1);

const pad = (value: number): string => String(value).padStart(2, '0');

/** The day of this time zone that holds an instant, as `2024-01-15`. */
export const dateOf = (ms: number): string => {
  const date = new Date(ms);
  const year = String(date.getFullYear()).padStart(4, '0');
  return `${year}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
};

const dayStart = (date: string, daysLater = 0): number => {
  const [year = 0, month = 1, day = 1] = date.split('-').map(Number);
  return new Date(year, month - 1, day + daysLater).getTime();
};

/** The day that is so many days later; a day may have 23 or 25 hours. */
export const dateAfter = (date: string, days: number): string => dateOf(dayStart(date, days));

/** The same span, moved to where readings can be. */
const within = ({ startMs, endMs }: Span): Span => {
  const lengthMs = Math.min(Math.max(endMs - startMs, MIN_SPAN_MS), MAX_DAYS * DAY_MS);
  const from = Math.min(Math.max(startMs, FIRST_MS), END_MS - lengthMs);
  return { startMs: Math.round(from), endMs: Math.round(from + lengthMs) };
};

/** Whether it is more than the service takes at once. */
export const isTooLong = ({ startMs, endMs }: Span): boolean => endMs - startMs > MAX_DAYS * DAY_MS;

/** What is shown of a range: of one that is too long the first days. */
export const shownOf = (range: Range): Range =>
  range.kind === 'between' ? { kind: 'between', span: within(range.span) } : range;

/**
 * The stretch of time that a range is at `nowMs`. The latest hours end with the minute under way, so
 * that it is whole.
 */
export const spanOf = (range: Range, nowMs: number): Span => {
  switch (range.kind) {
    case 'last': {
      const endMs = (Math.floor(nowMs / 60_000) + 1) * 60_000;
      return { startMs: endMs - range.hours * HOUR_MS, endMs };
    }
    case 'day':
      return { startMs: dayStart(range.date), endMs: dayStart(range.date, 1) };
    case 'between':
      return within(range.span);
  }
};

/** `factor` times as long, 0.5 for half of it; what is at `anchorMs` stays where it is. */
export const zoomed = (
  { startMs, endMs }: Span,
  factor: number,
  anchorMs = (startMs + endMs) / 2,
): Span => {
  const lengthMs = endMs - startMs;
  const newMs = Math.min(Math.max(lengthMs * factor, MIN_SPAN_MS), MAX_DAYS * DAY_MS);
  const share = (anchorMs - startMs) / lengthMs;
  return within({ startMs: anchorMs - share * newMs, endMs: anchorMs + (1 - share) * newMs });
};

/** Moved by a part of its length, to the past with a negative one. */
export const panned = ({ startMs, endMs }: Span, part: number): Span => {
  const byMs = (endMs - startMs) * part;
  return within({ startMs: startMs + byMs, endMs: endMs + byMs });
};

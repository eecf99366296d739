import type { Interval } from '../series/interval.ts';
import { DAY_MS, dateOf, type Span, spanOf } from '../view/range.ts';

/** The zone that all times of the page are in. */
export const timeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

// In the browser's language and zone.
// As many digits as a mean has, or it would seem to lie outside of what it is the mean of.
const bpmFormat = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
const meanFormat = new Intl.NumberFormat(undefined, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const countFormat = new Intl.NumberFormat();
const percentFormat = new Intl.NumberFormat(undefined, {
  style: 'percent',
  maximumFractionDigits: 0,
});
const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const shortDateFormat = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const MINUTE = { month: 'short', day: 'numeric', hour: 'numeric', minute: '2-digit' } as const;
const minuteFormat = new Intl.DateTimeFormat(undefined, MINUTE);
const yearFormat = new Intl.DateTimeFormat(undefined, { year: 'numeric', ...MINUTE });
const secondFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const hourFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

export const formatBpm = (bpm: number): string => bpmFormat.format(bpm);
export const formatMean = (bpm: number): string => meanFormat.format(bpm);
export const formatReadings = (count: number): string =>
  `${countFormat.format(count)} ${count === 1 ? 'reading' : 'readings'}`;
export const formatCount = (count: number): string => countFormat.format(count);
export const formatPercent = (share: number): string => percentFormat.format(share);
/** Date and minute; the year where it is not this one. */
export const formatTime = (ms: number): string => {
  const isThisYear = new Date(ms).getFullYear() === new Date().getFullYear();
  return (isThisYear ? minuteFormat : yearFormat).format(ms);
};
/** The second, without its date. */
export const formatClock = (ms: number): string => secondFormat.format(ms);

/** Labels of a time axis: days by their dates, hours by the clock. */
export const formatTick = (ms: number, stepMs: number): string =>
  stepMs >= DAY_MS ? shortDateFormat.format(ms) : hourFormat.format(ms);
export const formatShortDate = (ms: number): string => shortDateFormat.format(ms);

/** What a bucket is called: a day by its date alone. */
export const formatBucket = (startMs: number, interval: Interval): string =>
  interval === '1d' ? dateFormat.format(startMs) : formatTime(startMs);

/** Whether it is one day of this zone, from midnight to midnight. */
const isDay = ({ startMs, endMs }: Span): boolean => {
  const day = spanOf({ kind: 'day', date: dateOf(startMs) }, startMs);
  return day.startMs === startMs && day.endMs === endMs;
};

/** A stretch of time in words; the end's date only where it is another. */
export const formatSpan = (span: Span): string => {
  if (isDay(span)) return dateFormat.format(span.startMs);
  const isOneDay = dateOf(span.startMs) === dateOf(span.endMs);
  const end = isOneDay ? hourFormat.format(span.endMs) : formatTime(span.endMs);
  return `${formatTime(span.startMs)} – ${end}`;
};

/** Days and hours, hours and minutes, or minutes, none of them begun only. */
export const formatDuration = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000);
  const [days, hours, rest] = [
    Math.floor(minutes / 1440),
    Math.floor((minutes % 1440) / 60),
    minutes % 60,
  ];
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return rest > 0 ? `${hours} h ${rest} min` : `${hours} h`;
  return `${rest} min`;
};

const INTERVAL_NAMES: Readonly<Record<Interval, string>> = {
  '1m': '1 minute',
  '5m': '5 minutes',
  '15m': '15 minutes',
  '1h': '1 hour',
  '1d': '1 day',
};

export const intervalName = (interval: Interval): string => INTERVAL_NAMES[interval];

/** As in "5-minute means". */
export const intervalAdjective = (interval: Interval): string =>
  intervalName(interval).replace(/ (\w+?)s?$/, '-$1');

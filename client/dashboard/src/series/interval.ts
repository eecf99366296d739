import type { components } from '../../../src/index.ts';
import type { Span } from '../view/range.ts';

export type Interval = components['schemas']['Interval'];

const MINUTE_MS = 60_000;

/** How long a bucket is; the record has every interval of the contract. */
export const INTERVAL_MS: Readonly<Record<Interval, number>> = {
  '1m': MINUTE_MS,
  '5m': 5 * MINUTE_MS,
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '1d': 1440 * MINUTE_MS,
};

/** The finest first. */
export const INTERVALS = Object.keys(INTERVAL_MS) as readonly Interval[];

/** What the chart shows by itself: more would be finer than its pixels. */
const MAX_AUTO_POINTS = 2_000;
/** What one may ask for: two weeks by the minute. */
const MAX_POINTS = 20_160;
/** What the summary is made of at most: a week by the minute, a month by five, 400 days by hours. */
const MAX_SUMMARY_POINTS = 10_080;
const SUMMARY_INTERVALS = ['1m', '5m', '1h'] as const satisfies readonly Interval[];

const pointsOf = (interval: Interval, spanMs: number): number => spanMs / INTERVAL_MS[interval];

/** Whether a chart of so long a time may have buckets as short as these. */
export const isAllowed = (interval: Interval, spanMs: number): boolean =>
  pointsOf(interval, spanMs) <= MAX_POINTS;

/** The interval for a chart: the one that was chosen if that is possible, else the finest fitting. */
export const intervalFor = (spanMs: number, chosen: Interval | 'auto' = 'auto'): Interval => {
  if (chosen !== 'auto' && isAllowed(chosen, spanMs)) return chosen;
  return INTERVALS.find((each) => pointsOf(each, spanMs) <= MAX_AUTO_POINTS) ?? '1d';
};

/** The interval for the summary, which is made of finer buckets than a long chart shows. */
export const summaryIntervalFor = (spanMs: number): (typeof SUMMARY_INTERVALS)[number] =>
  SUMMARY_INTERVALS.find((each) => pointsOf(each, spanMs) <= MAX_SUMMARY_POINTS) ?? '1h';

/**
 * The whole buckets that a stretch of time is in; undefined for hours and days, which begin as the
 * zone has it.
 */
export const bucketsAround = ({ startMs, endMs }: Span, interval: Interval): Span | undefined => {
  const widthMs = INTERVAL_MS[interval];
  if (widthMs >= INTERVAL_MS['1h']) return undefined;
  return {
    startMs: Math.floor(startMs / widthMs) * widthMs,
    endMs: Math.ceil(endMs / widthMs) * widthMs,
  };
};

import type { Series } from '../data.ts';
import { dayMsOf } from '../times.ts';
import type { CallSettings } from '../transport.ts';

const DAY_MS = 86_400_000;
/** With the days that ranges have in common, and what ends are off their dates, fewer than 400. */
const STEP_MS = 390 * DAY_MS;
/** More than the longest bucket, a local day of 25 hours. */
const COMMON_MS = 2 * DAY_MS;
/** Offsets take an end so far before its date at most. */
const OFFSET_MS = DAY_MS;

interface Range {
  readonly start: string;
  readonly end: string;
}

/** A range to ask for, and which of its buckets are taken: `fromMs <= timestamp < untilMs`. */
interface Part extends Range {
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * Ranges that the service takes at once. Neighbours have two days in common, and each bucket is
 * taken from the one that holds all of it, by where it begins: so none is cut, whatever its length
 * and the time zone.
 */
export const partsOf = ({ start, end }: Range): Part[] => {
  const parts: Part[] = [];
  let part = { start, fromMs: Number.NEGATIVE_INFINITY };
  // None but the last goes beyond the end.
  const lastMs = dayMsOf(end) - COMMON_MS - OFFSET_MS;
  for (let atMs = dayMsOf(start) + STEP_MS; atMs <= lastMs; atMs += STEP_MS) {
    parts.push({ ...part, end: new Date(atMs + COMMON_MS).toISOString(), untilMs: atMs });
    part = { start: new Date(atMs - COMMON_MS).toISOString(), fromMs: atMs };
  }
  return [...parts, { ...part, end, untilMs: Number.POSITIVE_INFINITY }];
};

/** The series of a long range, asked for in parts, one after the other; null without readings. */
export const queryLongSeries = async <Query extends Range>(
  query: Query,
  settings: CallSettings,
  ask: (part: Query, settings: CallSettings) => Promise<Series | null>,
): Promise<Series | null> => {
  const startMs = performance.now();
  let series: Series | null = null;
  for (const { start, end, fromMs, untilMs } of partsOf(query)) {
    // One deadline for all of them.
    const deadlineMs = Math.max(0, settings.deadlineMs - (performance.now() - startMs));
    const found = await ask({ ...query, start, end }, { ...settings, deadlineMs });
    const data = (found?.data ?? []).filter(({ timestamp }) => {
      const atMs = Date.parse(timestamp);
      return atMs >= fromMs && atMs < untilMs;
    });
    if (found === null || data.length === 0) continue;
    const before: Series['data'] = series?.data ?? [];
    series = { ...found, data: before.concat(data), count: before.length + data.length };
  }
  return series;
};

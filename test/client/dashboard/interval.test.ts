import { expect, test } from 'vitest';
import {
  bucketsAround,
  INTERVALS,
  intervalFor,
  isAllowed,
  summaryIntervalFor,
} from '../../../client/dashboard/src/series/interval.ts';
import { contract } from '../../support/contract.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

test.each([
  [HOUR_MS, '1m'],
  [25 * HOUR_MS, '1m'],
  [2000 * 60_000, '1m'],
  [2001 * 60_000, '5m'],
  [6 * DAY_MS, '5m'],
  [7 * DAY_MS, '15m'],
  [30 * DAY_MS, '1h'],
  [400 * DAY_MS, '1d'],
])('%d ms are shown by %s', (spanMs, interval) => {
  expect(intervalFor(spanMs)).toBe(interval);
});

test('what was chosen is taken as long as the chart can bear it', () => {
  expect(intervalFor(7 * DAY_MS, '1m')).toBe('1m');
  expect(isAllowed('1m', 14 * DAY_MS)).toBe(true);
  expect(isAllowed('1m', 15 * DAY_MS)).toBe(false);
  expect(intervalFor(15 * DAY_MS, '1m')).toBe('15m');
  expect(intervalFor(HOUR_MS, '1d')).toBe('1d');
});

test.each([
  [7 * DAY_MS, '1m'],
  [8 * DAY_MS, '5m'],
  [35 * DAY_MS, '5m'],
  [36 * DAY_MS, '1h'],
  [400 * DAY_MS, '1h'],
])('the summary of %d ms is made of %s', (spanMs, interval) => {
  expect(summaryIntervalFor(spanMs)).toBe(interval);
});

test('the intervals are those of the contract, the finest first', () => {
  const { schemas } = contract.components as { schemas: Record<string, { enum?: string[] }> };
  expect(schemas.Interval?.enum).toEqual(INTERVALS);
});

test('an instant is in one whole bucket, as far as buckets begin in all zones alike', () => {
  const atMs = Date.parse('2024-01-15T10:07:30Z');
  expect(bucketsAround({ startMs: atMs, endMs: atMs + 1 }, '5m')).toEqual({
    startMs: Date.parse('2024-01-15T10:05Z'),
    endMs: Date.parse('2024-01-15T10:10Z'),
  });
  expect(bucketsAround({ startMs: atMs, endMs: atMs + 1 }, '1h')).toBeUndefined();
});

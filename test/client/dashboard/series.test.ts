import { expect, test } from 'vitest';
import {
  type Point,
  pointsOf,
  stretchesOf,
  withNewer,
} from '../../../client/dashboard/src/series/points.ts';
import { summaryOf } from '../../../client/dashboard/src/series/summary.ts';
import {
  areLimits,
  DEFAULT_LIMITS,
  timeInZones,
} from '../../../client/dashboard/src/series/zones.ts';
import type { Span } from '../../../client/dashboard/src/view/range.ts';

const MINUTE_MS = 60_000;

const HOUR = { startMs: 0, endMs: 60 * MINUTE_MS };

const point = (minute: number, mean: number, more: Partial<Point> = {}): Point => ({
  startMs: minute * MINUTE_MS,
  mean,
  min: mean,
  max: mean,
  readings: 1,
  device: 'a',
  ...more,
});

test('a row with statistics becomes a point', () => {
  const row = { timestamp: '2024-01-15T10:00:00Z', heart_rate: 70.5, device_id: 'a' };
  expect(pointsOf([{ ...row, min: 60, max: 80, sample_count: 3 }])).toEqual([
    {
      startMs: Date.parse(row.timestamp),
      mean: 70.5,
      min: 60,
      max: 80,
      readings: 3,
      device: 'a',
    },
  ]);
});

test('a gap is left open, and a change of devices is not one', () => {
  const points = [
    point(0, 60),
    point(1, 61),
    point(2, 62, { device: 'b' }),
    point(3, 63, { device: 'b' }),
    point(5, 64, { device: 'b' }),
    point(7, 65),
    point(8, 66),
  ];
  expect(stretchesOf(points, MINUTE_MS)).toEqual([
    { device: 'a', from: 0, to: 2 },
    { device: 'b', from: 2, to: 3 },
    { device: 'b', from: 4, to: 4 },
    { device: 'a', from: 5, to: 6 },
  ]);
});

test('an hour of 90 minutes, where clocks are set back by 30, is no gap', () => {
  const hours = [point(0, 60), point(90, 61)];
  expect(stretchesOf(hours, 60 * MINUTE_MS)).toHaveLength(1);
});

test('newer points take the place of those of their time alone', () => {
  const points = [point(0, 60), point(1, 61), point(2, 62)];
  const span = { startMs: MINUTE_MS, endMs: 2 * MINUTE_MS };
  expect(withNewer(points, [point(1, 70)], span).map(({ mean }) => mean)).toEqual([60, 70, 62]);
  expect(withNewer(points, [], span).map(({ mean }) => mean)).toEqual([60, 62]);
});

test('the lowest resting rate is the lowest mean of five whole minutes, by reading', () => {
  const points = [
    ...[0, 1, 2, 3].map((minute) => point(minute, 80)),
    point(4, 60, { readings: 6 }),
    ...[5, 6, 7, 8, 9].map((minute) => point(minute, 70)),
  ];
  expect(summaryOf(points, MINUTE_MS, HOUR)?.resting).toEqual({ bpm: 68, startMs: 0 });
  const fives = [point(0, 60), point(5, 55)];
  expect(summaryOf(fives, 5 * MINUTE_MS, HOUR)?.resting?.bpm).toBe(55);
  expect(summaryOf(points, 60 * MINUTE_MS, HOUR)?.resting).toBeUndefined();
});

test('five minutes that the range cuts, or with a minute without readings, are none', () => {
  const whole = [5, 6, 7, 8, 9].map((minute) => point(minute, 70));
  const points = [...whole, ...[10, 11, 12, 14].map((minute) => point(minute, 50))];
  const resting = (span: Span) => summaryOf(points, MINUTE_MS, span)?.resting?.startMs;
  expect(resting(HOUR)).toBe(5 * MINUTE_MS);
  expect(resting({ startMs: 5 * MINUTE_MS, endMs: 10 * MINUTE_MS })).toBe(5 * MINUTE_MS);
  expect(resting({ startMs: 5 * MINUTE_MS + 1, endMs: HOUR.endMs })).toBeUndefined();
  expect(resting({ startMs: 0, endMs: 10 * MINUTE_MS - 1 })).toBeUndefined();
  expect(summaryOf([point(0, 72)], MINUTE_MS, HOUR)).toMatchObject({
    resting: undefined,
    mean: 72,
  });
});

test('of a bucket that the range cuts only what is in the range is covered', () => {
  const points = [point(0, 60), point(1, 60), point(2, 60, { device: 'b' })];
  const span = { startMs: 0.25 * MINUTE_MS, endMs: 2.5 * MINUTE_MS };
  expect(summaryOf(points, MINUTE_MS, span)).toMatchObject({
    coveredMs: 2.25 * MINUTE_MS,
    coveredMsByDevice: new Map([
      ['a', 1.75 * MINUTE_MS],
      ['b', 0.5 * MINUTE_MS],
    ]),
  });
});

test('the mean counts each minute alike, the peak is of a reading, and time is of buckets', () => {
  const points = [
    point(0, 60, { readings: 60 }),
    point(1, 90, { max: 120 }),
    point(3, 90, { device: 'b', max: 120 }),
  ];
  expect(summaryOf(points, MINUTE_MS, HOUR)).toMatchObject({
    mean: 80,
    peak: { bpm: 120, startMs: MINUTE_MS },
    coveredMs: 3 * MINUTE_MS,
    coveredMsByDevice: new Map([
      ['a', 2 * MINUTE_MS],
      ['b', MINUTE_MS],
    ]),
  });
  expect(summaryOf([], MINUTE_MS, HOUR)).toBeUndefined();
});

test('a zone begins at its limit', () => {
  const means = [94.9, 95, 113.9, 114, 171, 220];
  const zones = timeInZones(
    means.map((mean, minute) => point(minute, mean)),
    MINUTE_MS,
    DEFAULT_LIMITS,
  );
  expect(zones.map(({ ms }) => ms / MINUTE_MS)).toEqual([1, 2, 1, 0, 0, 2]);
  expect(zones[1]).toMatchObject({ name: 'Zone 1', fromBpm: 95, toBpm: 114, share: 2 / 6 });
  expect(zones.at(-1)).toMatchObject({ fromBpm: 171, toBpm: undefined });
  expect(timeInZones([], MINUTE_MS, DEFAULT_LIMITS).map(({ share }) => share)).not.toContain(NaN);
});

test.each([
  [[95, 114, 133, 152, 171], true],
  [[95, 114, 133, 152], false],
  [[95, 114, 133, 152, 152], false],
  [[95, 114, 133, 152, NaN], false],
  [[29, 114, 133, 152, 171], false],
  [[95, 114, 133, 152, 221], false],
  [[95, 114, 133, '140', 171], false],
])('limits %o: %s', (limits, are) => {
  expect(areLimits(limits)).toBe(are);
});

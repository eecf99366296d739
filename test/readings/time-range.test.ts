import { expect, test } from 'vitest';
import type { EpochDay, EpochMicros, TimeRange } from '../../src/readings/reading.ts';
import {
  ALL_TIME,
  dayRange,
  duration,
  intersection,
  isEmptyRange,
  isInRange,
  isWithin,
} from '../../src/readings/time-range.ts';
import { parseTimestamp } from '../../src/readings/timestamp.ts';

const between = (start: number, end: number): TimeRange => ({
  startMicros: start as EpochMicros,
  endMicros: end as EpochMicros,
});

test('a range holds its start and not its end', () => {
  const held = [9, 10, 19, 20].filter((at) => isInRange(at as EpochMicros, between(10, 20)));
  expect(held).toEqual([10, 19]);
});

test('a range that does not end after its start is empty', () => {
  const ranges = [between(10, 9), between(10, 10), between(10, 11)];
  expect(ranges.map(isEmptyRange)).toEqual([true, true, false]);
});

test('what lies in both of two ranges', () => {
  expect(intersection(between(10, 20), between(15, 30))).toEqual(between(15, 20));
  expect(intersection(between(15, 30), between(10, 20))).toEqual(between(15, 20));
  expect(intersection(between(10, 20), between(12, 13))).toEqual(between(12, 13));
  expect(isEmptyRange(intersection(between(10, 20), between(20, 30)))).toBe(true);
});

test('a range is within one that reaches as far', () => {
  const outer = between(10, 20);
  const inner = [between(10, 20), between(11, 19), between(9, 20), between(10, 21)];
  expect(inner.map((one) => isWithin(one, outer))).toEqual([true, true, false, false]);
});

test('a day is 24 hours, and all time is what a timestamp can say', () => {
  expect(dayRange(1 as EpochDay)).toEqual(between(86_400_000_000, 172_800_000_000));
  expect(duration(dayRange(19_737 as EpochDay))).toBe(86_400_000_000);
  const last = parseTimestamp('2199-12-31T23:59:59.999999Z') as EpochMicros;
  expect(ALL_TIME).toEqual(between(0, last + 1));
});

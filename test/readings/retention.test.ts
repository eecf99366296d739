import { expect, test } from 'vitest';
import type { EpochDay } from '../../src/readings/reading.ts';
import { expiredDays, referenceDay } from '../../src/readings/retention.ts';

const days = (...all: number[]) => all as EpochDay[];
const asOf = (stored: EpochDay[], today: number) => referenceDay(stored, today as EpochDay);
const expired = (stored: EpochDay[], today: number, retentionDays: number) =>
  expiredDays(stored, asOf(stored, today), retentionDays);

test.each([
  ['nothing is stored', [], 100, 100, 0],
  ['the oldest is as old as may be', [97, 100], 100, 100, 0],
  ['it is a day older', [96, 97, 100], 100, 100, 1],
  ['several are', [90, 93, 95, 100], 100, 100, 3],
  ['nothing has come since', [90, 91], 100, 91, 0],
  ['time has gone on with what is stored', [90, 94], 100, 94, 1],
  ['the clock is ten years ahead', [90, 91, 93], 3_750, 93, 0],
  ['the clock is ten years behind', [3_650, 3_700], 100, 100, 0],
  ['a reading is from the future', [97, 100, 80_000], 100, 100, 0],
  ['and another is old', [96, 97, 100, 80_000], 100, 100, 1],
  ['a reading is from the future, and so is the clock', [90, 92, 80_000], 3_750, 92, 0],
])('with 3 days kept, when %s', (_, stored, today, reference, count) => {
  expect(asOf(days(...stored), today)).toBe(reference);
  expect(expired(days(...stored), today, 3)).toBe(count);
});

test('however often it is asked, one day stays', () => {
  const stored = days(...Array.from({ length: 50 }, (_, i) => i * 3));
  while (expired(stored, 9_000, 1) > 0) stored.shift();
  expect(stored).toEqual([147]);
});

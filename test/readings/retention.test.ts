import { expect, test } from 'vitest';
import type { EpochDay } from '../../src/readings/reading.ts';
import { expiredDays, intakeDay, referenceDay } from '../../src/readings/retention.ts';

const KEPT = 3;

const days = (...all: number[]) => all as EpochDay[];
const asOf = (known: EpochDay[], today: number) => referenceDay(known, today as EpochDay, KEPT);

test.each([
  ['nothing is known', [], 100, 100, 0],
  ['the oldest is as old as may be', [97, 100], 100, 100, 0],
  ['it is a day older', [96, 97, 100], 100, 100, 1],
  ['several are', [90, 93, 95, 100], 100, 100, 3],
  ['nothing has come since', [90, 91], 100, 91, 0],
  ['there is one day, long ago', [90], 100, 90, 0],
  ['after a long pause a day comes in', [90, 94], 97, 94, 1],
  ['there are two days long ago, far apart', [90, 94], 100, 90, 0],
  ['there are more, and nothing has come since', [80, 90, 93], 100, 93, 1],
  ['few come, and late', [70, 80, 90], 100, 80, 1],
  ['the clock is ten years ahead', [90, 91, 93], 3_750, 93, 0],
  ['the clock is ten years behind', [3_650, 3_700], 100, 100, 0],
  ['a reading is from the future', [97, 100, 80_000], 100, 100, 0],
  ['and another is old', [96, 97, 100, 80_000], 100, 100, 1],
  ['a reading is from the future, and so is the clock', [90, 92, 80_000], 3_750, 92, 0],
  ['the clock is ahead, and a reading between', [90, 92, 1_000], 3_750, 92, 0],
  ['the clock is ahead, and there are readings of that day', [90, 92, 3_750], 3_750, 3_750, 2],
])('with 3 days kept, when %s', (_, known, today, reference, count) => {
  expect(asOf(days(...known), today)).toBe(reference);
  expect(expiredDays(days(...known), reference as EpochDay, KEPT)).toBe(count);
});

test('however often it is asked, days that are not too old stay', () => {
  const known = days(...Array.from({ length: 50 }, (_, i) => i));
  const stored = [...known];
  while (expiredDays(stored, asOf(known, 9_000), KEPT) > 0) stored.shift();
  expect(stored).toEqual([46, 47, 48, 49]);
});

test.each([
  ['nothing is known', [], 100, 100],
  ['something is known that is kept', [97], 100, 100],
  ['all that is known would have expired', [95, 96], 100, 96],
  ['the clock is ten years ahead', [90, 91, 93], 3_750, 93],
  ['it is, and a reading lies between', [90, 92, 1_000], 3_750, 92],
  ['the clock is ten years behind', [3_650, 3_700], 100, 100],
])(
  'what comes in is judged as of the clock, or of what is known, when %s',
  (_, known, today, day) => {
    expect(intakeDay(days(...known), today as EpochDay, KEPT)).toBe(day);
  },
);

import { expect, test } from 'vitest';
import type { EpochDay } from '../../src/readings/reading.ts';
import { expiredDay } from '../../src/readings/retention.ts';

const days = (...all: number[]) => all as EpochDay[];
const expired = (stored: EpochDay[], today: number, retentionDays: number) =>
  expiredDay(stored, today as EpochDay, retentionDays);

test.each([
  ['nothing is stored', [], 100, undefined],
  ['the oldest is as old as may be', [97, 100], 100, undefined],
  ['it is a day older', [96, 97, 100], 100, 96],
  ['several are: the oldest of them', [95, 90, 100, 93], 100, 90],
  ['nothing has come since', [90, 91], 100, undefined],
  ['time has gone on with what is stored', [90, 94], 100, 90],
  ['the clock is ten years ahead', [90, 91, 93], 3_750, undefined],
  ['the clock is ten years behind', [3_650, 3_700], 100, undefined],
  ['a reading is from the future', [97, 100, 80_000], 100, undefined],
  ['and another is old', [96, 97, 100, 80_000], 100, 96],
  ['a reading is from the future, and so is the clock', [90, 92, 80_000], 3_750, undefined],
])('with 3 days kept, when %s', (_, stored, today, day) => {
  expect(expired(days(...stored), today, 3)).toBe(day);
});

test('however often it is asked, one day stays', () => {
  const stored = new Set(days(...Array.from({ length: 50 }, (_, i) => i * 3)));
  for (let day = expired([...stored], 9_000, 1); day !== undefined; ) {
    stored.delete(day);
    day = expired([...stored], 9_000, 1);
  }
  expect([...stored]).toEqual([147]);
});

import { expect, it } from 'vitest';
import type { EpochDay, EpochMicros } from '../../../src/readings/reading.ts';
import { MICROS_PER_DAY } from '../../../src/readings/timestamp.ts';
import { KnownDays } from '../../../src/storage/parquet/known-days.ts';

const at = (...days: readonly number[]) => days.map((day) => (day * MICROS_PER_DAY) as EpochMicros);

it('are those found and those noted, each once, ascending', () => {
  const known = new KnownDays([9, 3] as EpochDay[]);
  known.note(at(5, 5.5, 5.999, 6, 2, 5, 0));
  known.note(at(3, 7));
  expect(known.sorted).toEqual([0, 2, 3, 5, 6, 7, 9]);
});

it('are not sorted again while no other comes', () => {
  const known = new KnownDays([9, 3] as EpochDay[]);
  const { sorted } = known;
  known.note(at(3, 9, 3.5));
  expect(known.sorted).toBe(sorted);
  known.note(at(4));
  expect(known.sorted).toEqual([3, 4, 9]);
});

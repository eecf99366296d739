import pl from 'nodejs-polars';
import { expect, it } from 'vitest';
import type { EpochDay, Sequence, TimeRange } from '../../../src/readings/reading.ts';
import type { Part } from '../../../src/storage/parquet/parts/part-catalog.ts';
import { UserRowsCache } from '../../../src/storage/rows/user-rows-cache.ts';

const partOf = (path: string): Part => ({
  path,
  day: 0 as EpochDay,
  bytes: 0,
  range: { first: 1 as Sequence, last: 1 as Sequence },
  rewrites: 0,
});
const [MONDAY, TUESDAY] = [partOf('monday'), partOf('tuesday')];

const rangeOf = (startMicros: number, endMicros: number) =>
  ({ startMicros, endMicros }) as TimeRange;
const DAY = rangeOf(0, 100);

const rowsOf = (height: number): pl.DataFrame =>
  pl.DataFrame({ heart_rate: Array.from({ length: height }, () => 70) });

it('gives back what it was given, by part and user', () => {
  const cache = new UserRowsCache();
  const rows = rowsOf(3);
  cache.set(MONDAY, 'ann', DAY, rows);
  expect(cache.get(MONDAY, 'ann', DAY)).toBe(rows);
  expect(cache.get(MONDAY, 'ben', DAY)).toBeUndefined();
  expect(cache.get(TUESDAY, 'ann', DAY)).toBeUndefined();
});

it('gives back nothing when it knows only some of the range', () => {
  const cache = new UserRowsCache();
  const rows = rowsOf(3);
  cache.set(MONDAY, 'ann', rangeOf(10, 20), rows);
  expect(cache.get(MONDAY, 'ann', rangeOf(10, 20))).toBe(rows);
  expect(cache.get(MONDAY, 'ann', rangeOf(12, 18))).toBe(rows);
  expect(cache.get(MONDAY, 'ann', rangeOf(9, 20))).toBeUndefined();
  expect(cache.get(MONDAY, 'ann', rangeOf(10, 21))).toBeUndefined();
});

it('gives up what was least recently asked for when there are too many rows', () => {
  // A frame counts as 1,500 rows more than it has.
  const cache = new UserRowsCache(3 * 1_550);
  const users = ['ann', 'ben', 'cleo', 'dan'];
  for (const user of users.slice(0, 3)) cache.set(MONDAY, user, DAY, rowsOf(50));
  cache.get(MONDAY, 'ann', DAY);
  cache.set(MONDAY, 'dan', DAY, rowsOf(50));
  const kept = users.filter((user) => cache.get(MONDAY, user, DAY) !== undefined);
  expect(kept).toEqual(['ann', 'cleo', 'dan']);
});

it('counts what takes the place of another once', () => {
  const cache = new UserRowsCache(2 * 1_550);
  cache.set(MONDAY, 'ann', DAY, rowsOf(50));
  for (let times = 0; times < 10; times++) cache.set(MONDAY, 'ben', DAY, rowsOf(50));
  expect(cache.get(MONDAY, 'ann', DAY)).toBeDefined();
});

it('lets go of all that is of a user', () => {
  const cache = new UserRowsCache(4 * 1_550);
  for (const part of [MONDAY, TUESDAY]) {
    for (const user of ['ann', 'ben']) cache.set(part, user, DAY, rowsOf(50));
  }
  cache.forget('ann');
  for (const part of [MONDAY, TUESDAY]) {
    expect(cache.get(part, 'ann', DAY)).toBeUndefined();
    expect(cache.get(part, 'ben', DAY)).toBeDefined();
  }
  // What it let go of takes no room any more.
  for (const part of [MONDAY, TUESDAY]) cache.set(part, 'cleo', DAY, rowsOf(50));
  expect(cache.get(MONDAY, 'ben', DAY)).toBeDefined();
});

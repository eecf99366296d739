import { expect, test } from 'vitest';
import type { EpochDay } from '../../../src/readings/reading.ts';
import { today } from '../../../src/readings/retention.ts';
import { ALL_TIME } from '../../../src/readings/time-range.ts';
import { dayStart } from '../../../src/readings/timestamp.ts';
import { Expiry } from '../../../src/storage/cassandra/expiry.ts';

const SECONDS = 86_400;
const day = (ago: number) => (today() - ago) as EpochDay;

test('without a retention all is kept for ever', () => {
  const expiry = new Expiry(undefined);
  expect(expiry.ttlSeconds(day(10_000))).toBe(0);
  expect(expiry.kept(ALL_TIME)).toBe(ALL_TIME);
  expect(expiry.lastOver()).toBeUndefined();
});

test('a day is over for certain a day after it need not be kept', () => {
  expect(new Expiry(30).lastOver()).toBe(day(32));
  expect(new Expiry(100_000).lastOver()).toBeUndefined();
});

test('a day is kept for so many days after its end', () => {
  const expiry = new Expiry(30);
  const left = expiry.ttlSeconds(day(10));
  expect(left).toBeGreaterThan(20 * SECONDS);
  expect(left).toBeLessThanOrEqual(21 * SECONDS);
  expect(expiry.ttlSeconds(day(31))).toBe(1);
  expect(expiry.kept(ALL_TIME)).toEqual({ ...ALL_TIME, startMicros: dayStart(day(30)) });
});

test('what is to be kept longer than Cassandra can say stays', () => {
  expect(new Expiry(100_000).ttlSeconds(day(0))).toBe(0);
  expect(new Expiry(100_000).kept(ALL_TIME).startMicros).toBe(0);
});

test('nor is a time asked for that is not one of a signed 32-bit clock: such days stay', () => {
  const last = Math.floor(2 ** 31 / 86_400) - 3;
  expect(new Expiry(last - today()).ttlSeconds(today())).toBeGreaterThan(0);
  expect(new Expiry(last - today() + 3).ttlSeconds(today())).toBe(0);
});

import { expect, test } from 'vitest';
import { Stamps } from '../../../src/storage/cassandra/stamps.ts';
import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';

test('stamps rise strictly while the clock stands still, and follow it', () => {
  let nowMs = 1_000;
  const stamps = new Stamps(
    100,
    () => undefined,
    () => nowMs,
  );
  expect([stamps.next(), stamps.next(), stamps.next()]).toEqual([1_000_000, 1_000_001, 1_000_002]);
  nowMs = 1_001;
  expect(stamps.next()).toBe(1_001_000);
});

test('a clock that goes back a little is waited for; one that goes back far is refused', () => {
  let nowMs = 1_000;
  const stamps = new Stamps(
    100,
    () => undefined,
    () => nowMs,
  );
  const before = stamps.next();
  nowMs = 950;
  expect(stamps.next()).toBe(before + 1);
  nowMs = 899;
  expect(() => stamps.next()).toThrow(StoreUnavailableError);
  nowMs = 1_000;
  expect(stamps.next()).toBe(before + 2);
});

test('the age of a stamp is told by the clock', () => {
  let nowMs = 1_000;
  const stamps = new Stamps(
    100,
    () => undefined,
    () => nowMs,
  );
  const stamp = stamps.next();
  nowMs = 4_000;
  expect(stamps.ageMs(stamp)).toBe(3_000);
});

test('a clock that is not to be trusted gives no stamps', () => {
  const refusal = new StoreUnavailableError('The clock is off.', 1);
  const stamps = new Stamps(100, () => {
    throw refusal;
  });
  expect(() => stamps.next()).toThrow(refusal);
});

import { expect, test } from 'vitest';
import type { EpochDay } from '../../../src/readings/reading.ts';
import { DayTrust } from '../../../src/storage/cassandra/day-trust.ts';
import type { Stamp } from '../../../src/storage/cassandra/stamps.ts';

const DAY = 3 as EpochDay;
const at = (micros: number) => (1e15 + micros) as Stamp;

test('an entry of the list of days is trusted for a time after its stamp, and no other is', () => {
  const trust = new DayTrust(5);
  expect(trust.covers('ann', DAY, at(0))).toBe(false);
  trust.wrote('ann', DAY, at(0));
  expect(trust.covers('ann', DAY, at(4_999))).toBe(true);
  expect(trust.covers('ann', DAY, at(5_000))).toBe(false);
  expect(trust.covers('ann', 4 as EpochDay, at(1))).toBe(false);
  expect(trust.covers('ben', DAY, at(1))).toBe(false);
  trust.wrote('ann', DAY, at(5_000));
  expect(trust.covers('ann', DAY, at(9_999))).toBe(true);
  trust.forget('ann', DAY);
  expect(trust.covers('ann', DAY, at(5_001))).toBe(false);
});

test('what was not used for long is forgotten when there are very many', () => {
  const trust = new DayTrust(5);
  trust.wrote('ann', DAY, at(0));
  for (let user = 0; user < 300_000; user++) trust.wrote(`user-${user}`, DAY, at(0));
  expect(trust.covers('ann', DAY, at(1))).toBe(false);
  expect(trust.covers('user-299999', DAY, at(1))).toBe(true);
});

import { expect, test } from 'vitest';
import type { AcceptedErasure } from '../../../../src/readings/erasure.ts';
import type { EpochMicros, Sequence } from '../../../../src/readings/reading.ts';
import { PendingErasures } from '../../../../src/storage/parquet/maintenance/erasures.ts';

const accepted = (sequence: number, what: Omit<AcceptedErasure, 'sequence' | 'userId'> = {}) => ({
  userId: 'ann',
  ...what,
  sequence: sequence as Sequence,
});

const between = (startMicros: number, endMicros: number) => ({
  startMicros: startMicros as EpochMicros,
  endMicros: endMicros as EpochMicros,
});

test('gives each user their own erasures, in order', () => {
  const pending = new PendingErasures();
  const [first, second] = [accepted(3, { deviceId: 'a' }), accepted(7, { deviceId: 'b' })];
  const ofBob = { userId: 'bob', sequence: 5 as Sequence };
  pending.add(first);
  pending.add(ofBob);
  pending.add(second);
  expect(pending.ofUser('ann')).toEqual([first, second]);
  expect(pending.ofUser('bob')).toEqual([ofBob]);
  expect(pending.ofUser('cid')).toEqual([]);
  expect(pending.all).toHaveLength(3);
});

test.each([
  ['the same again', { deviceId: 'a', range: between(10, 20) }],
  ['a wider range', { deviceId: 'a', range: between(10, 21) }],
  ['all of the device', { deviceId: 'a' }],
  ['the range of all devices', { range: between(10, 20) }],
  ['all of the user', {}],
])('a later one takes the place of what it includes: %s', (_, later) => {
  const pending = new PendingErasures();
  pending.add(accepted(3, { deviceId: 'a', range: between(10, 20) }));
  pending.add(accepted(7, later));
  expect(pending.all).toEqual([accepted(7, later)]);
});

test.each([
  ['another device', { deviceId: 'b', range: between(10, 20) }],
  ['a range that ends before', { deviceId: 'a', range: between(10, 19) }],
  ['a range that starts after', { deviceId: 'a', range: between(11, 20) }],
])('and leaves in force what it does not: %s', (_, later) => {
  const pending = new PendingErasures();
  pending.add(accepted(3, { deviceId: 'a', range: between(10, 20) }));
  pending.add(accepted(7, later));
  expect(pending.all.map(({ sequence }) => sequence)).toEqual([3, 7]);
});

test('one that is carried out goes, and a later one stays', () => {
  const pending = new PendingErasures();
  pending.add(accepted(3));
  pending.add(accepted(7));
  pending.remove(accepted(3));
  expect(pending.ofUser('ann')).toEqual([accepted(7)]);
  pending.remove(accepted(7));
  expect(pending.isEmpty).toBe(true);
});

import { describe, expect, test } from 'vitest';
import {
  type Erasure,
  includesErasure,
  isErasedBy,
  isOfWholeUser,
} from '../../src/readings/erasure.ts';
import type { EpochMicros, TimeRange } from '../../src/readings/reading.ts';

const between = (start: number, end: number): TimeRange => ({
  startMicros: start as EpochMicros,
  endMicros: end as EpochMicros,
});

const ALL: Erasure = { userId: 'ann' };
const OF_DEVICE: Erasure = { userId: 'ann', deviceId: 'a' };
const OF_RANGE: Erasure = { userId: 'ann', range: between(10, 20) };
const OF_BOTH: Erasure = { ...OF_DEVICE, ...OF_RANGE };

test('the whole user is erased where neither a device nor a range is named', () => {
  expect([ALL, OF_DEVICE, OF_RANGE, OF_BOTH].map(isOfWholeUser)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test.each([
  ['a', 9, [ALL, OF_DEVICE]],
  ['a', 10, [ALL, OF_DEVICE, OF_RANGE, OF_BOTH]],
  ['a', 19, [ALL, OF_DEVICE, OF_RANGE, OF_BOTH]],
  ['a', 20, [ALL, OF_DEVICE]],
  ['b', 10, [ALL, OF_RANGE]],
  ['b', 20, [ALL]],
])('a reading of device %s at %i', (deviceId, at, erasedBy) => {
  const reading = { deviceId, timestampMicros: at as EpochMicros };
  const erasing = [ALL, OF_DEVICE, OF_RANGE, OF_BOTH].filter((one) => isErasedBy(one, reading));
  expect(erasing).toEqual(erasedBy);
});

describe('one erasure includes another', () => {
  test.each([
    ['the same', OF_BOTH, OF_BOTH, true],
    ['a device of all', ALL, OF_DEVICE, true],
    ['a range of all', ALL, OF_RANGE, true],
    ['a range of the device', OF_DEVICE, OF_BOTH, true],
    ['the device in the range', OF_RANGE, OF_BOTH, true],
    ['a shorter range', OF_RANGE, { ...OF_RANGE, range: between(11, 19) }, true],
    ['another user', ALL, { userId: 'ben' }, false],
    ['all for a device', OF_DEVICE, ALL, false],
    ['another device', OF_DEVICE, { ...OF_DEVICE, deviceId: 'b' }, false],
    ['all for a range', OF_RANGE, ALL, false],
    ['a range that starts before', OF_RANGE, { ...OF_RANGE, range: between(9, 20) }, false],
    ['a range that ends after', OF_RANGE, { ...OF_RANGE, range: between(10, 21) }, false],
  ])('%s', (_, outer, inner, expected) => {
    expect(includesErasure(outer, inner)).toBe(expected);
  });
});

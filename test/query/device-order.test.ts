import { expect, it } from 'vitest';
import { deviceOrder } from '../../src/query/device-order.ts';
import type { DevicePriority } from '../../src/readings/device-priority.ts';

/** `polar-*` is a prefix. */
const orderOf = (...entries: readonly (readonly [string, number])[]) =>
  deviceOrder(
    entries.map(
      ([id, priority]): DevicePriority =>
        id.endsWith('*') ? { prefix: id.slice(0, -1), priority } : { deviceId: id, priority },
    ),
  );

it('the lower priority comes first, whatever the order of the list', () => {
  expect(orderOf(['b', 2], ['c', -1.5], ['a', 10])).toEqual({
    ranks: ['c', 'b', 'a'],
    exact: [
      { deviceId: 'c', rank: 0 },
      { deviceId: 'b', rank: 1 },
      { deviceId: 'a', rank: 2 },
    ],
    prefixes: [],
  });
});

it('of equal priority the smaller id comes first, by code point', () => {
  expect('😀' < '！').toBe(true);
  const { ranks } = orderOf(['😀', 1], ['！', 1], ['b', 1], ['B', 1]);
  expect(ranks).toEqual(['B', 'b', '！', '😀']);
});

it('a device that is listed twice has the better of its places', () => {
  expect(orderOf(['a', 3], ['b', 2], ['a', 1]).ranks).toEqual(['a', 'b']);
});

it('what has the priority of a prefix shares a rank with all that fit it', () => {
  expect(orderOf(['c', 3], ['a', 2], ['polar-*', 2], ['b', 2], ['d', 1])).toEqual({
    ranks: ['d', null, 'c'],
    exact: [
      { deviceId: 'd', rank: 0 },
      { deviceId: 'a', rank: 1 },
      { deviceId: 'b', rank: 1 },
      { deviceId: 'c', rank: 2 },
    ],
    prefixes: [{ prefix: 'polar-', rank: 1 }],
  });
});

it('the longer prefix is looked at before the shorter, whatever their priorities', () => {
  const { prefixes } = orderOf(['polar-*', 1], ['*', 2], ['polar-h10*', 3]);
  expect(prefixes).toEqual([
    { prefix: 'polar-h10', rank: 2 },
    { prefix: 'polar-', rank: 0 },
    { prefix: '', rank: 1 },
  ]);
});

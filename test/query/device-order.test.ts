import { expect, it } from 'vitest';
import { listedDevices } from '../../src/query/device-order.ts';

const listed = (...entries: readonly (readonly [string, number])[]): string[] =>
  listedDevices(entries.map(([deviceId, priority]) => ({ deviceId, priority })));

it('the lower priority comes first, whatever the order of the list', () => {
  expect(listed(['b', 2], ['c', -1.5], ['a', 10])).toEqual(['c', 'b', 'a']);
});

it('of equal priority the smaller id comes first, by code point', () => {
  expect('😀' < '！').toBe(true);
  expect(listed(['😀', 1], ['！', 1], ['b', 1], ['B', 1])).toEqual(['B', 'b', '！', '😀']);
});

it('a device that is listed twice has the better of its places', () => {
  expect(listed(['a', 3], ['b', 2], ['a', 1])).toEqual(['a', 'b']);
});

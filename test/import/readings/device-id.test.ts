import { expect, test } from 'vitest';
import { deviceIdOf, slugOf } from '../../../src/import/readings/device-id.ts';

test.each([
  ['Anna’s Apple\u00a0Watch', 'annas-apple-watch'],
  ['  Polar H10 (0A1B)  ', 'polar-h10-0a1b'],
  ['小米手环 7', '小米手环-7'],
  ['ＷＡＴＣＨ', 'watch'],
  ['!!!', undefined],
  ['', undefined],
  ['x'.repeat(200), 'x'.repeat(128)],
])('%j -> %j', (name, id) => {
  expect(slugOf(name)).toBe(id);
});

test('the map comes before --device, and that before the source', () => {
  const map = new Map([
    ['Apple Watch', 'mapped'],
    ['strap', 'by-slug'],
  ]);
  const rule = { deviceId: 'all', map };
  expect(deviceIdOf({ source: 'Apple Watch' }, rule)).toBe('mapped');
  expect(deviceIdOf({ source: 'Strap' }, rule)).toBe('by-slug');
  expect(deviceIdOf({ source: 'Other' }, rule)).toBe('all');
  expect(deviceIdOf({ deviceId: 'strap' }, rule)).toBe('by-slug');
  const none = { deviceId: undefined, map: new Map() };
  expect(deviceIdOf({ source: 'Other one' }, none)).toBe('other-one');
  expect(deviceIdOf({ deviceId: 'Kept As Is', source: 'x' }, none)).toBe('Kept As Is');
  expect(deviceIdOf({ source: 7 }, none)).toBeUndefined();
});

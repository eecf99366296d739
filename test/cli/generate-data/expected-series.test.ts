import { describe, expect, test } from 'vitest';
import { differences, expectedSeries } from '../../../src/cli/generate-data/expected-series.ts';

const PRIORITIES = {
  devices: [
    { device_id: 'device_a', priority: 1 },
    { device_id: 'device_b', priority: 2 },
  ],
  prefixes: [],
};

/** `a@10:00:00.000=70` as a measurement of `device_a`. */
const measured = (text: string) => {
  const [, device = '', time = '', rate = ''] = /^(\w+)@(.+)=(.+)$/.exec(text) ?? [];
  const atMs = Date.parse(`2024-01-15T${time}Z`);
  return { userId: 'u', deviceId: `device_${device}`, atMs, heartRate: Number(rate) };
};

const rowsOf = (...texts: readonly string[]): string[] =>
  expectedSeries(texts.map(measured), PRIORITIES).map(
    ({ timestamp, heart_rate, device_id }) => `${timestamp} ${heart_rate} ${device_id}`,
  );

test.each([
  ['nothing', [], []],
  [
    'the mean of a minute, in order of time, empty minutes left out',
    ['a@10:05:00=90', 'a@10:00:10=70', 'a@10:00:59.999=75'],
    ['2024-01-15T10:00:00Z 72.5 device_a', '2024-01-15T10:05:00Z 90 device_a'],
  ],
  [
    'the last of an identity',
    ['a@10:00:00=70', 'a@10:00:00=71', 'a@10:00:00=90'],
    ['2024-01-15T10:00:00Z 90 device_a'],
  ],
  [
    'the best device at an instant, and its name for the minute',
    ['b@10:00:00=80', 'a@10:00:00=70', 'b@10:00:30=90'],
    ['2024-01-15T10:00:00Z 80 device_a'],
  ],
  [
    'the name of the best device also when it came later in the minute',
    ['b@10:00:00=80', 'a@10:00:30=90'],
    ['2024-01-15T10:00:00Z 85 device_a'],
  ],
  [
    'no name for a device whose reading was not used',
    ['c@10:00:00=80', 'b@10:00:00=70', 'c@10:00:30=90'],
    ['2024-01-15T10:00:00Z 80 device_b'],
  ],
  [
    'devices without a priority after those that have one, the smaller id first',
    ['d@10:00:00=60', 'c@10:00:00=61', 'd@10:01:00=62', 'b@10:01:00=63'],
    ['2024-01-15T10:00:00Z 61 device_c', '2024-01-15T10:01:00Z 63 device_b'],
  ],
])('%s', (_, measurements, rows) => {
  expect(rowsOf(...measurements)).toEqual(rows);
});

test('priorities are taken from the service, not from the order of names', () => {
  const priorities = { devices: [{ device_id: 'device_z', priority: 1 }], prefixes: [] };
  const sent = ['a@10:00:00=70', 'z@10:00:00=80'].map(measured);
  expect(expectedSeries(sent, priorities)).toMatchObject([
    { heart_rate: 80, device_id: 'device_z' },
  ]);
});

test('the longest prefix that an id begins with counts, unless it is listed itself', () => {
  const priorities = {
    devices: [{ device_id: 'device_zz', priority: 4 }],
    prefixes: [
      { prefix: 'device_', priority: 2 },
      { prefix: 'device_z', priority: 1 },
    ],
  };
  const nameOf = (...texts: string[]) =>
    expectedSeries(texts.map(measured), priorities).map(({ device_id }) => device_id);
  expect(nameOf('a@10:00:00=70', 'zy@10:00:00=80', 'zz@10:00:00=90')).toEqual(['device_zy']);
  expect(nameOf('zz@10:00:00=70', 'b@10:00:00=80')).toEqual(['device_b']);
});

describe('differences', () => {
  const row = (minute: number, heart_rate = 70, device_id = 'device_a') => ({
    timestamp: `2024-01-15T10:0${minute}:00Z`,
    heart_rate,
    device_id,
  });
  const EXPECTED = [row(0), row(1), row(2)];

  test.each([
    ['none', [row(0), row(1), row(2)], []],
    ['a row too few', [row(0), row(2)], ['2024-01-15T10:01:00Z: sent 70 of device_a, got nothing']],
    [
      'a row too many',
      [...EXPECTED, row(3)],
      ['2024-01-15T10:03:00Z: sent nothing, got 70 of device_a'],
    ],
    [
      'another value, by the least there is',
      [row(0), row(1, 70.00000000000001), row(2)],
      ['2024-01-15T10:01:00Z: sent 70 of device_a, got 70.00000000000001 of device_a'],
    ],
    [
      'another device',
      [row(0), row(1), row(2, 70, 'device_b')],
      ['2024-01-15T10:02:00Z: sent 70 of device_a, got 70 of device_b'],
    ],
    ['another order', [row(1), row(0), row(2)], ['the same rows, but repeated or out of order']],
    ['a row twice', [...EXPECTED, row(2)], ['the same rows, but repeated or out of order']],
  ])('%s', (_, actual, lines) => {
    expect(differences(EXPECTED, actual)).toEqual(lines);
  });
});

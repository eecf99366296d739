import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { instantMs } from '../../../client/dashboard/src/view/instant.ts';
import { parseTimestamp } from '../../../src/readings/timestamp.ts';

beforeEach(() => {
  vi.stubEnv('TZ', 'America/New_York');
  expect(new Date(0).getTimezoneOffset()).toBe(300);
});
afterEach(() => vi.unstubAllEnvs());

const DATES = ['1970-01-02', '2024-02-29', '2024-02-30', '2023-02-29', '2024-13-01', '2199-12-30'];
const TIMES = ['T00:00', 't12:34', ' 23:59', 'T24:00', 'T10:60', 'T1:00', ''];
const SECONDS = ['', ':07', ':59.5', ':00,25', ':01.123999', ':02.0000009', ':60', ':00.', '.5'];
const OFFSETS = [
  '',
  'Z',
  'z',
  '+02',
  ' +02:00',
  '-0530',
  ' -23:59',
  '+24',
  '+02:',
  '+2',
  ' Z',
  '+00:60',
];

test('a timestamp is the instant that the service takes it for, in a zone of its own too', () => {
  let taken = 0;
  for (const date of DATES) {
    for (const time of TIMES) {
      for (const second of SECONDS) {
        for (const offset of OFFSETS) {
          const text = `${date}${time}${second}${offset}`;
          const micros = parseTimestamp(text);
          const expected = micros === undefined ? Number.NaN : Math.floor(micros / 1000);
          expect([text, instantMs(text)]).toEqual([text, expected]);
          if (micros !== undefined) taken++;
        }
      }
    }
  }
  expect(taken).toBe(3 * 3 * 6 * 7);
});

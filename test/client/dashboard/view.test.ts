import { expect, onTestFinished, test, vi } from 'vitest';
import { MAX_DAYS } from '../../../client/dashboard/src/view/range.ts';
import { formatView, parseView, type View } from '../../../client/dashboard/src/view/view.ts';
import { contract } from '../../support/contract.ts';

const VIEW: View = {
  user: 'ana',
  range: { kind: 'last', hours: 24 },
  interval: 'auto',
  isLive: false,
};

const between = (start: string, end: string): View['range'] => ({
  kind: 'between',
  span: { startMs: Date.parse(start), endMs: Date.parse(end) },
});

test.each<View>([
  VIEW,
  { ...VIEW, user: '' },
  { ...VIEW, user: ' =1&last=9h#%\u202e"<b>😀 +' },
  { ...VIEW, range: { kind: 'last', hours: 6 } },
  { ...VIEW, range: { kind: 'last', hours: 25 }, isLive: true },
  { ...VIEW, range: { kind: 'day', date: '2024-02-29' }, interval: '5m' },
  { ...VIEW, range: between('2024-01-15T10:00:00.123Z', '2024-01-15T11:00Z'), interval: '1d' },
])('an address holds all of a view: %o', (view) => {
  expect(parseView(formatView(view))).toEqual(view);
});

test.each([
  ['', ''],
  ['last=0h', ''],
  ['last=99999d', ''],
  ['last=-1h', ''],
  ['last=1w', ''],
  ['day=2024-02-30', ''],
  ['day=1234-01-01', ''],
  ['day=today', ''],
  ['start=2024-01-15T10:00Z', ''],
  ['start=2024-01-15T10:00Z&end=2024-01-15T10:00Z', ''],
  ['start=x&end=y', ''],
  ['interval=2m&live=yes', ''],
])('what makes no sense in an address is as at first: %s', (search) => {
  expect(parseView(`?user=ana&${search}`)).toEqual(VIEW);
});

test('an address has its ends in any form of the contract, which is UTC without an offset', () => {
  vi.stubEnv('TZ', 'America/New_York');
  onTestFinished(() => void vi.unstubAllEnvs());
  const range = between('2024-01-15T10:00:00Z', '2024-01-15T11:00:00Z');
  for (const [start, end] of [
    ['2024-01-15T10:00:00', '2024-01-15T11:00'],
    ['2024-01-15 12:00:00 +0200', '2024-01-15T10:00:00,0-01'],
  ] as const) {
    const search = new URLSearchParams({ user: 'ana', start, end });
    expect(parseView(`?${search}`)).toEqual({ ...VIEW, range });
  }
});

test('a range that is too long is kept, so that the page can say so', () => {
  const { range } = parseView('?start=2024-01-15T10:00Z&end=2025-06-15T10:00Z');
  expect(range).toEqual(between('2024-01-15T10:00Z', '2025-06-15T10:00Z'));
});

test('as many days are asked for as the service takes', () => {
  expect(contract.paths['/metrics/heart-rate']?.get?.['x-max-range-days']).toBe(MAX_DAYS);
});

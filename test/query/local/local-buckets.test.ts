import { describe, expect, it, test } from 'vitest';
import { LocalBuckets } from '../../../src/query/local/local-buckets.ts';
import { Zone } from '../../../src/query/local/zone-offsets.ts';
import type { Interval } from '../../../src/query/series-plan.ts';
import type { EpochMicros, TimeRange } from '../../../src/readings/reading.ts';
import { formatTimestamp, parseTimestamp } from '../../../src/readings/timestamp.ts';
import { MINUTE } from './wall-clock.ts';

const micros = (text: string): EpochMicros => parseTimestamp(text) as EpochMicros;
const zoneOf = (name: string): Zone => Zone.named(name) as Zone;
const rangeOf = (from: number, to: number): TimeRange => ({
  startMicros: from as EpochMicros,
  endMicros: to as EpochMicros,
});

/** Where buckets begin in a range, as `03-31T00:00`. */
const startsIn = (name: string, interval: Interval, from: string, to: string): string[] => {
  const range = rangeOf(micros(from), micros(to));
  const buckets = new LocalBuckets(zoneOf(name), interval, range);
  const starts: string[] = [];
  for (let at = range.startMicros as number; at < range.endMicros; at += MINUTE) {
    if (buckets.startOf(at) === at) starts.push(formatTimestamp(at as EpochMicros).slice(5, 16));
  }
  return starts;
};

describe('a day begins once, at the first instant that has its date', () => {
  test.each([
    ['of 23 hours', 'Europe/Berlin', '2024-03-30', ['03-30T23:00', '03-31T22:00']],
    ['of 25 hours', 'Europe/Berlin', '2024-10-26', ['10-26T22:00', '10-27T23:00']],
    ['at 45 minutes', 'Asia/Kathmandu', '2024-01-15', ['01-15T18:15', '01-16T18:15']],
    ['without midnight', 'America/Sao_Paulo', '2018-11-03', ['11-03T03:00', '11-04T03:00']],
    ['without midnight', 'Asia/Beirut', '2024-03-30', ['03-30T22:00', '03-31T21:00']],
    ['without midnight', 'Africa/Cairo', '2024-04-25', ['04-25T22:00', '04-26T21:00']],
    ['with two midnights', 'America/Havana', '2024-11-03', ['11-03T04:00', '11-04T05:00']],
    [
      'that shows yesterday again',
      'America/St_Johns',
      '2006-10-29',
      ['10-29T02:30', '10-30T03:30'],
    ],
    ['after one that never was', 'Pacific/Apia', '2011-12-29', ['12-29T10:00', '12-30T10:00']],
  ])('%s: %s', (_, zone, date, starts) => {
    const end = formatTimestamp((micros(`${date}T00:00:00Z`) + 2880 * MINUTE) as EpochMicros);
    expect(startsIn(zone, '1d', `${date}T00:00:00Z`, end)).toEqual(starts);
  });
});

describe('an hour', () => {
  test.each([
    [
      'that the clocks show twice is two',
      ...(['Europe/Berlin', '2024-10-26T23:30:00Z', '2024-10-27T02:30:00Z'] as const),
      ['10-27T00:00', '10-27T01:00', '10-27T02:00'],
    ],
    [
      'begins when the clocks show a full one',
      ...(['Asia/Kolkata', '2024-01-15T00:00:00Z', '2024-01-15T02:00:00Z'] as const),
      ['01-15T00:30', '01-15T01:30'],
    ],
    [
      'that half an hour is taken from begins where that happens',
      ...(['Australia/Lord_Howe', '2024-10-05T14:00:00Z', '2024-10-05T17:30:00Z'] as const),
      ['10-05T14:30', '10-05T15:30', '10-05T16:00', '10-05T17:00'],
    ],
    [
      'that half an hour is shown again of, too',
      ...(['Australia/Lord_Howe', '2024-04-06T13:00:00Z', '2024-04-06T17:00:00Z'] as const),
      ['04-06T13:00', '04-06T14:00', '04-06T15:00', '04-06T15:30', '04-06T16:30'],
    ],
  ])('%s', (_, zone, from, to, starts) => {
    expect(startsIn(zone, '1h', from, to)).toEqual(starts);
  });
});

describe('cells', () => {
  const year = rangeOf(micros('2024-01-01T00:00:00Z'), micros('2025-01-01T00:00:00Z'));
  test.each<[string, Interval, Interval]>([
    ['UTC', '1d', '1d'],
    ['Africa/Abidjan', '1d', '1d'],
    ['Europe/Berlin', '1d', '1h'],
    ['Europe/Berlin', '1h', '1h'],
    ['Asia/Kolkata', '1h', '15m'],
    ['Asia/Kolkata', '15m', '15m'],
    ['Asia/Kathmandu', '1d', '15m'],
    ['Australia/Lord_Howe', '1m', '1m'],
  ])('of %s for %s are %s', (zone, interval, cells) => {
    expect(new LocalBuckets(zoneOf(zone), interval, year).cells).toBe(cells);
  });

  it('are as narrow as an old offset asks for', () => {
    const of = (zone: string, interval: Interval) =>
      new LocalBuckets(zoneOf(zone), interval, rangeOf(0, 1_000 * MINUTE)).cells;
    expect(of('Africa/Monrovia', '15m')).toBe('15m');
    expect(of('Pacific/Kiritimati', '1h')).toBe('5m');
  });
});

describe('the name of a zone', () => {
  it('is taken in any case, and two names of one zone are one', () => {
    expect(Zone.named('europe/berlin')?.name).toBe('Europe/Berlin');
    expect(Zone.named('Asia/Kolkata')?.name).toBe(Zone.named('Asia/Calcutta')?.name);
  });

  it('is that of a zone there is', () => {
    expect(Zone.named('Europe/Atlantis')).toBeUndefined();
  });
});

import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import type { EpochMicros } from '../../src/readings/reading.ts';
import {
  dayOf,
  dayStart,
  formatDay,
  formatTimestamp,
  parseDay,
  parseTimestamp,
} from '../../src/readings/timestamp.ts';

const END_MICROS = Date.UTC(2200, 0, 1) * 1000;
const DAYS = Date.UTC(2200, 0, 1) / 86_400_000;

/** 2024-01-15T10:00:00Z */
const TEN = 1_705_312_800_000_000;
const HOUR = 3_600_000_000;

const anyMicros = fc.integer({ min: 0, max: END_MICROS - 1 }).map((n) => n as EpochMicros);
const two = (n: number): string => String(n).padStart(2, '0');

describe('accepted forms', () => {
  test.each([
    ['2024-01-15T10:00:00Z', TEN],
    ['2024-01-15T10:00:00z', TEN],
    ['2024-01-15t10:00:00Z', TEN],
    ['2024-01-15 10:00:00Z', TEN],
    ['2024-01-15T10:00:00', TEN],
    ['2024-01-15 10:00:00', TEN],
    ['2024-01-15T10:00:00+00:00', TEN],
    ['2024-01-15T10:00:00-00:00', TEN],
    ['2024-01-15T12:00:00+02:00', TEN],
    ['2024-01-15T12:00:00+0200', TEN],
    ['2024-01-15T04:30:00-05:30', TEN],
    ['2024-01-15T04:30:00-0530', TEN],
    ['2024-01-16T09:59:00+23:59', TEN],
    ['2024-01-14T10:01:00-23:59', TEN],
    ['2024-01-15T10:00:00.5Z', TEN + 500_000],
    ['2024-01-15T10:00:00,5Z', TEN + 500_000],
    ['2024-01-15T10:00:00.000001Z', TEN + 1],
    ['2024-01-15T10:00:00.123456', TEN + 123_456],
    [`2024-01-15T10:00:00.123456${'9'.repeat(100)}Z`, TEN + 123_456],
    ['2024-01-15T10:00:00.100000+01:00', TEN - HOUR + 100_000],
    ['2024-01-15T10:00:59Z', TEN + 59_000_000],
    ['2024-01-15T10:00Z', TEN],
    ['2024-01-15T10:00', TEN],
    ['2024-01-15 10:00', TEN],
    ['2024-01-15T12:00+02:00', TEN],
    ['2024-01-15T12:00+0200', TEN],
    ['2024-01-15T12:00+02', TEN],
    ['2024-01-15T12:00 +02', TEN],
    ['2024-01-15T15:00:00+05', TEN],
    ['2024-01-15T05:00:00-05', TEN],
    ['2024-01-15 10:00:00+00', TEN],
    ['2024-01-15 10:00:00.25+00', TEN + 250_000],
    ['2024-01-15 12:00:00 +0200', TEN],
    ['2024-01-15 12:00:00.5 +0200', TEN + 500_000],
    ['2024-01-15T12:00:00 +02:00', TEN],
    ['2024-01-15T05:00:00 -05', TEN],
    ['2024-01-15T23:59:59.999999Z', TEN + 14 * HOUR - 1],
  ])('%s', (text, micros) => {
    expect(parseTimestamp(text)).toBe(micros);
  });
});

describe('refused forms', () => {
  test.each([
    '',
    'now',
    '1705312800',
    '2024-01-15',
    '2024-01-15T10',
    '20240115T100000Z',
    '2024-1-15T10:00:00Z',
    '24-01-15T10:00:00Z',
    '+002024-01-15T10:00:00Z',
    '-2024-01-15T10:00:00Z',
    '2024/01-15T10:00:00Z',
    '2024-01/15T10:00:00Z',
    '2024-01-15_10:00:00Z',
    '2024-01-15T10.00:00Z',
    '2024-01-15T10Z',
    '2024-01-15T10+02',
    '2024-01-15T10:0Z',
    '2024-01-15T1:00Z',
    '2024-01-15T10:00:Z',
    '2024-01-15T10:00:',
    '2024-01-15T10:00:0Z',
    '2024-01-15T10:00:0',
    '2024-01-15T10:00.5Z',
    '2024-01-15T10:00,5',
    '2024-01-15T24:00Z',
    '2024-01-15T10:60Z',
    '2024-01-15T10:00 ',
    '2024-01-15T10:00 Z',
    '2024-01-15T10:00:00+2',
    '2024-01-15T10:00:00+024',
    '2024-01-15T10:00:00+24',
    '2024-01-15T10:00:00+02:',
    '2024-01-15T10:00:00 ',
    '2024-01-15T10:00:00  +02:00',
    '2024-01-15T10:00:00 + 02:00',
    '2024-01-15T10:00:00+ 02:00',
    '2024-01-15T10:00:00\t+02:00',
    '2024-01-15T10:00.00Z',
    '2024-01-15T10:00:00X',
    '2024-01-15T10:00:00ZZ',
    '2024-01-15T10:00:00 Z',
    '2024-01-15T10:00:00Z ',
    ' 2024-01-15T10:00:00Z',
    '2024-01-15T10:00:00Z\n',
    '2024-01-15T10:00:00.Z',
    '2024-01-15T10:00:00.',
    '2024-01-15T10:00:00.5.5Z',
    '2024-01-15T10:00:00.1x',
    '2024-01-15T10:00:00+',
    '2024-01-15T10:00:00+2:00',
    '2024-01-15T10:00:00+02:0',
    '2024-01-15T10:00:00+02:000',
    '2024-01-15T10:00:00+02:00:00',
    '2024-01-15T10:00:00+02:00Z',
    '2024-01-15T10:00:00Z+02:00',
    '2024-01-15T10:00:00 02:00',
    '2024-01-15T10:00:00+24:00',
    '2024-01-15T10:00:00+02:60',
    '2024-01-15T10:00:00+-2:00',
    '2024-01-15T10:00:00\u221202:00',
    '2024-01-15T24:00:00Z',
    '2024-01-15T10:60:00Z',
    '2024-01-15T10:00:60Z',
    '2024-01-15T10:00:99Z',
    '2024-00-15T10:00:00Z',
    '2024-13-15T10:00:00Z',
    '2024-01-00T10:00:00Z',
    '2024-01-32T10:00:00Z',
    '2024-02-30T10:00:00Z',
    '2024-04-31T10:00:00Z',
    '2024-06-31T10:00:00Z',
    '2024-09-31T10:00:00Z',
    '2024-11-31T10:00:00Z',
    '2023-02-29T10:00:00Z',
    '2100-02-29T10:00:00Z',
    '1969-12-31T23:59:59.999999Z',
    '2200-01-01T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '２０２４-01-15T10:00:00Z',
    '2024-01-15T1\u0660:00:00Z',
    // Its low byte is that of a 2.
    '2024-01-15T1\u0132:00:00Z',
    '2024-01- 5T10:00:00Z',
    '2024-01-15T-1:00:00Z',
    '2024-01-15T1e:00:00Z',
    '2024-01-15T10:00:00\0',
  ])('%j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});

it('is not led on by what a longer text left behind', () => {
  expect(parseTimestamp('2024-01-15T10:00:30.5+02:00')).toBeDefined();
  expect(parseTimestamp('2024-01-15T10:00')).toBe(TEN);
  expect(parseTimestamp('2024-01-15T10:00:30+02:59')).toBeDefined();
  expect(parseTimestamp('2024-01-15T12:00:00+02')).toBe(TEN);
  expect(parseTimestamp('2024-01-15T12:00+02:59')).toBeDefined();
  expect(parseTimestamp('2024-01-15T12:00+02')).toBe(TEN);
});

describe('the edges of time', () => {
  test.each([
    ['1970-01-01T00:00:00Z', 0],
    ['1970-01-01T00:00:00-00:00', 0],
    ['1970-01-01T00:00:00.000001Z', 1],
    ['2199-12-31T23:59:59.999999Z', END_MICROS - 1],
  ])('%s is in', (text, micros) => {
    expect(parseTimestamp(text)).toBe(micros);
  });

  it('judges the instant, not the digits of the year', () => {
    expect(parseTimestamp('1969-12-31T23:30:00-01:00')).toBe(HOUR / 2);
    expect(parseTimestamp('1970-01-01T00:30:00+01:00')).toBeUndefined();
    expect(parseTimestamp('2200-01-01T00:30:00+01:00')).toBe(END_MICROS - HOUR / 2);
    expect(parseTimestamp('2199-12-31T23:30:00-01:00')).toBeUndefined();
  });

  it('lies where a number still holds every microsecond', () => {
    expect(END_MICROS).toBeLessThan(Number.MAX_SAFE_INTEGER);
  });
});

describe('fractions', () => {
  it('cuts what lies past the microsecond and never rounds', () => {
    expect(parseTimestamp('2024-01-15T10:00:00.1234569Z')).toBe(TEN + 123_456);
    expect(parseTimestamp('2024-01-15T10:00:00.9999999Z')).toBe(TEN + 999_999);
    expect(parseTimestamp('2024-01-15T10:00:00.0000009Z')).toBe(TEN);
    expect(parseTimestamp(`2024-01-15T10:00:00.${'9'.repeat(5000)}+00:00`)).toBe(TEN + 999_999);
  });

  it('reads any number of digits as the same decimal fraction', () => {
    const sample = fc.tuple(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 1, max: 6 }));
    fc.assert(
      fc.property(sample, ([fraction, count]) => {
        const shown = String(fraction).padStart(6, '0').slice(0, count);
        const micros = Number(shown.padEnd(6, '0'));
        expect(parseTimestamp(`2024-01-15T10:00:00.${shown}Z`)).toBe(TEN + micros);
      }),
    );
  });
});

it('agrees with Date on every millisecond instant and every offset', () => {
  const instant = fc.integer({ min: 0, max: END_MICROS / 1000 - 1 });
  const offset = fc.integer({ min: -1439, max: 1439 });
  fc.assert(
    fc.property(instant, offset, (millis, minutes) => {
      expect(parseTimestamp(new Date(millis).toISOString())).toBe(millis * 1000);
      const sign = minutes < 0 ? '-' : '+';
      const [hour, minute] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
      const local = new Date(millis + minutes * 60_000).toISOString().slice(0, -1);
      const text = `${local}${sign}${two(hour)}:${two(minute)}`;
      expect(Date.parse(text)).toBe(millis);
      expect(parseTimestamp(text)).toBe(millis * 1000);
    }),
    { numRuns: 2000 },
  );
});

it('takes exactly the dates and times that exist', () => {
  const parts = fc.tuple(
    fc.integer({ min: 1970, max: 2199 }),
    fc.integer({ min: 0, max: 14 }),
    fc.integer({ min: 0, max: 33 }),
    fc.integer({ min: 0, max: 25 }),
    fc.integer({ min: 0, max: 61 }),
    fc.integer({ min: 0, max: 61 }),
  );
  fc.assert(
    fc.property(parts, ([year, month, day, hour, minute, second]) => {
      const text = `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}`;
      // Date.UTC carries over what does not exist; a text that comes back changed was none.
      const millis = Date.UTC(year, month - 1, day, hour, minute, second);
      const exists = new Date(millis).toISOString() === `${text}.000Z`;
      expect(parseTimestamp(`${text}Z`)).toBe(exists ? millis * 1000 : undefined);
    }),
    { numRuns: 5000 },
  );
});

it('knows every day from 1970 to 2199 and which years leap', () => {
  for (let day = 0; day < DAYS; day++) {
    const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
    const parsed = parseDay(text);
    if (parsed !== day || formatDay(parsed) !== text) expect.fail(`${text} is not day ${day}`);
    if (dayOf(dayStart(parsed)) !== day) expect.fail(`${text} does not begin in itself`);
  }
  for (let year = 1970; year < 2200; year++) {
    const leaps = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
    expect(parseDay(`${year}-02-29`) !== undefined, String(year)).toBe(leaps);
  }
});

describe('days', () => {
  it('begin at midnight UTC and end just before the next', () => {
    const day = parseDay('2024-02-29');
    expect(day).toBe(19_782);
    if (day === undefined) return;
    expect(formatTimestamp(dayStart(day))).toBe('2024-02-29T00:00:00Z');
    expect(dayOf(dayStart(day))).toBe(day);
    expect(dayOf((dayStart(day) - 1) as EpochMicros)).toBe(day - 1);
    expect(dayOf((dayStart(day) + 86_400_000_000 - 1) as EpochMicros)).toBe(day);
  });

  test.each([
    '',
    '2024-1-15',
    '2024-02-30',
    '2024-01-15T',
    '1969-12-31',
    '2200-01-01',
    '2024_01_15',
  ])('%j is none', (text) => {
    expect(parseDay(text)).toBeUndefined();
  });
});

describe('formatting', () => {
  test.each([
    [0, '1970-01-01T00:00:00Z'],
    [1, '1970-01-01T00:00:00.000001Z'],
    [100_000, '1970-01-01T00:00:00.1Z'],
    [TEN, '2024-01-15T10:00:00Z'],
    [TEN + 120_000, '2024-01-15T10:00:00.12Z'],
    [END_MICROS - 1, '2199-12-31T23:59:59.999999Z'],
  ])('%d is %s', (micros, text) => {
    expect(formatTimestamp(micros as EpochMicros)).toBe(text);
  });

  it('is read back as the same instant, and sorts as time does within a length', () => {
    fc.assert(
      fc.property(anyMicros, (micros) => {
        const text = formatTimestamp(micros);
        expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,5}[1-9])?Z$/);
        expect(parseTimestamp(text)).toBe(micros);
        expect(Date.parse(text)).toBe(Math.floor(micros / 1000));
      }),
      { numRuns: 2000 },
    );
  });
});

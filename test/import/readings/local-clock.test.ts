import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isZone, LocalClock } from '../../../src/import/readings/local-clock.ts';
import type { EpochMicros } from '../../../src/readings/reading.ts';
import { formatTimestamp, parseTimestamp } from '../../../src/readings/timestamp.ts';

const wall = (text: string): EpochMicros => parseTimestamp(text) as EpochMicros;

const read = (zone: string, ...texts: readonly string[]): (string | undefined)[] => {
  const clock = new LocalClock(zone);
  return texts.map((text) => {
    const instant = clock.instantOf(wall(text), 'watch');
    return instant === undefined ? undefined : formatTimestamp(instant);
  });
};

describe('an hour that comes twice', () => {
  test('in order: first the first, then the second', () => {
    const texts = ['01:59:59', '02:00:00', '02:59:30', '02:00:00', '02:30:00', '03:00:00'];
    expect(read('Europe/Berlin', ...texts.map((text) => `2024-10-27T${text}`))).toEqual([
      '2024-10-26T23:59:59Z',
      '2024-10-27T00:00:00Z',
      '2024-10-27T00:59:30Z',
      '2024-10-27T01:00:00Z',
      '2024-10-27T01:30:00Z',
      '2024-10-27T02:00:00Z',
    ]);
  });

  test('newest first: first the second, then the first', () => {
    const texts = ['03:10', '03:00', '02:30', '02:00', '02:59', '02:30', '01:00'];
    expect(read('Europe/Berlin', ...texts.map((text) => `2024-10-27T${text}:00`))).toEqual([
      '2024-10-27T02:10:00Z',
      '2024-10-27T02:00:00Z',
      '2024-10-27T01:30:00Z',
      '2024-10-27T01:00:00Z',
      '2024-10-27T00:59:00Z',
      '2024-10-27T00:30:00Z',
      '2024-10-26T23:00:00Z',
    ]);
  });

  test('nothing tells: the first', () => {
    expect(read('America/New_York', '2024-11-03T01:30:00')).toEqual(['2024-11-03T05:30:00Z']);
  });

  test('each source has its own order', () => {
    const clock = new LocalClock('Europe/Berlin');
    const at = wall('2024-10-27T02:30:00');
    const instants = ['a', 'b', 'a', 'b'].map((source) => clock.instantOf(at, source));
    const [first, , second] = instants;
    expect(instants).toEqual([first, first, second, second]);
    expect(Number(second) - Number(first)).toBe(3_600_000_000);
  });

  test('half an hour: Lord Howe', () => {
    expect(read('Australia/Lord_Howe', '2024-04-07T01:45:00', '2024-04-07T01:45:00')).toEqual([
      '2024-04-06T14:45:00Z',
      '2024-04-06T15:15:00Z',
    ]);
  });
});

test('an hour that never was', () => {
  expect(read('Europe/Berlin', '2024-03-31T01:59:59.999999', '2024-03-31T02:00:00')).toEqual([
    '2024-03-31T00:59:59.999999Z',
    undefined,
  ]);
  expect(read('Europe/Berlin', '2024-03-31T03:00:00')).toEqual(['2024-03-31T01:00:00Z']);
});

const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'];

test('whoever wears a watch and writes down each hour in order gets the same instants back', () => {
  const formatters = new Map(
    ZONES.map((timeZone) => {
      const digits = {
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
      } as const;
      const options = { timeZone, year: 'numeric', ...digits, hourCycle: 'h23' } as const;
      return [timeZone, new Intl.DateTimeFormat('sv-SE', options)];
    }),
  );
  const shown = (zone: string, micros: number): EpochMicros =>
    wall(formatters.get(zone)?.format(micros / 1000) ?? '');
  const anyStart = fc.integer({ min: 1_000, max: 3_000_000 });
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), anyStart, (zone, start) => {
      const clock = new LocalClock(zone);
      for (let step = 0; step < 300; step++) {
        const micros = (start + step) * 600_000_000;
        expect(clock.instantOf(shown(zone, micros), '')).toBe(micros);
      }
    }),
    { numRuns: 30 },
  );
});

test('names of zones', () => {
  expect(['Europe/Berlin', 'UTC', 'Mars/Base', ''].map(isZone)).toEqual([true, true, false, false]);
});

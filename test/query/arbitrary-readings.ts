import fc from 'fast-check';
import type { EpochMicros, Sequence } from '../../src/readings/reading.ts';
import type { Layout, StoredReading } from '../support/frame-store.ts';

export const USER = 'user_1';

const SECOND = 1_000_000;
const at = (text: string): number => Date.parse(text) * 1000;

/** Edges of days, hours and smaller buckets, and of the time that is accepted. */
const EDGES = [
  '1970-01-01T00:00:00Z',
  '2024-01-15T00:00:00Z',
  '2024-01-15T10:00:00Z',
  '2024-01-15T10:01:00Z',
  '2024-01-15T10:05:00Z',
  '2024-01-15T10:15:00Z',
  '2024-01-15T11:00:00Z',
  '2024-01-16T00:00:00Z',
  '2199-12-31T23:59:00Z',
].map(at);

/** Few enough offsets that instants coincide, and some that are anywhere near. */
const offset = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 0, 1, -1, 500_000, 30 * SECOND, -30 * SECOND) },
  { weight: 1, arbitrary: fc.integer({ min: -90 * SECOND, max: 90 * SECOND }) },
);

export const instant: fc.Arbitrary<EpochMicros> = fc
  .tuple(fc.constantFrom(...EDGES), offset)
  .map(([edge, by]) => Math.min(Math.max(edge + by, 0), at('2200-01-01T00:00:00Z') - 1))
  .map((micros) => micros as EpochMicros);

/** Of the last two the first is the larger in UTF-8, and the smaller in JavaScript's own order. */
const DEVICES = ['device_a', 'device_b', 'device', 'Device_a', 'ärmel', '😀', '！'] as const;
export const device = fc.constantFrom(...DEVICES);

/** Whole, in tenths, or any double at all: the latter two make sums that round. */
const heartRate = fc.oneof(
  fc.integer({ min: 30, max: 220 }),
  fc.integer({ min: 300, max: 2200 }).map((tenths) => tenths / 10),
  fc.double({ min: 30, max: 220, noNaN: true }),
);

/** Readings in order of arrival, which is not that of their timestamps. */
export const readings = (maxLength: number): fc.Arbitrary<StoredReading[]> =>
  fc
    .array(
      fc.record({
        userId: fc.constantFrom(USER, USER, USER, 'user_2'),
        deviceId: device,
        timestampMicros: instant,
        heartRate,
      }),
      { maxLength, size: 'max' },
    )
    .map((arrived) => arrived.map((one, i) => ({ ...one, sequence: (i + 1) as Sequence })));

/** A permutation that follows from a seed. */
export const shuffled = <T>(items: readonly T[], seed: number): T[] => {
  const result = [...items];
  let state = seed;
  for (let i = result.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [result[i], result[j]] = [result[j] as T, result[i] as T];
  }
  return result;
};

/**
 * Rows in any order in one or more pieces, some perhaps empty; at times a row lies in two of them,
 * as it does after a crash between the writing of a part and the removal of its log.
 */
export const layout: fc.Arbitrary<Layout> = fc
  .record({
    seed: fc.nat(),
    pieces: fc.integer({ min: 1, max: 4 }),
    repeated: fc.constantFrom(0, 0, 1, 3),
  })
  .map(({ seed, pieces, repeated }) => (day) => {
    const rows = shuffled([...day, ...day.slice(0, repeated)], seed);
    return Array.from({ length: pieces }, (_, piece) =>
      rows.filter((_row, i) => (i * 7 + seed) % pieces === piece),
    );
  });

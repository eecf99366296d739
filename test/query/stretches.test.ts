import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { SeriesPiece } from '../../src/query/series-piece.ts';
import { inStretches, withBuckets } from '../../src/query/stretches.ts';
import type { TimeRange } from '../../src/readings/reading.ts';
import { type SeriesRow, seriesRows } from '../support/series-rows.ts';

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = 19_737 * DAY;

interface Bucket {
  readonly minute: number;
  readonly deviceId: string;
}

/** Every value of a bucket tells which bucket it is of. */
const pieceOf = (buckets: readonly Bucket[], rate = 60): SeriesPiece => {
  const sorted = buckets.toSorted((a, b) => a.minute - b.minute);
  const deviceIds = [...new Set(buckets.map(({ deviceId }) => deviceId))];
  const floats = (add: number) => Float64Array.from(sorted, ({ minute }) => minute + add);
  return {
    bucketsMicros: Float64Array.from(sorted, ({ minute }) => START + minute * MINUTE),
    means: floats(rate),
    minima: floats(rate - 1),
    maxima: floats(rate + 1),
    counts: Uint32Array.from(sorted, ({ minute }) => minute + rate),
    devices: Uint32Array.from(sorted, ({ deviceId }) => deviceIds.indexOf(deviceId)),
    deviceIds,
  };
};

const rangeOf = (from: number, to: number) =>
  ({ startMicros: START + from * MINUTE, endMicros: START + to * MINUTE }) as TimeRange;

const hoursOf = (pieces: readonly SeriesPiece[]): number[][] =>
  pieces.map(({ bucketsMicros }) => [...bucketsMicros].map((micros) => (micros - START) / HOUR));

const everyHour = pieceOf(
  Array.from({ length: 24 }, (_, hour) => ({ minute: hour * 60, deviceId: `device ${hour % 3}` })),
);

it('a day is cut every four hours, where it has buckets', () => {
  expect(hoursOf(inStretches(everyHour))).toEqual([
    [0, 1, 2, 3],
    [4, 5, 6, 7],
    [8, 9, 10, 11],
    [12, 13, 14, 15],
    [16, 17, 18, 19],
    [20, 21, 22, 23],
  ]);
  const some = pieceOf([3, 4, 23].map((hour) => ({ minute: hour * 60, deviceId: 'a' })));
  expect(hoursOf(inStretches(some))).toEqual([[3], [4], [23]]);
  expect(inStretches(pieceOf([]))).toEqual([]);
  expect(seriesRows(inStretches(everyHour))).toEqual(seriesRows([everyHour]));
});

it('pieces in which nothing changes stay the same ones', () => {
  const pieces = inStretches(everyHour);
  const changed = withBuckets(
    pieces,
    rangeOf(11 * 60, 12 * 60),
    pieceOf([{ minute: 11 * 60, deviceId: 'x' }]),
  );
  expect(changed.map((piece, i) => piece === pieces[i])).toEqual([
    true,
    true,
    false,
    true,
    true,
    true,
  ]);
});

it('what changes reaches as far as the range, and no further', () => {
  const one = pieceOf([{ minute: 8 * 60, deviceId: 'x' }]);
  const seen = (from: number, to: number) =>
    hoursOf(withBuckets(inStretches(everyHour), rangeOf(from, to), one)).flat();
  const all = Array.from({ length: 24 }, (_, hour) => hour);
  expect(seen(8 * 60, 8 * 60 + 1)).toEqual(all);
  // Of two stretches, up to the last minute of the first and the first of the second.
  expect(seen(7 * 60 + 1, 8 * 60 + 1)).toEqual(all);
  expect(seen(7 * 60, 8 * 60 + 1)).toEqual(all.filter((hour) => hour !== 7));
});

const bucket = fc.record({
  minute: fc.nat(24 * 60 - 1),
  deviceId: fc.constantFrom('a', 'b', 'c', 'd'),
});
const buckets = fc.uniqueArray(bucket, { maxLength: 60, selector: ({ minute }) => minute });

it('the buckets of a range take the place of those that were there, whatever they are', () => {
  fc.assert(
    fc.property(buckets, buckets, fc.nat(1439), fc.nat(1440), (before, after, from, length) => {
      const isInside = ({ minute }: Bucket) => from <= minute && minute < from + length + 1;
      const now = after.filter(isInside);
      const pieces = withBuckets(
        inStretches(pieceOf(before)),
        rangeOf(from, from + length + 1),
        pieceOf(now, 70),
      );
      const expected: SeriesRow[] = [
        ...seriesRows([pieceOf(before.filter((one) => !isInside(one)))]),
        ...seriesRows([pieceOf(now, 70)]),
      ].sort((a, b) => a.bucketMicros - b.bucketMicros);
      expect(seriesRows(pieces)).toEqual(expected);
      // Each is of one stretch, and no stretch is in two.
      const stretches = hoursOf(pieces).map((hours) => [
        ...new Set(hours.map((hour) => Math.floor(hour / 4))),
      ]);
      expect(stretches.every(({ length: one }) => one === 1)).toBe(true);
      expect(new Set(stretches.flat()).size).toBe(pieces.length);
    }),
  );
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { seriesJson } from '../../../src/http/responses/series-json.ts';
import type { SeriesPiece } from '../../../src/query/series-piece.ts';
import { formatTimestamp } from '../../../src/readings/timestamp.ts';
import { seriesRows } from '../../support/series-rows.ts';

const MICROS_PER_DAY = 86_400_000_000;
const id = fc.oneof(fc.string({ minLength: 1, unit: 'binary' }), fc.constantFrom('"', '\\', '\n'));
const rate = fc.double({ min: 30, max: 220, noNaN: true });

const seriesPiece = (day: number): fc.Arbitrary<SeriesPiece> =>
  fc
    .record({
      rows: fc.uniqueArray(fc.record({ minute: fc.nat(1439), rate, min: rate, max: rate }), {
        minLength: 1,
        maxLength: 20,
        selector: ({ minute }) => minute,
      }),
      deviceIds: fc.array(id, { minLength: 1, maxLength: 3 }),
      count: fc.integer({ min: 1, max: 2 ** 32 - 1 }),
    })
    .map(({ rows, deviceIds, count }) => ({
      bucketsMicros: Float64Array.from(rows, (r) => day * MICROS_PER_DAY + r.minute * 60_000_000),
      means: Float64Array.from(rows, (r) => r.rate),
      minima: Float64Array.from(rows, (r) => r.min),
      maxima: Float64Array.from(rows, (r) => r.max),
      counts: Uint32Array.from(rows, () => count),
      devices: Uint32Array.from(rows, (_, row) => row % deviceIds.length),
      deviceIds,
    }));

/** Days between 1970 and 2199, the 29th of February among them. */
const days = fc
  .uniqueArray(fc.oneof(fc.nat(84_005), fc.constant(19_782)), { maxLength: 3 })
  .chain((list) => fc.tuple(...list.map(seriesPiece)));

it('is what JSON.stringify makes of an object for each row', () => {
  fc.assert(
    fc.property(id, days, fc.boolean(), (userId, series, withStats) => {
      const data = seriesRows(series).map((row) => ({
        timestamp: formatTimestamp(row.bucketMicros),
        heart_rate: row.heartRate,
        device_id: row.deviceId,
        ...(withStats && { min: row.min, max: row.max, sample_count: row.sampleCount }),
      }));
      const expected = JSON.stringify({ user_id: userId, data, count: data.length });
      expect(seriesJson(userId, series, { withStats })).toBe(expected);
      // Once more, now that it has been made; and neither is taken for the other.
      seriesJson(userId, series, { withStats: !withStats });
      expect(seriesJson(userId, series, { withStats })).toBe(expected);
    }),
  );
});

import { expect, it } from 'vitest';
import { joinedCells } from '../../../src/query/local/join-cells.ts';
import type { SeriesPiece } from '../../../src/query/series-piece.ts';
import { seriesRows } from '../../support/series-rows.ts';

const HOUR = 3_600_000_000;

/** One cell, of one reading. */
const cell = (hour: number, heartRate: number): SeriesPiece => ({
  bucketsMicros: Float64Array.of(hour * HOUR),
  means: Float64Array.of(heartRate),
  minima: Float64Array.of(heartRate),
  maxima: Float64Array.of(heartRate),
  counts: Uint32Array.of(1),
  devices: Uint32Array.of(0),
  deviceIds: ['device_a'],
  sums: { coarse: Float64Array.of(heartRate), fine: Float64Array.of(0) },
});

/** Days that begin an hour before midnight. */
const joining = {
  buckets: {
    startOf: (micros: number) => Math.floor((micros + HOUR) / (24 * HOUR)) * 24 * HOUR - HOUR,
  },
  contest: 'instant',
  compareDevices: () => 0,
} as const;

it('a bucket is given as soon as another begins, and the last at the end', async () => {
  let taken = 0;
  const runs = (async function* () {
    for (const hours of [[0, 22], [23], [24, 25], [50]]) {
      taken++;
      yield hours.map((hour) => cell(hour, 60 + hour));
    }
  })();
  const given: [number, number[][]][] = [];
  for await (const pieces of joinedCells(runs, joining)) {
    const rows = seriesRows(pieces).map(({ bucketMicros, heartRate, sampleCount }) => [
      bucketMicros / HOUR,
      heartRate,
      sampleCount,
    ]);
    given.push([taken, rows]);
  }
  expect(given).toEqual([
    [1, []],
    [2, [[-1, 71, 2]]],
    [3, []],
    [4, [[23, 84, 3]]],
    [4, [[47, 110, 1]]],
  ]);
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SeriesQuery, type SeriesRequest } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { EpochMicros, Sequence } from '../../src/readings/reading.ts';
import { FrameStore, type Layout, type StoredReading } from '../support/frame-store.ts';
import { answered } from '../support/series-rows.ts';
import { layout, readings, shuffled, USER } from './arbitrary-readings.ts';
import { oracleSeries } from './oracle.ts';

const DAY = 86_400_000_000;
const START = Date.UTC(2024, 0, 15) * 1000;
const SCOPES = ['timestamp', 'bucket'] as const;

const store = new FrameStore();
const query = new SeriesQuery(store, DEVICE_PRIORITIES);

/** Distinct readings of two devices, whose rates are sums of tenths: hardly any sum is exact. */
const wholeDay: StoredReading[] = Array.from({ length: 24_000 }, (_, i) => ({
  userId: USER,
  deviceId: i % 3 === 0 ? 'device_b' : 'device_a',
  timestampMicros: (START + Math.floor(i / 2) * 7_000_000 + (i % 4)) as EpochMicros,
  heartRate: 30 + ((i * 7919) % 1900) / 10 + 1 / (i + 3),
  sequence: (i + 1) as Sequence,
}));

const inPieces =
  (pieces: number): Layout =>
  (day) =>
    Array.from({ length: pieces }, (_, piece) => day.filter((_row, i) => i % pieces === piece));

const asked = (
  interval: SeriesRequest['interval'],
  priorityScope: SeriesRequest['priorityScope'],
  from = START,
  to = START + DAY,
): SeriesRequest => ({
  userId: USER,
  range: { startMicros: from as EpochMicros, endMicros: to as EpochMicros },
  interval,
  priorityScope,
});

it.each(SCOPES)('a whole day is exact to the last bit however it is kept, by %s', async (scope) => {
  const expected = oracleSeries(wholeDay, DEVICE_PRIORITIES, {
    userId: USER,
    startMicros: START,
    endMicros: START + DAY,
    intervalMicros: DAY,
    priorityScope: scope,
  });
  for (const [pieces, seed] of [
    [1, 1],
    [2, 2],
    [5, 3],
  ] as const) {
    store.hold(shuffled(wholeDay, seed), inPieces(pieces));
    expect(await answered(query.run(asked('1d', scope))), `${pieces} pieces`).toEqual(expected);
  }
});

it('a bucket is the same to the last bit whatever else is asked for with it', async () => {
  store.hold(wholeDay);
  const hour = 3_600_000_000;
  for (const scope of SCOPES) {
    const ofDay = await answered(query.run(asked('1h', scope)));
    const noon = START + 12 * hour;
    const ofHour = await answered(query.run(asked('1h', scope, noon, noon + hour)));
    expect(ofHour).toHaveLength(1);
    expect(ofDay).toContainEqual(ofHour[0]);
  }
});

it('any order of arrival of distinct readings gives the same series to the last bit', async () => {
  const property = fc.asyncProperty(
    readings(60),
    layout,
    layout,
    fc.nat(),
    fc.constantFrom(...SCOPES),
    async (arrived, pieces, otherPieces, seed, scope) => {
      const distinct = [
        ...new Map(arrived.map((one) => [`${one.timestampMicros} ${one.deviceId}`, one])).values(),
      ];
      const request = asked('1d', scope, 0, Date.UTC(2200, 0, 1) * 1000);
      store.hold(distinct, pieces);
      const rows = await answered(query.run(request));

      const inOtherOrder = shuffled(distinct, seed).map((one, i) => {
        return { ...one, sequence: (i + 1) as Sequence };
      });
      store.hold(inOtherOrder, otherPieces);
      expect(await answered(query.run(request))).toEqual(rows);
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

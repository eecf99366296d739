import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SeriesQuery, type SeriesRequest } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES, type DevicePriority } from '../../src/readings/device-priority.ts';
import type { EpochMicros } from '../../src/readings/reading.ts';
import { FrameStore } from '../support/frame-store.ts';
import { answered } from '../support/series-rows.ts';
import { device, instant, layout, readings, USER } from './arbitrary-readings.ts';
import { oracleSeries } from './oracle.ts';

const CASES = 4000;
/** `SEED=… npx vitest run test/query` runs the cases of an earlier run again. */
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const MINUTE = 60_000_000;
const INTERVAL_MICROS = {
  '1m': MINUTE,
  '5m': 5 * MINUTE,
  '15m': 15 * MINUTE,
  '1h': 60 * MINUTE,
  '1d': 24 * 60 * MINUTE,
};

const LISTS: readonly (readonly DevicePriority[])[] = [
  DEVICE_PRIORITIES,
  [],
  [
    { deviceId: '😀', priority: 5 },
    { deviceId: '！', priority: 5 },
    { deviceId: 'device_b', priority: -1.5 },
    { deviceId: 'device_a', priority: 0 },
    { deviceId: 'device_b', priority: 7 },
  ],
  [
    { prefix: 'device', priority: 2 },
    { prefix: 'device_', priority: 1 },
    { deviceId: 'device_b', priority: 3 },
    { prefix: '😀', priority: 2 },
  ],
  [
    { prefix: '', priority: 4 },
    { deviceId: 'ärmel', priority: 4 },
    { prefix: 'D', priority: 3 },
    { deviceId: 'device_b', priority: 3 },
    { deviceId: 'device_a', priority: 5 },
  ],
];

const store = new FrameStore();
// Making a query costs milliseconds, so all cases of a list share one.
const queries = LISTS.map((list) => ({ list, query: new SeriesQuery(store, list) }));

const ALL_TIME = [0 as EpochMicros, (Date.UTC(2200, 0, 1) * 1000) as EpochMicros] as const;
const range = fc.oneof(fc.constant(ALL_TIME), fc.tuple(instant, instant)).map(([a, b]) => ({
  startMicros: Math.min(a, b) as EpochMicros,
  endMicros: Math.max(a, b) as EpochMicros,
}));

const request = fc.record(
  {
    userId: fc.constant(USER),
    range,
    deviceId: device,
    interval: fc.constantFrom(...(['1m', '5m', '15m', '1h', '1d'] as const)),
    priorityScope: fc.constantFrom(...(['timestamp', 'bucket'] as const)),
  },
  { requiredKeys: ['userId', 'range', 'interval', 'priorityScope'] },
) as fc.Arbitrary<SeriesRequest>;

const queryOfCase = fc.constantFrom(...queries);

it(`agrees with plain loops in ${CASES} random cases (seed ${SEED})`, async () => {
  let rowsSeen = 0;
  const property = fc.asyncProperty(
    readings(40),
    layout,
    request,
    queryOfCase,
    async (stored, pieces, asked, { list, query }) => {
      store.hold(stored, pieces);
      const rows = await answered(query.run(asked));
      rowsSeen += rows.length;
      const intervalMicros = INTERVAL_MICROS[asked.interval];
      const expected = oracleSeries(stored, list, { ...asked, ...asked.range, intervalMicros });
      expect(rows).toEqual(expected);
    },
  );
  await fc.assert(property, { numRuns: CASES, seed: SEED });
  expect(rowsSeen).toBeGreaterThan(CASES);
}, 120_000);

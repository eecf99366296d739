import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Zone } from '../../../src/query/local/zone-offsets.ts';
import { SeriesQuery, type SeriesRequest } from '../../../src/query/series-query.ts';
import { DEVICE_PRIORITIES, type DevicePriority } from '../../../src/readings/device-priority.ts';
import type { EpochMicros, Reading, Sequence } from '../../../src/readings/reading.ts';
import { FrameStore } from '../../support/frame-store.ts';
import { allOf, answered, seriesRows } from '../../support/series-rows.ts';
import { layout, USER } from '../arbitrary-readings.ts';
import { oracleExplanations, oracleSeries } from '../oracle.ts';
import { MINUTE, MINUTES_OF, WallClock } from './wall-clock.ts';

const CASES = 120;
/** `SEED=… npx vitest run test/query` runs the cases of an earlier run again. */
const SEED = Number(process.env.SEED ?? Date.now() % 2 ** 31);

const at = (text: string): number => Date.parse(text) * 1000;

/** A zone, and a time at which its clocks change, or just a midnight of its. */
const PLACES = (
  [
    ['Europe/Berlin', '2024-10-27T01:00:00Z'],
    ['Europe/Berlin', '2024-03-31T01:00:00Z'],
    ['America/Sao_Paulo', '2018-11-04T03:00:00Z'],
    ['America/St_Johns', '2006-10-29T02:31:00Z'],
    ['Australia/Lord_Howe', '2024-04-06T15:00:00Z'],
    ['Australia/Lord_Howe', '2024-10-05T15:30:00Z'],
    ['Asia/Kathmandu', '2024-01-15T18:15:00Z'],
    ['Pacific/Apia', '2011-12-30T10:00:00Z'],
    ['Africa/Monrovia', '1972-01-07T00:44:30Z'],
    ['Asia/Tokyo', '1970-01-01T00:00:00Z'],
    ['America/New_York', '2199-12-31T23:59:00Z'],
  ] as const
).map(([name, change]) => ({ name, clock: new WallClock(name), change: at(change) }));

const LISTS: readonly (readonly DevicePriority[])[] = [
  DEVICE_PRIORITIES,
  [],
  [
    { prefix: 'device_', priority: 1 },
    { deviceId: '😀', priority: 2 },
    { prefix: '', priority: 3 },
    { deviceId: 'device_b', priority: 3 },
  ],
];
const store = new FrameStore();
const queries = LISTS.map((list) => ({ list, query: new SeriesQuery(store, list) }));

/** Minutes from the change: near ones, at hours and days from it, and any. */
const offset = fc
  .tuple(
    fc.constantFrom(0, 60, -60, 1440, -1440, 30, 15, -15, 300),
    fc.oneof(fc.constantFrom(0, -1, 1), fc.integer({ min: -1500, max: 1500 })),
    fc.constantFrom(0, 0, 1, MINUTE / 2),
  )
  .map(([one, other, micros]) => (one + other) * MINUTE + micros);

const reading = fc.record({
  deviceId: fc.constantFrom('device_a', 'device_b', 'device', '😀', '！'),
  offset,
  heartRate: fc.oneof(
    fc.integer({ min: 30, max: 220 }),
    fc.double({ min: 30, max: 220, noNaN: true }),
  ),
});

const TIME_ENDS = at('2200-01-01T00:00:00Z');
const within = (micros: number): EpochMicros =>
  Math.min(Math.max(micros, 0), TIME_ENDS - 1) as EpochMicros;

it(`local series agree with plain loops and clocks in ${CASES} cases (seed ${SEED})`, async () => {
  let joined = 0;
  const property = fc.asyncProperty(
    fc.constantFrom(...PLACES),
    fc.array(reading, { minLength: 1, maxLength: 60, size: 'max' }),
    layout,
    fc.tuple(offset, offset),
    fc.record(
      {
        interval: fc.constantFrom(...(['1m', '5m', '15m', '1h', '1d', '1d', '1h'] as const)),
        priorityScope: fc.constantFrom(...(['timestamp', 'bucket'] as const)),
        deviceId: fc.constantFrom('device_a', 'device_b'),
      },
      { requiredKeys: ['interval', 'priorityScope'] },
    ),
    fc.constantFrom(...queries),
    async ({ name, clock, change }, some, kept, ends, asked, { list, query }) => {
      const stored = some.map((one, i) => ({
        sequence: (i + 1) as Sequence,
        userId: USER,
        deviceId: one.deviceId,
        timestampMicros: within(change + one.offset),
        heartRate: one.heartRate,
      }));
      store.hold(stored, kept);
      const [first, last] = ends.map((end) => change + end) as [number, number];
      const range = {
        startMicros: within(Math.min(first, last) - 600 * MINUTE),
        endMicros: (within(Math.max(first, last) + 600 * MINUTE) + 1) as EpochMicros,
      };
      const zone = Zone.named(name) as Zone;
      const request = { userId: USER, range, ...asked } as SeriesRequest;
      const oracle = {
        ...request,
        ...range,
        intervalMicros: MINUTES_OF[asked.interval] * MINUTE,
        bucketOf: (micros: number) => clock.bucketOf(micros, asked.interval),
      };
      const expected = oracleSeries(stored, list, oracle);
      expect(await answered(query.run({ ...request, zone }))).toEqual(expected);
      // What is known by then is joined the same way.
      expect(await answered(query.run({ ...request, zone }))).toEqual(expected);
      const pieces = await allOf(query.run({ ...request, zone, explains: true }));
      expect(seriesRows(pieces)).toEqual(expected);
      expect(pieces.flatMap((piece) => piece.explained)).toEqual(
        oracleExplanations(stored, list, oracle),
      );
      joined += expected.filter(({ sampleCount }) => sampleCount > 1).length;
    },
  );
  await fc.assert(property, { numRuns: CASES, seed: SEED });
  expect(joined).toBeGreaterThan(CASES / 4);
}, 60_000);

it('a local series and one of UTC do not take each other for theirs', async () => {
  const noon = at('2024-01-15T12:00:00Z');
  const readings: Reading[] = Array.from({ length: 48 }, (_, hour) => ({
    userId: USER,
    deviceId: 'device_a',
    timestampMicros: (noon + hour * 60 * MINUTE) as EpochMicros,
    heartRate: 60 + hour,
  }));
  const query = new SeriesQuery(FrameStore.of(...readings), DEVICE_PRIORITIES);
  const range = {
    startMicros: noon as EpochMicros,
    endMicros: (noon + 2880 * MINUTE) as EpochMicros,
  };
  const ask = async (interval: '1h' | '1d', name?: string) => {
    const zone = name === undefined ? {} : { zone: Zone.named(name) as Zone };
    const asked = { userId: USER, range, interval, priorityScope: 'timestamp', ...zone } as const;
    return (await answered(query.run(asked))).map(({ sampleCount }) => sampleCount);
  };
  const ones = Array.from({ length: 48 }, () => 1);
  for (let again = 0; again < 2; again++) {
    expect(await ask('1h')).toEqual(ones);
    expect(await ask('1d', 'Europe/Berlin')).toEqual([11, 24, 13]);
    expect(await ask('1d', 'Asia/Tokyo')).toEqual([3, 24, 21]);
    expect(await ask('1d')).toEqual([12, 24, 12]);
  }
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deviceOrder } from '../../src/query/device-order.ts';
import { runReader } from '../../src/query/reader/read-runs.ts';
import { SeriesQuery, type SeriesRequest } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { EpochMicros, Reading, Sequence, TimeRange } from '../../src/readings/reading.ts';
import type { Changes, DayScan, ScanRequest } from '../../src/storage/reading-store.ts';
import { FrameStore } from '../support/frame-store.ts';
import { answered } from '../support/series-rows.ts';
import { USER } from './arbitrary-readings.ts';

const DAY = 86_400_000_000;
const HOUR = DAY / 24;
const MINUTE = HOUR / 60;
const START = 19_737 * DAY;

const rangeOf = (startMicros: number, endMicros: number) =>
  ({ startMicros, endMicros }) as TimeRange;

/** Says of each of its days what changed as it has been told, and notes what is read of them. */
class ChangingStore extends FrameStore {
  changes: Changes = 'unknown';
  /** `all`, or a range. */
  readonly read: ('all' | TimeRange)[] = [];
  #sequence = 0;

  take(...readings: readonly Reading[]): void {
    this.readings.push(
      ...readings.map((one) => ({ ...one, sequence: ++this.#sequence as Sequence })),
    );
    this.hold(this.readings);
  }
  readonly readings: (Reading & { readonly sequence: Sequence })[] = [];

  override async *scan(request: ScanRequest): AsyncGenerator<DayScan> {
    for await (const scan of super.scan(request)) {
      const source = (range?: TimeRange) => {
        this.read.push(range ?? 'all');
        return scan.source(range);
      };
      yield { ...scan, changesSince: () => this.changes, source };
    }
  }
}

const reading = (deviceId: string, heartRate: number, atMicros = START): Reading => ({
  userId: USER,
  deviceId,
  timestampMicros: atMicros as EpochMicros,
  heartRate,
});

const request: SeriesRequest = {
  userId: USER,
  range: rangeOf(START, START + DAY),
  interval: '1h',
  priorityScope: 'timestamp',
};

/** Making one costs milliseconds, and it remembers nothing: all queries share it. */
const reader = runReader(deviceOrder(DEVICE_PRIORITIES));
const queryOf = (store: ChangingStore) => new SeriesQuery(store, DEVICE_PRIORITIES, () => reader);

const open = (...readings: readonly Reading[]) => {
  const store = new ChangingStore();
  store.take(...readings);
  const query = queryOf(store);
  const rates = async (asked: Partial<SeriesRequest> = {}) =>
    (await answered(query.run({ ...request, ...asked }))).map(({ heartRate }) => heartRate);
  return { store, query, rates };
};

it('a day in which nothing changed is read once', async () => {
  const { store, rates } = open(reading('device_a', 60));
  expect(await rates()).toEqual([60]);
  store.changes = 'none';
  expect(await rates()).toEqual([60]);
  expect(store.read).toEqual(['all']);
});

it('a day of which it is not known what changed is read again', async () => {
  const { store, rates } = open(reading('device_a', 60));
  await rates();
  store.take(reading('device_a', 70));
  expect(await rates()).toEqual([70]);
  expect(store.read).toEqual(['all', 'all']);
});

it('only the buckets in which something changed are read again', async () => {
  const { store, rates } = open(
    reading('device_a', 60, START + HOUR - 1),
    reading('device_a', 70, START + HOUR),
    reading('device_a', 90, START + 3 * HOUR),
  );
  await rates();
  store.take(reading('device_a', 80, START + HOUR + MINUTE));
  store.changes = rangeOf(START + HOUR + MINUTE, START + HOUR + MINUTE + 1);
  expect(await rates()).toEqual([60, 75, 90]);
  expect(store.read).toEqual(['all', rangeOf(START + HOUR, START + 2 * HOUR)]);
});

it('a day of which most may have changed is read as a whole', async () => {
  const { store, rates } = open(reading('device_a', 60), reading('device_a', 70, START + HOUR));
  await rates();
  store.take(reading('device_a', 90, START + 12 * HOUR));
  store.changes = rangeOf(START, START + 12 * HOUR + 1);
  expect(await rates()).toEqual([60, 70, 90]);
  expect(store.read).toEqual(['all', 'all']);
});

it('whatever is asked differently is answered by itself', async () => {
  const half = HOUR / 2;
  const { store, rates } = open(
    reading('device_a', 60),
    reading('device_b', 100, START + half),
    reading('device_b', 90, START + 20 * half),
  );
  store.changes = 'none';
  const others: readonly (readonly [Partial<SeriesRequest>, readonly number[]])[] = [
    [{}, [80, 90]],
    [{ priorityScope: 'bucket' }, [60, 90]],
    [{ deviceId: 'device_b' }, [100, 90]],
    [{ deviceId: 'null' }, []],
    [{ interval: '1m' }, [60, 100, 90]],
    [{ range: rangeOf(START, START + half) }, [60]],
    [{ userId: 'another' }, []],
  ];
  for (const round of [1, 2]) {
    for (const [asked, expected] of others) {
      expect(await rates(asked), `${round} ${JSON.stringify(asked)}`).toEqual(expected);
    }
  }
});

it('what is known of a user is read again once the user has been forgotten', async () => {
  const userId = `${USER}2`;
  const { store, query, rates } = open(reading('device_a', 60), {
    ...reading('device_a', 90),
    userId,
  });
  store.changes = 'none';
  const ask = async () => [...(await rates()), ...(await rates({ userId }))];
  expect(await ask()).toEqual([60, 90]);
  await query.forget(USER);
  expect(await ask()).toEqual([60, 90]);
  expect(store.read).toHaveLength(3);
  await query.forget(userId);
  expect(await ask()).toEqual([60, 90]);
  expect(store.read).toHaveLength(4);
});

it('a range that reaches beyond the day asks the same of it', async () => {
  const { store, rates } = open(reading('device_a', 60));
  await rates();
  store.changes = 'none';
  expect(await rates({ range: rangeOf(START - DAY, START + 3 * DAY) })).toEqual([60]);
  expect(store.read).toHaveLength(1);
});

/** Of the first and the last hour of the day, so that buckets are new, changed, or left alone. */
const arbitraryReading: fc.Arbitrary<Reading> = fc
  .record({
    deviceId: fc.constantFrom('device_a', 'device_b', 'other', 'yet another'),
    minute: fc.oneof(fc.nat(30), fc.integer({ min: 24 * 60 - 30, max: 24 * 60 - 1 })),
    second: fc.constantFrom(0, 30),
    heartRate: fc.double({ min: 30, max: 220, noNaN: true }),
  })
  .map(({ deviceId, minute, second, heartRate }) =>
    reading(deviceId, heartRate, START + minute * MINUTE + second * 1_000_000),
  );

const extentOf = (readings: readonly Reading[]): Changes => {
  if (readings.length === 0) return 'none';
  const micros = readings.map(({ timestampMicros }) => timestampMicros);
  return rangeOf(Math.min(...micros), Math.max(...micros) + 1);
};

it('what is put together of old and new buckets is what a first look gives', async () => {
  const asked = fc.record({
    interval: fc.constantFrom(...(['1m', '5m', '15m', '1h', '1d'] as const)),
    priorityScope: fc.constantFrom(...(['timestamp', 'bucket'] as const)),
    range: fc.constantFrom(
      request.range,
      rangeOf(START + 7 * MINUTE + 1, START + DAY - 7 * MINUTE - 1),
    ),
  });
  const readings = fc.array(arbitraryReading, { maxLength: 20 });
  const batches = fc.array(readings, { minLength: 1, maxLength: 3 });
  const agrees = async (
    how: Pick<SeriesRequest, 'interval' | 'priorityScope' | 'range'>,
    before: readonly Reading[],
    later: readonly (readonly Reading[])[],
  ) => {
    const { store, query } = open(...before);
    await answered(query.run({ ...request, ...how }));
    for (const batch of later) {
      store.take(...batch);
      store.changes = extentOf(batch);
      const rows = await answered(query.run({ ...request, ...how }));
      const fresh = queryOf(store).run({ ...request, ...how });
      expect(rows).toEqual(await answered(fresh));
    }
  };
  await fc.assert(fc.asyncProperty(asked, readings, batches, agrees), { numRuns: 100 });
});

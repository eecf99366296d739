import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { deviceOrder } from '../../../src/query/device-order.ts';
import { runReader } from '../../../src/query/reader/read-runs.ts';
import type { RunJob, RunReader } from '../../../src/query/reader/run-reader.ts';
import { SeriesQuery, type SeriesRequest } from '../../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../../src/readings/device-priority.ts';
import { dayRange } from '../../../src/readings/time-range.ts';
import { dayOf } from '../../../src/readings/timestamp.ts';
import { partitionsFolder } from '../../../src/storage/parquet/disk/layout.ts';
import { built } from '../../support/built.ts';
import { allOf, answered } from '../../support/series-rows.ts';
import {
  append,
  FLUSH_EVERY_COMMIT,
  flushed,
  openStore,
  partNames,
  reading,
} from '../../support/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { exactMean } from '../oracle.ts';

type WorkerReaderModule = typeof import('../../../src/query/reader/worker-reader.ts');

const ORDER = deviceOrder(DEVICE_PRIORITIES);

const startReader = async (): Promise<RunReader> => {
  const { workerReader } = await built<WorkerReaderModule>('query/reader/worker-reader.ts');
  const reader = workerReader(ORDER);
  onTestFinished(() => reader.close());
  return reader;
};

const TEN = reading('', '', '2024-01-15T10:00:00Z', 0).timestampMicros;
const MINUTE = 60_000_000;
const request: SeriesRequest = {
  userId: 'ann',
  range: dayRange(dayOf(TEN)),
  interval: '1m',
  priorityScope: 'timestamp',
};

/** A day of ann's in two parts and in memory, with repeated instants and an unlisted device. */
const openDay = async () => {
  const dataDir = await temporaryFolder();
  const parts = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  const devices = ['device_b', 'device_a', 'watch'];
  const batch = (from: number, rate: number) =>
    devices.flatMap((device, place) =>
      [0, 1, 2].map((i) =>
        reading('ann', device, TEN + (from + i * (place + 1)) * MINUTE, rate + place),
      ),
    );
  await append(parts.store, ...batch(0, 60));
  await append(parts.store, ...batch(2, 70), reading('ben', 'device_a', TEN, 200));
  await flushed(parts.store);
  await parts.store.close();
  const { store } = await openStore(dataDir);
  await append(store, ...batch(4, 80.5));
  onTestFinished(() => store.close());
  return { store, dataDir };
};

/** Reads each day in this thread and by another reader, and compares. */
const bothReaders = (other: RunReader) => {
  const own = runReader(ORDER);
  const both = {
    ...own,
    compared: 0,
    async read(job: RunJob) {
      const expected = await own.read(job);
      expect(await other.read(job)).toEqual(expected);
      both.compared++;
      return expected;
    },
  };
  return both;
};

it('the thread reads a day as it is read without one, as a whole and in part', async () => {
  const { store } = await openDay();
  const both = bothReaders(await startReader());
  const query = new SeriesQuery(store, DEVICE_PRIORITIES, () => both);
  const rows = await answered(query.run(request));
  expect(rows.map(({ deviceId }) => deviceId)).toContain('watch');
  expect(rows).not.toContainEqual(expect.objectContaining({ heartRate: 200 }));
  for (let round = 0; round < 3; round++) {
    await append(store, reading('ann', 'device_a', TEN + round * MINUTE + 1, 90 + round));
    const rates = (await answered(query.run(request))).map(({ heartRate }) => heartRate);
    expect(rates).not.toEqual(rows.map(({ heartRate }) => heartRate));
  }
  expect(both.compared).toBe(4);
});

it('the thread explains a day as it is explained without one', async () => {
  const { store } = await openDay();
  const reader = await startReader();
  const explanations = async (other?: RunReader) => {
    const query = new SeriesQuery(store, DEVICE_PRIORITIES, () => other ?? runReader(ORDER));
    const pieces = await allOf(query.run({ ...request, interval: '1h', explains: true }));
    return pieces.flatMap(({ explained }) => explained);
  };
  // Of device_a there are nine readings, of minutes 0, 2, 4; 2, 4, 6; 4, 6, 8.
  const own = await explanations();
  expect(own).toEqual([
    [
      { deviceId: 'device_a', readings: 5, counted: 5, rule: 'preferred' },
      expect.objectContaining({ deviceId: 'device_b', rule: 'outranked' }),
      expect.objectContaining({ deviceId: 'watch', rule: 'outranked' }),
    ],
  ]);
  expect(await explanations(reader)).toEqual(own);
});

it('means of rows from parts and memory are correctly rounded, in the thread as well', async () => {
  const dataDir = await temporaryFolder();
  const rates = [123.4, 123.4, 123.4, 70.1, 70.1, 81.7];
  const readings = rates.map((rate, i) =>
    reading('ann', 'device_a', TEN + Math.floor(i / 3) * MINUTE + i, rate),
  );
  const parts = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  await append(parts.store, ...readings.filter((_one, i) => i % 3 === 0));
  await append(parts.store, ...readings.filter((_one, i) => i % 3 === 1));
  await flushed(parts.store);
  await parts.store.close();
  const { store } = await openStore(dataDir);
  onTestFinished(() => store.close());
  await append(store, ...readings.filter((_one, i) => i % 3 === 2));
  const both = bothReaders(await startReader());
  const query = new SeriesQuery(store, DEVICE_PRIORITIES, () => both);
  const means = async (interval: SeriesRequest['interval']) =>
    (await answered(query.run({ ...request, interval }))).map(({ heartRate }) => heartRate);
  expect(await means('1m')).toEqual([123.4, exactMean(rates.slice(3))]);
  expect(await means('1d')).toEqual([exactMean(rates)]);
  expect(both.compared).toBe(2);
});

it('a day that cannot be read fails, and is read without what is damaged', async () => {
  const { store, dataDir } = await openDay();
  const reader = await startReader();
  const query = new SeriesQuery(store, DEVICE_PRIORITIES, () => reader);
  expect((await answered(query.run(request))).at(0)).toMatchObject({ heartRate: 61 });
  await append(store, reading('ann', 'device_a', TEN + 20 * MINUTE, 95));
  const [name] = await partNames(dataDir);
  await truncate(join(partitionsFolder(dataDir), name as string), 900);
  // Of the first minute there was something in that part alone.
  const rows = await answered(new SeriesQuery(store, DEVICE_PRIORITIES, () => reader).run(request));
  expect(rows[0]?.bucketMicros).toBe(TEN + 2 * MINUTE);
  expect(store.health().state).toBe('degraded');
});

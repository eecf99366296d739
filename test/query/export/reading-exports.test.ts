import { expect, test } from 'vitest';
import { ClientGoneError } from '../../../src/query/client-gone.ts';
import { ReadingExports } from '../../../src/query/export/reading-exports.ts';
import type { ReadingsPiece } from '../../../src/query/export/readings-piece.ts';
import { SeriesQuery } from '../../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../../src/readings/device-priority.ts';
import type { Reading } from '../../../src/readings/reading.ts';
import { MICROS_PER_DAY } from '../../../src/readings/timestamp.ts';
import {
  type ReadingStore,
  type ScanRequest,
  StoreUnavailableError,
} from '../../../src/storage/reading-store.ts';
import {
  append,
  FLUSH_EVERY_COMMIT,
  flushed,
  openStore,
  type Row,
  reading,
  scanRequest,
} from '../../support/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const FIRST = reading('', '', '2024-01-15T00:00:00Z', 0).timestampMicros;

const exportsOf = (store: ReadingStore, maxExports = 8) =>
  new ReadingExports(new SeriesQuery(store, DEVICE_PRIORITIES), { maxExports });

const rowsIn = ({ devices, deviceIds, timestampsMicros, heartRates }: ReadingsPiece): Row[] =>
  Array.from(devices, (device, row) => [
    deviceIds[device] as string,
    timestampsMicros[row] as number,
    heartRates[row] as number,
  ]);

const allOf = async (pieces: AsyncIterable<ReadingsPiece>): Promise<Row[]> => {
  const rows: Row[] = [];
  for await (const piece of pieces) rows.push(...rowsIn(piece));
  return rows;
};

/** By code points, which is the order of UTF-8. */
const inUtf8Order = (a: string, b: string): number =>
  Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The last value of each identity, in the order that the contract promises. */
const expectedOf = (readings: readonly Reading[]): Row[] => {
  const last = new Map<string, Row>();
  for (const { deviceId, timestampMicros, heartRate } of readings) {
    last.set(`${timestampMicros} ${deviceId}`, [deviceId, timestampMicros, heartRate]);
  }
  return [...last.values()].sort((a, b) => a[1] - b[1] || inUtf8Order(a[0], b[0]));
};

test('each identity once with its last value, in order, over parts, memory and runs of days', async () => {
  const dataDir = await temporaryFolder();
  const devices = ['device_b', 'device_a', '\uffee', '😀', 'é'];
  const wave = (value: number): Reading[] =>
    Array.from({ length: 40 }, (_, day) => day).flatMap((day) =>
      devices.map((device, i) =>
        reading('ann', device, FIRST + day * MICROS_PER_DAY + (i % 2), value + i / 7),
      ),
    );
  const parts = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  const old = [...wave(60), ...wave(70).slice(0, 50)];
  for (const batch of [old.slice(0, 150), old.slice(150, 220), old.slice(220)]) {
    await append(parts.store, ...batch, reading('ben', 'device_a', FIRST, 99));
  }
  await flushed(parts.store);
  await parts.store.close();

  const { store } = await openStore(dataDir);
  const late = [...wave(80).slice(30, 60), reading('ann', 'late', FIRST + 41 * MICROS_PER_DAY, 90)];
  await append(store, ...late);
  const all = expectedOf([...old, ...late]);
  const exports = exportsOf(store);
  expect(await allOf(exports.run(scanRequest('ann')))).toEqual(all);
  expect(await allOf(exports.run(scanRequest('ann', undefined, '😀')))).toEqual(
    all.filter(([device]) => device === '😀'),
  );
  const range = { start: '2024-01-15T00:00:00.000001Z', end: '2024-01-17T00:00:00.000001Z' };
  expect(await allOf(exports.run(scanRequest('ann', range)))).toEqual(
    all.filter(([, at]) => at > FIRST && at <= FIRST + 2 * MICROS_PER_DAY),
  );
  expect(await allOf(exports.run(scanRequest('nobody')))).toEqual([]);
  expect(exports.running).toBe(0);
  await store.close();
});

test('a day with more readings than are read at a time is the same, in parts and in memory', async () => {
  const dataDir = await temporaryFolder();
  const parts = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  // Most of them in one hour, all within what is asked for but the last.
  const many = Array.from({ length: 110_000 }, (_, i) =>
    reading('ann', i % 3 === 0 ? 'b' : 'a', FIRST + Math.floor(i / 2) * 50_000, 50 + (i % 99)),
  );
  const outside = reading('ann', 'a', FIRST + MICROS_PER_DAY / 2, 60);
  await append(parts.store, outside);
  for (let from = 0; from < many.length; from += 10_000) {
    await append(parts.store, ...many.slice(from, from + 10_000));
  }
  await flushed(parts.store);
  await parts.store.close();
  const { store } = await openStore(dataDir);
  const late = many.filter((_, i) => i % 7 === 0).map((one) => ({ ...one, heartRate: 200 }));
  await append(store, ...late);
  const range = { start: '2024-01-14T12:00:00Z', end: '2024-01-15T12:00:00Z' };
  const found = await allOf(exportsOf(store).run(scanRequest('ann', range)));
  const expected = expectedOf([...many, ...late]);
  expect(found.length).toBe(expected.length);
  // As text: to compare so many arrays takes the test runner half a minute.
  expect(JSON.stringify(found) === JSON.stringify(expected)).toBe(true);
  await store.close();
});

const seconds = (count: number, rate = 60): Reading[] =>
  Array.from({ length: count }, (_, i) => reading('ann', 'a', FIRST + i * 1_000_000, rate));

test('it is given in short pieces, as of the moment it began', async () => {
  const { store } = await openStore(await temporaryFolder());
  await append(store, ...seconds(900));
  const run = exportsOf(store).run(scanRequest('ann'));
  const first = await run.next();
  await append(store, ...seconds(1_000, 61), reading('ann', 'a', FIRST + 9 * MICROS_PER_DAY, 62));
  const lengths = [(first.value as ReadingsPiece).devices.length];
  for await (const piece of run) {
    lengths.push(piece.devices.length);
    expect(new Set(piece.heartRates)).toEqual(new Set([60]));
  }
  expect(lengths).toEqual([250, 250, 250, 150]);
  await store.close();
});

test('nothing is given after an erasure of the user, and others are not disturbed', async () => {
  const { store } = await openStore(await temporaryFolder());
  await append(store, ...seconds(900), reading('ben', 'a', FIRST, 60));
  await append(store, ...seconds(900).map((one) => ({ ...one, userId: 'ben' })));
  const exports = exportsOf(store);
  const [ofAnn, ofBen] = [exports.run(scanRequest('ann')), exports.run(scanRequest('ben'))];
  await ofAnn.next();
  await ofBen.next();
  await store.erase({ userId: 'ann' });
  exports.forget('ann');
  await expect(ofAnn.next()).rejects.toThrow('erased meanwhile');
  expect(await allOf(ofBen)).toHaveLength(650);
  // A new one finds what there is.
  expect(await allOf(exports.run(scanRequest('ann')))).toEqual([]);
  await store.close();
});

test('so many at once and no more; one that is given up makes room and lets go of its files', async () => {
  const { store } = await openStore(await temporaryFolder());
  let held = 0;
  const holding = new Proxy(store, {
    get: (_, name: keyof ReadingStore) =>
      name !== 'scan'
        ? store[name].bind(store)
        : async function* (request: ScanRequest) {
            held++;
            try {
              yield* store.scan(request);
            } finally {
              held--;
            }
          },
  });
  await append(store, ...seconds(900));
  const exports = exportsOf(holding, 2);
  const [one, two] = [exports.run(scanRequest('ann')), exports.run(scanRequest('ann'))];
  await one.next();
  await two.next();
  await expect(exports.run(scanRequest('ann')).next()).rejects.toThrow(StoreUnavailableError);
  expect([exports.running, held]).toEqual([2, 2]);
  await one.return(undefined);
  expect([exports.running, held]).toEqual([1, 1]);
  expect(await allOf(exports.run(scanRequest('ann')))).toHaveLength(900);
  await two.return(undefined);
  expect([exports.running, held]).toEqual([0, 0]);
  await store.close();
});

test('a client that has left ends it, and what it held is let go', async () => {
  const { store } = await openStore(await temporaryFolder());
  await append(store, ...seconds(10), reading('ann', 'a', FIRST + MICROS_PER_DAY, 60));
  const exports = exportsOf(store);
  const leaving = new AbortController();
  const run = exports.run(scanRequest('ann'), leaving.signal);
  await run.next();
  leaving.abort();
  await expect(run.next()).rejects.toThrow(ClientGoneError);
  expect(exports.running).toBe(0);
  await store.close();
});

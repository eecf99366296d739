import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Erasure } from '../../src/readings/erasure.ts';
import type { Reading } from '../../src/readings/reading.ts';
import { nodeFiles } from '../../src/storage/parquet/disk/node-files.ts';
import { inlineJobs } from '../../src/storage/parquet/parts/inline-jobs.ts';
import type { Jobs } from '../../src/storage/parquet/parts/jobs.ts';
import type { ReadingStore } from '../../src/storage/reading-store.ts';
import {
  AcceptedReadings,
  append,
  FLUSH_EVERY_COMMIT,
  flushed,
  leftBehind,
  openStore,
  reading,
  rowsOf,
  scanRequest,
  until,
} from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const stamp = (text: string) => reading('', '', text, 0).timestampMicros;

/** From ten o'clock of one day to ten o'clock of the next. */
const RANGE = {
  startMicros: stamp('2024-01-15T10:00:00Z'),
  endMicros: stamp('2024-01-16T10:00:00Z'),
};

/** On both sides of both ends, and in between, of three days; of two devices and two users. */
const READINGS: readonly Reading[] = [
  '2024-01-14T10:00:00Z',
  '2024-01-15T09:59:59.999999Z',
  '2024-01-15T10:00:00Z',
  '2024-01-15T23:59:59.999999Z',
  '2024-01-16T00:00:00Z',
  '2024-01-16T09:59:59.999999Z',
  '2024-01-16T10:00:00Z',
].flatMap((at, i) =>
  ['ann', 'ben'].flatMap((user, u) =>
    ['a', 'b'].map((device, d) => reading(user, device, at, 60 + i + 20 * u + 40 * d)),
  ),
);

const SELECTIONS: [string, Erasure, number][] = [
  ['a device', { userId: 'ann', deviceId: 'a' }, 7],
  ['a range', { userId: 'ann', range: RANGE }, 8],
  ['a range of a device', { userId: 'ann', deviceId: 'b', range: RANGE }, 4],
];

/** The store has just what was accepted, and the user of the erasure in each narrower scan too. */
const expectAgreement = async (store: ReadingStore, accepted: AcceptedReadings) => {
  for (const userId of ['ann', 'ben']) {
    for (const deviceId of [undefined, 'a', 'b']) {
      const request = scanRequest(userId, undefined, deviceId);
      expect(await rowsOf(store, request)).toEqual(accepted.rows(request));
      const inRange = { ...request, range: RANGE };
      expect(await rowsOf(store, inRange)).toEqual(accepted.rows(inRange));
    }
  }
};

const segmentsOf = (dataDir: string) => readdir(join(dataDir, 'wal'));

/** Nothing is to be done any more, and no log is left that could say what is void. */
const carriedOut = (dataDir: string, store: ReadingStore): Promise<void> =>
  until('it is carried out', async () => {
    return store.health().segments === 0 && (await segmentsOf(dataDir)).length === 0;
  });

/** Erases, sends something of it again, and starts thrice: what was void stays so. */
const eraseAndGoOn = async (
  store: ReadingStore,
  dataDir: string,
  erasure: Erasure,
  count: number,
  accepted: AcceptedReadings,
) => {
  expect(await store.erase(erasure)).toBe(count);
  accepted.erase(erasure);
  await expectAgreement(store, accepted);
  expect(await store.erase(erasure)).toBe(0);
  const again = READINGS.filter(({ userId }) => userId === 'ann')
    .filter((_, i) => i % 3 === 0)
    .map((one) => ({ ...one, heartRate: one.heartRate + 100 }));
  await append(store, ...again);
  accepted.add(...again);
  await expectAgreement(store, accepted);
  await store.close();
  for (let start = 0; start < 3; start++) {
    const { store: next } = await openStore(dataDir);
    await expectAgreement(next, accepted);
    await carriedOut(dataDir, next);
    await expectAgreement(next, accepted);
    await next.close();
  }
};

const acceptedOf = (...readings: readonly Reading[]): AcceptedReadings => {
  const accepted = new AcceptedReadings();
  accepted.add(...readings);
  return accepted;
};

test.each(SELECTIONS)('%s, while all is in memory', async (_, erasure, count) => {
  const dataDir = await temporaryFolder();
  const { store } = await openStore(dataDir);
  await append(store, ...READINGS);
  await eraseAndGoOn(store, dataDir, erasure, count, acceptedOf(...READINGS));
});

test.each(SELECTIONS)('%s, when all is in Parquet', async (_, erasure, count) => {
  const dataDir = await temporaryFolder();
  const { store: before } = await openStore(dataDir);
  await append(before, ...READINGS);
  await before.close();
  const { store } = await openStore(dataDir);
  await eraseAndGoOn(store, dataDir, erasure, count, acceptedOf(...READINGS));
});

test.each(SELECTIONS)('%s, of readings in several parts and in memory', async (_, erasure, n) => {
  const dataDir = await temporaryFolder();
  const { store: before } = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  const accepted = acceptedOf();
  // Each identity in two places or three, with a value of its own in each.
  for (const [round, some] of [READINGS, READINGS.slice(4), READINGS.slice(2, 20)].entries()) {
    const readings = some.map((one) => ({ ...one, heartRate: one.heartRate + round }));
    await append(before, ...readings);
    accepted.add(...readings);
    await flushed(before);
  }
  await before.close();
  const { store } = await openStore(dataDir);
  const last = READINGS.slice(8).map((one) => ({ ...one, heartRate: one.heartRate + 7 }));
  await append(store, ...last);
  accepted.add(...last);
  await eraseAndGoOn(store, dataDir, erasure, n, accepted);
});

/** Jobs of which one kind waits until it is let go on. */
const heldBack = (name: 'flush' | 'compact' | 'erase') => {
  const jobs = inlineJobs(nodeFiles);
  let begun = false;
  let letGo = () => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const held = async (job: never) => {
    begun = true;
    await gate;
    return (jobs[name] as (job: never) => Promise<unknown>)(job);
  };
  return { jobs: { ...jobs, [name]: held } as Jobs, hasBegun: () => begun, letGo: () => letGo() };
};

test.each(SELECTIONS)('%s, while a flush is under way', async (_, erasure, count) => {
  const dataDir = await temporaryFolder();
  const { jobs, hasBegun, letGo } = heldBack('flush');
  const { store } = await openStore(dataDir, { ...FLUSH_EVERY_COMMIT, jobs });
  await append(store, ...READINGS);
  await until('the flush is under way', hasBegun);
  const accepted = acceptedOf(...READINGS);
  expect(await store.erase(erasure)).toBe(count);
  accepted.erase(erasure);
  await expectAgreement(store, accepted);
  letGo();
  await flushed(store);
  await expectAgreement(store, accepted);
  await carriedOut(dataDir, store);
  await eraseAndGoOn(store, dataDir, { userId: 'ben' }, 14, accepted);
});

test.each(SELECTIONS)('%s, while parts are being merged', async (_, erasure, count) => {
  const dataDir = await temporaryFolder();
  const { store: before } = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  const accepted = acceptedOf();
  for (let part = 0; part < 6; part++) {
    const readings = READINGS.map((one) => ({ ...one, heartRate: one.heartRate + part }));
    await append(before, ...readings);
    accepted.add(...readings);
  }
  await flushed(before);
  await before.close();
  const { jobs, hasBegun, letGo } = heldBack('compact');
  const { store } = await openStore(dataDir, { ...FLUSH_EVERY_COMMIT, jobs });
  for (let part = 6; !hasBegun(); part++) {
    const readings = READINGS.map((one) => ({ ...one, heartRate: one.heartRate + part }));
    await append(store, ...readings);
    accepted.add(...readings);
    await flushed(store);
  }
  expect(await store.erase(erasure)).toBe(count);
  accepted.erase(erasure);
  await expectAgreement(store, accepted);
  letGo();
  await carriedOut(dataDir, store);
  await expectAgreement(store, accepted);
  await eraseAndGoOn(store, dataDir, { userId: 'ben' }, 14, accepted);
});

test('one that died at any time after the answer leaves nothing to come back', async () => {
  const dataDir = await temporaryFolder();
  const { store: before } = await openStore(dataDir);
  await append(before, ...READINGS);
  await before.close();
  const copies: string[] = [];
  const jobs = inlineJobs(nodeFiles);
  const erase: Jobs['erase'] = async (job) => {
    copies.push(await leftBehind(dataDir));
    const result = await jobs.erase(job);
    copies.push(await leftBehind(dataDir));
    return result;
  };
  const { store } = await openStore(dataDir, { jobs: { ...jobs, erase } });
  const accepted = acceptedOf(...READINGS);
  for (const [, erasure, count] of SELECTIONS.slice(1)) {
    const left =
      count - (accepted.rows({ ...scanRequest('ann'), range: RANGE }).length === 0 ? 4 : 0);
    expect(await store.erase(erasure)).toBe(left);
    accepted.erase(erasure);
  }
  copies.push(await leftBehind(dataDir));
  await store.close();
  expect(copies.length).toBeGreaterThanOrEqual(3);
  for (const copy of copies) {
    const { store: next } = await openStore(copy);
    await expectAgreement(next, accepted);
    await carriedOut(copy, next);
    await expectAgreement(next, accepted);
    await next.close();
  }
});

test('several of one user are in force beside each other', async () => {
  const dataDir = await temporaryFolder();
  const { jobs, letGo } = heldBack('erase');
  const { store: before } = await openStore(dataDir);
  await append(before, ...READINGS);
  await before.close();
  const { store } = await openStore(dataDir, { ...FLUSH_EVERY_COMMIT, jobs });
  const accepted = acceptedOf(...READINGS);
  const erasures: Erasure[] = [
    { userId: 'ann', range: { ...RANGE, endMicros: stamp('2024-01-15T23:59:59.999999Z') } },
    { userId: 'ann', deviceId: 'b', range: RANGE },
    { userId: 'ben', deviceId: 'a' },
    { userId: 'ann', range: RANGE },
  ];
  for (const erasure of erasures) {
    expect(await store.erase(erasure)).toBe(accepted.erase(erasure));
    await expectAgreement(store, accepted);
  }
  // In a part, too, what came later lives.
  const later = READINGS.slice(2, 24).map((one) => ({ ...one, heartRate: one.heartRate + 5 }));
  await append(store, ...later);
  accepted.add(...later);
  await flushed(store);
  await expectAgreement(store, accepted);
  // And lives when it has to be rewritten for another.
  const last: Erasure = { userId: 'ben', deviceId: 'b' };
  expect(await store.erase(last)).toBe(accepted.erase(last));
  letGo();
  await carriedOut(dataDir, store);
  await expectAgreement(store, accepted);
  await store.close();
});

test('what covers nothing leaves no record in the log', async () => {
  const dataDir = await temporaryFolder();
  const { store: before } = await openStore(dataDir);
  await append(before, ...READINGS);
  await before.close();
  const { store, events } = await openStore(dataDir);
  const elsewhere = {
    ...RANGE,
    startMicros: stamp('2024-02-01T00:00:00Z'),
    endMicros: stamp('2024-03-01T00:00:00Z'),
  };
  expect(await store.erase({ userId: 'nobody' })).toBe(0);
  expect(await store.erase({ userId: 'ann', range: elsewhere })).toBe(0);
  // In parts that hold others of the user, of the same days.
  expect(await store.erase({ userId: 'ann', deviceId: 'c' })).toBe(0);
  const between = {
    startMicros: stamp('2024-01-15T11:00:00Z'),
    endMicros: stamp('2024-01-15T12:00:00Z'),
  };
  expect(await store.erase({ userId: 'ann', range: between })).toBe(0);
  expect(events.committed).toEqual([]);
  expect(await segmentsOf(dataDir)).toEqual([]);
  await store.close();
  // Nor was anything counted or logged as erased.
  expect(events.erased).toEqual([]);
});

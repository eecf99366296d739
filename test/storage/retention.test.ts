import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { EpochDay } from '../../src/readings/reading.ts';
import { formatDay, MICROS_PER_DAY } from '../../src/readings/timestamp.ts';
import type { DayScan, ReadingStore } from '../../src/storage/reading-store.ts';
import { collected } from '../support/collected.ts';
import {
  append,
  FLUSH_EVERY_COMMIT,
  flushed,
  openStore,
  reading,
  recordingObserver,
  rowsOf,
  scanRequest,
  until,
} from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const today = Math.floor((Date.now() * 1000) / MICROS_PER_DAY);

/** A reading at noon so many days ago, of that heart rate too. */
const daysAgo = (days: number) =>
  reading('ann', 'a', (today - days) * MICROS_PER_DAY + MICROS_PER_DAY / 2, 60 + (days % 100));

const daysIn = async (dataDir: string): Promise<string[]> =>
  (await readdir(join(dataDir, 'heart_rate'))).sort();

const folderOf = (days: number): string => `date=${formatDay((today - days) as EpochDay)}`;

const ratesIn = async (store: ReadingStore): Promise<number[]> =>
  (await rowsOf(store, scanRequest('ann'))).map(([, , rate]) => rate);

const storedDays = async (...days: readonly number[]): Promise<string> => {
  const dataDir = await temporaryFolder();
  const { store } = await openStore(dataDir);
  await append(store, ...days.map(daysAgo));
  await store.close();
  return dataDir;
};

test('all is kept without it', async () => {
  const dataDir = await storedDays(19_939, 0);
  const { store } = await openStore(dataDir);
  expect(await ratesIn(store)).toEqual([99, 60]);
  await store.close();
  expect(await daysIn(dataDir)).toHaveLength(2);
});

test('a day that ended longer ago goes as a whole, and its folder with it', async () => {
  const dataDir = await storedDays(0, 2, 3, 30);
  const { store } = await openStore(dataDir, { retentionDays: 2 });
  await until('the old days are gone', async () => (await daysIn(dataDir)).length === 2);
  expect(await daysIn(dataDir)).toEqual([folderOf(2), folderOf(0)]);
  expect(await ratesIn(store)).toEqual([62, 60]);
  expect(store.health()).toMatchObject({ state: 'ok', parts: 2 });
  await store.close();
});

test('days go one after the other, the oldest first, and each is told of', async () => {
  const dataDir = await storedDays(0, 40, 20, 30);
  const { store, events } = await openStore(dataDir, { retentionDays: 2 });
  await until('the old days are gone', async () => (await daysIn(dataDir)).length === 1);
  const day = (days: number) => formatDay((today - days) as EpochDay);
  const judged = { parts: 1, asOf: day(0) };
  expect(events.expired).toEqual([
    { ...judged, day: day(40), left: 2 },
    { ...judged, day: day(30), left: 1 },
    { ...judged, day: day(20), left: 0 },
  ]);
  await store.close();
});

test('the first day waits as long as each further one, and nobody need wake the store', async () => {
  const dataDir = await storedDays(0, 40, 20);
  const atMs = [performance.now()];
  const observer = new Proxy(recordingObserver().observer, {
    get: (target, name, receiver) =>
      name === 'expired' ? () => atMs.push(performance.now()) : Reflect.get(target, name, receiver),
  });
  const options = { observer, retentionDays: 2, expiryIntervalMs: 250 };
  const { store } = await openStore(dataDir, options);
  await until('the old days are gone', async () => (await daysIn(dataDir)).length === 1);
  const [openedAtMs = 0, firstAtMs = 0, secondAtMs = 0] = atMs;
  expect(firstAtMs - openedAtMs).toBeGreaterThanOrEqual(250);
  expect(secondAtMs - firstAtMs).toBeGreaterThanOrEqual(250);
  await store.close();
});

test('a store that closes drops nothing before its time', async () => {
  const dataDir = await storedDays(0, 40, 20, 30);
  const options = { ...FLUSH_EVERY_COMMIT, retentionDays: 2, expiryIntervalMs: 3_600_000 };
  const { store, events } = await openStore(dataDir, options);
  for (const days of [0, 1, 2]) {
    await append(store, daysAgo(days));
    await flushed(store);
  }
  await store.close();
  expect(events.expired).toEqual([]);
  expect(events.expiring).toMatchObject([{ days: 3, firstInMs: 3_600_000 }]);
  expect(await daysIn(dataDir)).toEqual([40, 30, 20, 2, 1, 0].map(folderOf));
});

const YEARS_10 = 3_653;

/** From here on the clock is so many days ahead, or behind. */
const moveClock = (days: number): void => {
  vi.useFakeTimers({ toFake: ['Date'], now: (today + days + 0.5) * (MICROS_PER_DAY / 1000) });
};

/** All that could be dropped at this start has been. */
const startAndEnd = async (dataDir: string, retentionDays: number): Promise<void> => {
  const { store } = await openStore(dataDir, { retentionDays });
  await store.close();
};

test('a clock that is ten years ahead at one start takes nothing away', async () => {
  onTestFinished(() => void vi.useRealTimers());
  // Of 2199, some of which clocks and senders make up.
  const ofTheFuture = -62_000;
  const dataDir = await storedDays(0, 1, 2, ofTheFuture);
  moveClock(YEARS_10);
  await startAndEnd(dataDir, 2);
  moveClock(-YEARS_10);
  await startAndEnd(dataDir, 2);
  moveClock(0);
  await startAndEnd(dataDir, 2);
  expect(await daysIn(dataDir)).toEqual([2, 1, 0, ofTheFuture].map(folderOf));
  moveClock(1);
  // A day later, and something of it is there.
  const { store } = await openStore(dataDir, { retentionDays: 2 });
  await append(store, daysAgo(-1));
  await store.close();
  await startAndEnd(dataDir, 2);
  expect(await daysIn(dataDir)).toEqual([1, 0, -1, ofTheFuture].map(folderOf));
});

test('a clock that is ahead, and a reading of its day, leave time to see the warning', async () => {
  onTestFinished(() => void vi.useRealTimers());
  const dataDir = await storedDays(0, 1, 2);
  moveClock(YEARS_10);
  const waiting = { ...FLUSH_EVERY_COMMIT, retentionDays: 2, expiryIntervalMs: 3_600_000 };
  const wrong = await openStore(dataDir, waiting);
  const day = (days: number) => formatDay((today - days) as EpochDay);
  await until('the clock is noticed', () => wrong.events.clockAhead.length > 0);
  expect(wrong.events.clockAhead).toEqual([{ asOf: day(0), today: day(-YEARS_10) }]);
  await append(wrong.store, daysAgo(-YEARS_10));
  await flushed(wrong.store);
  await until('the days are noticed', () => wrong.events.expiring.length > 0);
  expect(wrong.events.expiring).toEqual([
    { days: 3, oldest: day(2), asOf: day(-YEARS_10), firstInMs: 3_600_000 },
  ]);
  await wrong.store.close();
  moveClock(0);
  await startAndEnd(dataDir, 2);
  expect(await daysIn(dataDir)).toEqual([2, 1, 0, -YEARS_10].map(folderOf));
});

test('what was accepted on its last day goes when that day has ended', async () => {
  onTestFinished(() => void vi.useRealTimers());
  const dataDir = await storedDays(2, 0);
  await startAndEnd(dataDir, 2);
  expect(await daysIn(dataDir)).toEqual([2, 0].map(folderOf));
  moveClock(1);
  const { store } = await openStore(dataDir, { ...FLUSH_EVERY_COMMIT, retentionDays: 2 });
  await append(store, daysAgo(-1));
  await until('the old day is gone', async () => !(await daysIn(dataDir)).includes(folderOf(2)));
  expect(await ratesIn(store)).toEqual([60, 59]);
  await store.close();
});

test('a day that expires while somebody reads it is read to the end', async () => {
  const dataDir = await storedDays(2, 0);
  const { store } = await openStore(dataDir, { ...FLUSH_EVERY_COMMIT, retentionDays: 2 });
  const scan = store.scan(scanRequest('ann'))[Symbol.asyncIterator]();
  const { value } = await scan.next();

  moveClock(1);
  onTestFinished(() => void vi.useRealTimers());
  await append(store, daysAgo(-1));
  await until('the day is out of force', async () => !(await ratesIn(store)).includes(62));
  expect((await collected(value as DayScan)).getColumn('heart_rate').toArray()).toEqual([62]);
  expect(await daysIn(dataDir)).toContain(folderOf(2));
  await scan.return?.();
  await until('the old day is gone', async () => !(await daysIn(dataDir)).includes(folderOf(2)));
  await store.close();
});

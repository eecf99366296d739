import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { partitionsFolder } from '../../src/storage/parquet/disk/layout.ts';
import { MAX_PARTS_PER_SMALL_DAY } from '../../src/storage/parquet/maintenance/compaction-policy.ts';
import type { DayScan, ReadingStore } from '../../src/storage/reading-store.ts';
import { openStore, rowsOf } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { builtWorkerJobs } from './built-worker-jobs.ts';
import { randomOf } from './faults/random.ts';
import { EVER, RacingUser } from './race-user.ts';

const SECONDS = Number(process.env.RACE_SECONDS ?? 5);
const SEED = Number(process.env.RACE_SEED ?? Date.now() % 2 ** 31);
const USERS = 4;
/** How long the slower of the two readers holds each day's files. */
const LINGER_MS = 30;
const SLOW_MACHINE_MS = 30_000;
/** Polars keeps some of what it has freed; what grows without end is beyond this soon. */
const GROWTH_MAX_BYTES = 400 * 2 ** 20;

async function* lingering(days: AsyncIterable<DayScan>): AsyncGenerator<DayScan> {
  for await (const day of days) {
    await sleep(LINGER_MS);
    yield day;
  }
}

const partsPerDay = async (dataDir: string): Promise<number[]> => {
  const folder = partitionsFolder(dataDir);
  const days = await readdir(folder);
  return Promise.all(days.map(async (day) => (await readdir(join(folder, day))).length));
};

const rowsWithKey = async (store: ReadingStore, userId: string): Promise<[string, number][]> => {
  const rows = await rowsOf(store, { userId, range: EVER });
  return rows.map(([device, micros, rate]) => [`${device} ${micros}`, rate]);
};

const holdsAll = async (store: ReadingStore, users: readonly RacingUser[]): Promise<void> => {
  for (const user of users) {
    expect(new Map(await rowsWithKey(store, user.userId))).toEqual(user.expected);
  }
};

test(`${SECONDS} s of flushes and compaction against writes, queries, erasures (seed ${SEED})`, {
  timeout: 60_000 + SECONDS * 4_000,
}, async () => {
  const dataDir = await temporaryFolder();
  const { store, events } = await openStore(dataDir, {
    flushIntervalMs: 250,
    segmentMaxBytes: 20_000,
    jobs: await builtWorkerJobs(),
  });
  const users = Array.from({ length: USERS }, (_, i) => {
    return new RacingUser(`user-${i}`, randomOf(SEED + i));
  });
  const endsAtMs = Date.now() + SECONDS * 1000;
  const { failed, flushed, compacted, erased } = events;
  const hasHappened = () => flushed.length > 0 && compacted.length > 0 && erased.length > 0;
  // On a machine that is busy otherwise the first of each may take longer.
  const isOver = () => Date.now() > endsAtMs + (hasHappened() ? 0 : SLOW_MACHINE_MS);
  const wrong: string[] = [];
  const ask = async (how: Pick<ReadingStore, 'scan'>) => {
    for (let turn = 0; !isOver(); turn++) {
      const user = users[turn % USERS] as RacingUser;
      wrong.push(...(await user.query((request) => rowsOf(how, request))));
      // Where there is nothing to read the scan ends without a wait, and nobody else would run.
      await setImmediate();
    }
  };
  const rssBefore = process.memoryUsage().rss;
  // Two at once, as the service asks: each more would take a thread that the log's sync needs.
  const asking = [ask(store), ask({ scan: (request) => lingering(store.scan(request)) })];
  await Promise.all([...users.map((user) => user.sendUntil(store, isOver)), ...asking]);
  expect(wrong.slice(0, 10)).toEqual([]);
  const growth = process.memoryUsage().rss - rssBefore;

  const isQuiet = async () => {
    expect(store.health()).toMatchObject({ state: 'ok', segments: 0 });
    expect(Math.max(...(await partsPerDay(dataDir)))).toBeLessThanOrEqual(MAX_PARTS_PER_SMALL_DAY);
  };
  await vi.waitFor(isQuiet, { timeout: SLOW_MACHINE_MS });
  await holdsAll(store, users);
  await store.close();
  const { store: next } = await openStore(dataDir);
  await holdsAll(next, users);
  await next.close();

  const queries = users.reduce((sum, user) => sum + user.queries, 0);
  console.log(
    `race: ${SECONDS} s, seed ${SEED}, queries ${queries}, flushes ${flushed.length}, ` +
      `compactions ${compacted.length}, erasures ${erased.length}, ` +
      `memory ${(growth / 2 ** 20).toFixed(0)} MiB more`,
  );
  expect(failed).toEqual([]);
  expect(hasHappened()).toBe(true);
  expect(growth).toBeLessThan(GROWTH_MAX_BYTES);
});

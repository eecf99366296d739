import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nodeFiles } from '../../src/storage/parquet/disk/node-files.ts';
import { inlineJobs } from '../../src/storage/parquet/parts/inline-jobs.ts';
import type { DayScan } from '../../src/storage/reading-store.ts';
import { collected } from '../support/collected.ts';
import {
  append,
  leftBehind,
  openStore,
  reading,
  rowsOf,
  scanRequest,
  until,
} from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const DAY_1 = '2024-01-15T10:00:00Z';
const DAY_2 = '2024-01-16T10:00:00Z';
const SECRET = 'user-to-forget';

/** The files of a data folder that have some text in them, all as they are at one moment. */
const filesWith = async (dataDir: string, text: string): Promise<string[]> => {
  const entries = await readdir(await leftBehind(dataDir), {
    recursive: true,
    withFileTypes: true,
  });
  const found: string[] = [];
  for (const entry of entries.filter((one) => one.isFile())) {
    const content = await readFile(join(entry.parentPath, entry.name));
    if (content.includes(text)) found.push(entry.name);
  }
  return found;
};

const flush = async (dataDir: string) => (await openStore(dataDir)).store.close();

test('no byte of an erased user stays in the log or in Parquet', async () => {
  const dataDir = await temporaryFolder();
  const { store: first } = await openStore(dataDir);
  await append(first, reading(SECRET, 'a', DAY_1, 70), reading('other', 'a', DAY_1, 71));
  await append(first, reading(SECRET, 'a', DAY_2, 72));
  await first.close();
  const { store } = await openStore(dataDir);
  await append(store, reading(SECRET, 'b', DAY_1, 73));
  expect(await filesWith(dataDir, SECRET)).toHaveLength(3);

  expect(await store.erase({ userId: SECRET })).toBe(3);
  expect(await rowsOf(store, scanRequest(SECRET))).toEqual([]);
  await until('the rewrite is done', async () => (await filesWith(dataDir, SECRET)).length === 0);
  expect(await rowsOf(store, scanRequest('other'))).toHaveLength(1);
  await store.close();
  expect(await readdir(join(dataDir, 'heart_rate'))).toEqual(['date=2024-01-15']);
});

test('readings accepted after an erasure live, through flushes, compaction and restarts', async () => {
  const dataDir = await temporaryFolder();
  const { store } = await openStore(dataDir);
  await append(store, reading(SECRET, 'a', DAY_1, 70));
  await store.erase({ userId: SECRET });
  await append(store, reading(SECRET, 'a', DAY_1, 99));
  await store.close();
  for (let restart = 0; restart < 6; restart++) {
    const { store: again } = await openStore(dataDir);
    expect(await rowsOf(again, scanRequest(SECRET))).toMatchObject([['a', expect.any(Number), 99]]);
    await append(again, reading('other', 'a', DAY_1, 70 + restart));
    await again.close();
  }
});

test('a process that dies at any time after the answer leaves nothing to come back', async () => {
  const dataDir = await temporaryFolder();
  const { store: before } = await openStore(dataDir);
  await append(before, reading(SECRET, 'a', DAY_1, 70), reading('other', 'a', DAY_1, 71));
  await before.close();

  const copies: string[] = [];
  const jobs = inlineJobs(nodeFiles);
  const { store } = await openStore(dataDir, {
    jobs: {
      ...jobs,
      erase: async (job) => {
        copies.push(await leftBehind(dataDir));
        const result = await jobs.erase(job);
        copies.push(await leftBehind(dataDir));
        return result;
      },
    },
  });
  await append(store, reading(SECRET, 'a', DAY_2, 72));
  await store.erase({ userId: SECRET });
  copies.push(await leftBehind(dataDir));
  await store.close();

  expect(copies.length).toBeGreaterThanOrEqual(3);
  for (const copy of copies) {
    const { store: next } = await openStore(copy);
    expect(await rowsOf(next, scanRequest(SECRET))).toEqual([]);
    expect(await rowsOf(next, scanRequest('other'))).toHaveLength(1);
    await next.close();
    expect(await filesWith(copy, SECRET)).toEqual([]);
  }
});

test('a flush that failed half-way leaves nothing of a user erased before it is repeated', async () => {
  const dataDir = await temporaryFolder();
  let isFull = true;
  const files = {
    ...nodeFiles,
    syncFolder: async (path: string) => {
      if (isFull && path.endsWith('date=2024-01-16')) throw new Error('no luck');
      await nodeFiles.syncFolder(path);
    },
    // What is made already stays then.
    remove: async (path: string) => {
      if (isFull && path.endsWith('.parquet')) throw new Error('no luck either');
      await nodeFiles.remove(path);
    },
  };
  const { store, events } = await openStore(dataDir, { files, flushIntervalMs: 10, retryMs: 300 });
  await append(store, reading(SECRET, 'a', DAY_1, 70), reading('other', 'a', DAY_2, 71));
  await until('the flush has failed', () => events.failed.length > 0);
  expect(await filesWith(join(dataDir, 'heart_rate'), SECRET)).toHaveLength(1);

  await store.erase({ userId: SECRET });
  isFull = false;
  await until('all is done', async () => (await filesWith(dataDir, SECRET)).length === 0);
  await store.close();
  await flush(dataDir);
  const { store: next } = await openStore(dataDir);
  expect(await rowsOf(next, scanRequest(SECRET))).toEqual([]);
  expect(await rowsOf(next, scanRequest('other'))).toHaveLength(1);
  await next.close();
});

test('an erasure while scans hold the parts waits for them, and they see what they began with', async () => {
  const dataDir = await temporaryFolder();
  const { store: before } = await openStore(dataDir);
  await append(before, reading(SECRET, 'a', DAY_1, 70), reading(SECRET, 'a', DAY_2, 71));
  await before.close();

  const { store } = await openStore(dataDir);
  const days = store.scan(scanRequest(SECRET))[Symbol.asyncIterator]();
  const first = await days.next();
  expect((await collected(first.value as DayScan)).height).toBe(1);
  await store.erase({ userId: SECRET });
  expect(await rowsOf(store, scanRequest(SECRET))).toEqual([]);
  const second = await days.next();
  expect((await collected(second.value as DayScan)).height).toBe(1);
  expect(await filesWith(dataDir, SECRET)).not.toEqual([]);
  await days.next();
  await until('the bytes are gone', async () => (await filesWith(dataDir, SECRET)).length === 0);
  await store.close();
});

test('many users are erased at the same time', async () => {
  const dataDir = await temporaryFolder();
  const { store } = await openStore(dataDir, { flushIntervalMs: 20 });
  const users = Array.from({ length: 20 }, (_, i) => `user-${String(i).padStart(2, '0')}`);
  await append(store, ...users.map((user) => reading(user, 'a', DAY_1, 70)));
  const erased = await Promise.all(users.slice(0, 10).map((user) => store.erase({ userId: user })));
  expect(erased).toEqual(Array(10).fill(1));
  await store.close();
  const { store: next } = await openStore(dataDir);
  const left = await Promise.all(users.map((user) => rowsOf(next, scanRequest(user))));
  expect(left.map((rows) => rows.length)).toEqual([...Array(10).fill(0), ...Array(10).fill(1)]);
  await next.close();
});

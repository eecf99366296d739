import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import type { Files } from '../../src/storage/parquet/disk/files.ts';
import { nodeFiles } from '../../src/storage/parquet/disk/node-files.ts';
import { inlineJobs } from '../../src/storage/parquet/parts/inline-jobs.ts';
import {
  append,
  FLUSH_EVERY_COMMIT,
  flushed,
  openStore,
  partNames,
  reading,
  rowsOf,
  scanRequest,
  until,
} from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A disk that takes half of what is written to a part, and has no room for the rest. */
const fullForParts = (isFull: () => boolean): Files => ({
  ...nodeFiles,
  create: async (path) => {
    const file = await nodeFiles.create(path);
    return {
      datasync: () => file.datasync(),
      isLinked: () => file.isLinked(),
      close: () => file.close(),
      append: async (bytes) => {
        if (!isFull()) return file.append(bytes);
        await file.append(bytes.subarray(0, bytes.length / 2));
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      },
    };
  },
});

it('a merge that finds no room leaves nothing behind, and readings are taken meanwhile', async () => {
  const dataDir = await temporaryFolder();
  let isFull = true;
  const { compact } = inlineJobs(fullForParts(() => isFull));
  const jobs = { ...inlineJobs(nodeFiles), compact };
  const { store, events } = await openStore(dataDir, {
    ...FLUSH_EVERY_COMMIT,
    ...{ jobs, retryMs: 10 },
  });
  for (let second = 0; second < 10; second++) {
    await append(store, reading('ann', 'a', `2024-01-15T10:00:0${second}Z`, 70 + second));
    await flushed(store);
  }
  await until('a merge has failed often', () => events.failed.length > 2);
  expect(store.health()).toMatchObject({ state: 'degraded', unflushedReadings: 0 });
  expect(store.health().reasons.join()).toContain('compacting failed');
  expect(await rowsOf(store, scanRequest('ann'))).toHaveLength(10);
  // Not at any moment: another attempt may be under way.
  await until('nothing is left behind', async () => {
    const names = await readdir(join(dataDir, 'heart_rate'), { recursive: true });
    return !names.some((name) => name.endsWith('.tmp'));
  });
  expect(await partNames(dataDir)).toHaveLength(10);

  isFull = false;
  await until('the day is merged', async () => (await partNames(dataDir)).length <= 4);
  await until('all is well', () => store.health().state === 'ok');
  expect(await rowsOf(store, scanRequest('ann'))).toHaveLength(10);
  await store.close();
});

it('a flush that finds no room takes no more of it, and readings are taken meanwhile', async () => {
  const dataDir = await temporaryFolder();
  let free = 50;
  const files: Files = { ...nodeFiles, freeBytes: async () => free };
  const full = fullForParts(() => free === 50);
  const create = vi.fn(full.create);
  const jobs = inlineJobs({ ...full, create });
  const options = { ...FLUSH_EVERY_COMMIT, files, jobs, retryMs: 10 };
  const { store, events } = await openStore(dataDir, options);
  await append(store, reading('ann', 'a', '2024-01-15T10:00:00Z', 70));
  await until('a flush has failed often', () => events.failed.length > 3);
  expect(create).toHaveBeenCalledTimes(1);
  expect(store.health()).toMatchObject({ state: 'degraded', unflushedReadings: 1 });
  expect(store.health().reasons.join()).toContain('writing Parquet failed: Error: ENOSPC');
  await append(store, reading('ann', 'a', '2024-01-15T10:00:01Z', 71));
  expect(await rowsOf(store, scanRequest('ann'))).toHaveLength(2);

  free = 1_000_000;
  await flushed(store);
  await until('all is well', () => store.health().state === 'ok');
  expect(await rowsOf(store, scanRequest('ann'))).toHaveLength(2);
  await store.close();
});

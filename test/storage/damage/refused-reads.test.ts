/** Reads that the system refuses are no damage, and a person should know of them all the same. */
import { readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { dayOf } from '../../../src/readings/timestamp.ts';
import { nodeFiles } from '../../../src/storage/parquet/disk/node-files.ts';
import { inlineJobs } from '../../../src/storage/parquet/parts/inline-jobs.ts';
import type { Jobs } from '../../../src/storage/parquet/parts/jobs.ts';
import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';
import {
  append,
  FLUSH_EVERY_COMMIT,
  flushed,
  openStore,
  reading,
  rowsOf,
  scanRequest,
} from '../../support/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const AT = reading('ann', 'a', '2024-01-15T10:00:00Z', 70);
const DAY = dayOf(AT.timestampMicros);
const REFUSED = new Error('Too many open files (os error 24): /data/part of ann');
const REASON =
  'readings could not be read from Parquet in the last minute: too many open files (EMFILE)';

/** A clock that a test moves on. */
const heldClock = (): { nowMs: number } => {
  const clock = { nowMs: Math.ceil(performance.now()) };
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => clock.nowMs);
  onTestFinished(() => spy.mockRestore());
  return clock;
};

/** A store with a part that holds {@link AT}. */
const storeWithPart = async (refusing: Partial<Jobs> = {}) => {
  const dataDir = await temporaryFolder();
  const jobs = { ...inlineJobs(nodeFiles), ...refusing };
  const opened = await openStore(dataDir, { ...FLUSH_EVERY_COMMIT, jobs });
  onTestFinished(() => opened.store.close());
  await append(opened.store, AT);
  await flushed(opened.store);
  return opened;
};

it('health tells of them for a minute after the last, and the log once a minute', async () => {
  const { store, events } = await storeWithPart();
  const clock = heldClock();
  expect(await store.checkDay(DAY)).toBe(false);
  expect(store.health()).toMatchObject({ state: 'ok', reasons: [] });
  for (let second = 0; second <= 30; second += 10) {
    expect(await store.checkDay(DAY, REFUSED)).toBe(false);
    expect(store.health()).toMatchObject({ state: 'degraded', reasons: [REASON] });
    clock.nowMs += 10_000;
  }
  expect(events.failed).toEqual([{ what: 'reading Parquet', error: REFUSED }]);
  clock.nowMs += 49_999;
  expect(store.health().reasons).toEqual([REASON]);
  clock.nowMs += 1;
  expect(store.health()).toMatchObject({ state: 'ok', reasons: [] });
  await store.checkDay(DAY, REFUSED);
  expect(events.failed).toHaveLength(2);
});

it('health tells when it cannot even be told whether there is damage', async () => {
  const { store, events } = await storeWithPart({ check: () => Promise.reject(REFUSED) });
  await expect(store.checkDay(DAY)).rejects.toThrow(
    new StoreUnavailableError('Readings cannot be read now: too many open files (EMFILE)', 1),
  );
  expect(store.health()).toMatchObject({ state: 'degraded', reasons: [REASON] });
  expect(events.failed).toHaveLength(1);
});

it('an erasure that cannot be counted is in force, and answered as what may be asked again', async () => {
  const { store } = await storeWithPart({ count: () => Promise.reject(REFUSED) });
  const why = 'The readings are erased, but cannot be counted now: too many open files (EMFILE)';
  await expect(store.erase({ userId: 'ann' })).rejects.toThrow(new StoreUnavailableError(why, 1));
  expect(await rowsOf(store, scanRequest('ann'))).toEqual([]);
});

it('an erasure is counted when the system refuses for a moment only', async () => {
  let refusals = 2;
  const { count } = inlineJobs(nodeFiles);
  const { store } = await storeWithPart({
    count: (job) => (refusals-- > 0 ? Promise.reject(REFUSED) : count(job)),
  });
  expect(await store.erase({ userId: 'ann' })).toBe(1);
});

it('so is one whose parts cannot even be looked at', async () => {
  const dataDir = await temporaryFolder();
  const before = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  await append(before.store, AT);
  await before.store.close();
  const { store } = await openStore(dataDir);
  onTestFinished(() => store.close());
  const [folder] = await readdir(join(dataDir, 'heart_rate'));
  const day = join(dataDir, 'heart_rate', folder ?? '');
  const [part] = await readdir(day);
  const path = join(day, part ?? '');
  await rename(path, `${dataDir}/away`);
  await symlink(path, path);
  await expect(store.erase({ userId: 'ann' })).rejects.toThrow(
    /^The readings are erased, but cannot be counted now: .* \(ELOOP\)$/,
  );
  await rm(path);
  await rename(`${dataDir}/away`, path);
  expect(await rowsOf(store, scanRequest('ann'))).toEqual([]);
});

import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EpochMicros } from '../../../../src/readings/reading.ts';
import { dayOf } from '../../../../src/readings/timestamp.ts';
import { logFolder, partitionsFolder } from '../../../../src/storage/parquet/disk/layout.ts';
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
} from '../../../support/store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const TEN = 1_705_312_800_000_000 as EpochMicros;
/** Two readings stay in memory. */
const WARM = { ...FLUSH_EVERY_COMMIT, maxWarmReadings: 2 };

describe('segments that were flushed', () => {
  /** Empties the parts on disk: what is found then is in memory. */
  const emptyParts = async (dataDir: string): Promise<void> => {
    for (const name of await partNames(dataDir))
      await truncate(join(partitionsFolder(dataDir), name), 0);
  };

  it('stay in memory up to so many readings, and their parts are not read', async () => {
    const dataDir = await temporaryFolder();
    const { store } = await openStore(dataDir, WARM);
    for (const rate of [70, 80]) {
      await append(store, reading('ann', 'a', TEN, rate));
      await flushed(store);
    }
    expect(await partNames(dataDir)).toHaveLength(2);
    await emptyParts(dataDir);
    expect(await rowsOf(store, scanRequest('ann'))).toEqual([['a', TEN, 80]]);
    await append(store, reading('ann', 'a', TEN + 1, 90));
    await flushed(store);
    // The part of the first segment is needed now.
    await expect(rowsOf(store, scanRequest('ann'))).rejects.toThrow();
    await store.close();
  });

  it('are as if they were not there when their part is not', async () => {
    const dataDir = await temporaryFolder();
    const { store } = await openStore(dataDir, WARM);
    await append(store, reading('ann', 'a', TEN, 70));
    await flushed(store);
    await emptyParts(dataDir);
    expect(await store.checkDay(dayOf(TEN))).toBe(true);
    expect(await rowsOf(store, scanRequest('ann'))).toEqual([]);
    await store.close();
  });

  it('of an erased user hold nothing of them', async () => {
    const { store, events } = await openStore(await temporaryFolder(), {
      ...WARM,
      maxWarmReadings: 1_000,
    });
    await append(store, reading('ann', 'a', TEN, 70), reading('ben', 'a', TEN, 80));
    await flushed(store);
    await store.erase({ userId: 'ann' });
    expect(await rowsOf(store, scanRequest('ann'))).toEqual([]);
    await append(store, reading('ann', 'a', TEN + 1, 90));
    await flushed(store);
    // The part that held both is in force again, and in memory.
    await until('the part is rewritten', () => events.erased.length === 1);
    expect(await rowsOf(store, scanRequest('ann'))).toEqual([['a', TEN + 1, 90]]);
    expect(await rowsOf(store, scanRequest('ben'))).toEqual([['a', TEN, 80]]);
    await store.close();
  });

  it('are not used when an earlier process made their parts, of a log that was whole then', async () => {
    const dataDir = await temporaryFolder();
    const first = await openStore(dataDir);
    await append(first.store, reading('ann', 'a', TEN, 70));
    await append(first.store, reading('ann', 'a', TEN + 1, 80));
    const [segment] = await readdir(logFolder(dataDir));
    const path = join(logFolder(dataDir), segment as string);
    const log = await readFile(path, 'latin1');
    await first.store.close();
    await writeFile(path, log.replace('[70]', '[71]'), 'latin1');

    const second = await openStore(dataDir, { maxWarmReadings: 1_000 });
    await flushed(second.store);
    expect(second.events.quarantined).toHaveLength(1);
    expect(await rowsOf(second.store, scanRequest('ann'))).toEqual([
      ['a', TEN, 70],
      ['a', TEN + 1, 80],
    ]);
    await second.store.close();
  });
});

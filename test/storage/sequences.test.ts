/** No sequence is ever given twice, whatever becomes of the parts that had it. */
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  parsePartName,
  quarantineFolder,
  sequenceFile,
} from '../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../src/storage/parquet/disk/node-files.ts';
import { readMark } from '../../src/storage/parquet/disk/sequence-mark.ts';
import {
  append,
  FLUSH_EVERY_COMMIT,
  flushed,
  leftBehind,
  openStore,
  partNames,
  reading,
  rowsOf,
  scanRequest,
  until,
} from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const TEN = '2024-01-15T10:00:00Z';
const ELEVEN = '2024-01-15T11:00:00Z';

/** The largest sequence in the name of a part. */
const lastIn = async (dataDir: string): Promise<number> => {
  const ranges = (await partNames(dataDir)).map((name) => parsePartName(basename(name))?.range);
  return Math.max(0, ...ranges.map((range) => range?.last ?? 0));
};

const rates = async (dataDir: string, userId: string): Promise<number[]> => {
  const { store } = await openStore(dataDir);
  const found = (await rowsOf(store, scanRequest(userId))).map((row) => row[2]);
  await store.close();
  return found;
};

/** A closed folder with a part of ann and a newer one of bob. */
const twoParts = async (): Promise<string> => {
  const dataDir = await temporaryFolder();
  const { store } = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  await append(store, reading('ann', 'a', TEN, 70));
  await flushed(store);
  await append(store, reading('bob', 'a', TEN, 80), reading('bob', 'a', ELEVEN, 81));
  await store.close();
  expect(await lastIn(dataDir)).toBe(3);
  return dataDir;
};

const flipByte = async (path: string): Promise<Buffer> => {
  const content = await readFile(path);
  const damaged = Buffer.from(content);
  damaged.writeUInt8(damaged.readUInt8(20) ^ 1, 20);
  await writeFile(path, damaged);
  return content;
};

describe('the next sequence is larger than any before', () => {
  it('without a gap after an orderly end', async () => {
    const dataDir = await twoParts();
    expect(await readMark(nodeFiles, dataDir)).toBe(3);
    const { store } = await openStore(dataDir);
    await append(store, reading('cyd', 'a', TEN, 90));
    await store.close();
    expect(await lastIn(dataDir)).toBe(4);
    expect(await readMark(nodeFiles, dataDir)).toBe(4);
  });

  it('after a kill, for any that the dead process may have given', async () => {
    const dataDir = await twoParts();
    const { store } = await openStore(dataDir);
    await append(store, reading('cyd', 'a', TEN, 90));
    const left = await leftBehind(dataDir);
    await store.close();
    const mark = (await readMark(nodeFiles, left)) as number;
    expect(mark).toBeGreaterThan(4);
    const next = await openStore(left);
    await append(next.store, reading('cyd', 'a', ELEVEN, 91));
    await next.store.close();
    expect(await lastIn(left)).toBe(mark + 1);
    expect(await rates(left, 'cyd')).toEqual([90, 91]);
  });

  it('after an erasure emptied the newest part', async () => {
    const dataDir = await twoParts();
    const { store } = await openStore(dataDir);
    expect(await store.erase({ userId: 'bob' })).toBe(2);
    await store.close();
    expect(await lastIn(dataDir)).toBe(1);
    const again = await openStore(dataDir);
    await append(again.store, reading('cyd', 'a', TEN, 90));
    await again.store.close();
    expect(await lastIn(dataDir)).toBe(5);
  });

  it.each([
    ['with the mark', async () => {}],
    ['and with the mark gone', (dataDir: string) => rm(sequenceFile(dataDir))],
    ['and with the mark damaged', (dataDir: string) => writeFile(sequenceFile(dataDir), 'x')],
  ])('after the newest part was set aside, %s', async (_, harm) => {
    const dataDir = await twoParts();
    const [newest] = (await partNames(dataDir)).sort().reverse();
    const path = join(dataDir, 'heart_rate', newest as string);
    const original = await flipByte(path);
    expect(await rates(dataDir, 'bob')).toEqual([]);
    await harm(dataDir);

    const { store } = await openStore(dataDir);
    await append(store, reading('cyd', 'a', TEN, 90), reading('cyd', 'a', ELEVEN, 91));
    await store.close();
    expect(await lastIn(dataDir)).toBe(5);

    // The operator mends the part and moves it back.
    const piece = join(quarantineFolder(dataDir), `date=2024-01-15-${basename(path)}`);
    await writeFile(piece, original);
    await rename(piece, path);
    await rm(`${piece}.note.json`);
    for (let start = 0; start < 2; start++) {
      expect(await rates(dataDir, 'ann')).toEqual([70]);
      expect(await rates(dataDir, 'bob')).toEqual([80, 81]);
      expect(await rates(dataDir, 'cyd')).toEqual([90, 91]);
    }
    expect(await readdir(dirname(path))).toHaveLength(3);
  });

  it('after its days expired', async () => {
    const dataDir = await twoParts();
    await rm(sequenceFile(dataDir));
    const expiring = await openStore(dataDir, { ...FLUSH_EVERY_COMMIT, retentionDays: 30 });
    await append(expiring.store, reading('cyd', 'a', Date.now() * 1000, 90));
    await until('the old day is gone', async () => (await lastIn(dataDir)) !== 3);
    await expiring.store.close();
    expect(await readMark(nodeFiles, dataDir)).toBe(4);
  });
});

describe('the mark', () => {
  it('that is damaged is set aside and made anew', async () => {
    const dataDir = await twoParts();
    await writeFile(sequenceFile(dataDir), '{"crc":"00000000","sequence":7}\n');
    const { store, events } = await openStore(dataDir);
    expect(events.quarantined).toMatchObject([{ file: sequenceFile(dataDir) }]);
    expect(await readMark(nodeFiles, dataDir)).toBe(3);
    await store.close();
  });

  it('is raised before a sequence beyond it is given, and seldom', async () => {
    const dataDir = await temporaryFolder();
    const { store } = await openStore(dataDir);
    const marks = new Set<unknown>();
    for (let i = 0; i < 5; i++) {
      await append(store, reading('ann', 'a', i, 70));
      marks.add(await readMark(nodeFiles, dataDir));
    }
    expect(marks.size).toBe(1);
    await store.close();
  });
});

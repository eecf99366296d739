/** Damaged parts that cannot be put into quarantine for now. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dayFolder, quarantineFolder } from '../../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../../src/storage/parquet/disk/node-files.ts';
import type { OpenedStore } from '../../support/store.ts';
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
} from '../../support/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { day } from '../data-folder.ts';
import { type FileCall, tracedFiles } from '../traced-files.ts';

const MONDAY = '2024-01-15T10:00:00Z';
const TUESDAY = '2024-01-16T10:00:00Z';
const RETRY_MS = 20;

const damage = async (path: string): Promise<Buffer> => {
  const content = await readFile(path);
  const damaged = Buffer.from(content);
  damaged.writeUInt8(damaged.readUInt8(20) ^ 1, 20);
  await writeFile(path, damaged);
  return content;
};

/** A store with a damaged part of Monday, on a disk that refuses what goes to the quarantine. */
const withUnplaced = async (code: string) => {
  const dataDir = await temporaryFolder();
  const first = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  await append(first.store, reading('ann', 'a', MONDAY, 70), reading('bob', 'a', MONDAY, 80));
  await flushed(first.store);
  await append(first.store, reading('cyd', 'a', TUESDAY, 90));
  await first.store.close();

  const disk = { isFull: true };
  const attemptsMs: number[] = [];
  const { files } = tracedFiles(nodeFiles, ({ operation, path }: FileCall) => {
    if (operation !== 'makeFolder' || path !== quarantineFolder(dataDir)) return;
    attemptsMs.push(performance.now());
    if (disk.isFull) throw Object.assign(new Error(`${code}: injected`), { code });
  });
  const [name] = await readdir(dayFolder(dataDir, day('2024-01-15')));
  const path = join(dayFolder(dataDir, day('2024-01-15')), name as string);
  const original = await damage(path);
  const opened = await openStore(dataDir, { files, retryMs: RETRY_MS });
  return { ...opened, dataDir, disk, attemptsMs, path, original };
};

const ratesOf = async ({ store }: Pick<OpenedStore, 'store'>, userId: string) =>
  (await rowsOf(store, scanRequest(userId))).map((row) => row[2]);

describe.each(['ENOSPC', 'EMFILE'])('a damaged part that cannot be set aside (%s)', (code) => {
  it('is not forgotten: nobody’s erasure removes it, and it is reported', async () => {
    const { store, disk, path, original, dataDir } = await withUnplaced(code);
    expect(await ratesOf({ store }, 'bob')).toEqual([]);
    expect(store.health()).toMatchObject({
      state: 'degraded',
      reasons: [`damaged parts cannot be set aside and are left out: 1 (${path})`],
    });
    expect(await store.erase({ userId: 'cyd' })).toBe(1);
    await until('the erasure is carried out', async () => (await partNames(dataDir)).length === 1);
    // The one that is damaged is on disk, byte for byte.
    const damaged = await readFile(path);
    expect(damaged.length).toBe(original.length);
    expect(store.health().state).toBe('degraded');

    disk.isFull = false;
    const aside = join(quarantineFolder(dataDir), `date=2024-01-15-${basename(path)}`);
    await until('it is set aside', async () =>
      (await nodeFiles.list(quarantineFolder(dataDir))).includes(basename(aside)),
    );
    expect((await readFile(aside)).equals(damaged)).toBe(true);
    await until('it is told', () =>
      store.health().reasons.every((why) => why.startsWith('damaged data was set aside')),
    );
    await store.close();
  });

  it('is tried again with longer pauses, once at a time, and told once it is done', async () => {
    const { store, disk, attemptsMs, events } = await withUnplaced(code);
    await Promise.all(Array.from({ length: 8 }, () => ratesOf({ store }, 'bob')));
    expect(attemptsMs).toHaveLength(1);
    await until('it was tried again', () => attemptsMs.length === 4);
    const pausesMs = attemptsMs.slice(1).map((at, i) => at - (attemptsMs[i] as number));
    for (const [i, pauseMs] of pausesMs.entries()) {
      expect(pauseMs).toBeGreaterThanOrEqual(RETRY_MS * 2 ** i - 1);
    }
    for (let i = 0; i < 8; i++) await ratesOf({ store }, 'bob');
    expect(attemptsMs.length).toBeLessThanOrEqual(5);
    expect(events.quarantined).toEqual([]);
    disk.isFull = false;
    await until('it is set aside', () => store.health().parts === 1);
    expect(events.quarantined).toHaveLength(1);
    await store.close();
  });

  it('is found by the next process, which sets it aside', async () => {
    const { store, dataDir } = await withUnplaced(code);
    expect(await ratesOf({ store }, 'bob')).toEqual([]);
    await store.close();
    const again = await openStore(dataDir);
    expect(await ratesOf(again, 'bob')).toEqual([]);
    expect(await ratesOf(again, 'cyd')).toEqual([90]);
    expect(again.events.quarantined).toHaveLength(1);
    await again.store.close();
  });

  it('keeps an erasure of a user in it in force until it is away', async () => {
    const { store, disk, path, original, dataDir } = await withUnplaced(code);
    await append(store, reading('bob', 'a', TUESDAY, 81));
    expect(await ratesOf({ store }, 'bob')).toEqual([81]);
    expect(await store.erase({ userId: 'bob' })).toBe(1);
    await store.close();
    // A later process finds it readable: a disk may fail for a while.
    await writeFile(path, original);
    const again = await openStore(dataDir);
    expect(await ratesOf(again, 'bob')).toEqual([]);
    expect(await ratesOf(again, 'ann')).toEqual([70]);
    await again.store.close();
    expect(disk.isFull).toBe(true);
    const third = await openStore(dataDir);
    expect(await ratesOf(third, 'bob')).toEqual([]);
    expect(third.store.health().segments).toBe(0);
    await third.store.close();
  });
});

describe('what is set aside', () => {
  it('is not merged past, so that it can come back', async () => {
    const dataDir = await temporaryFolder();
    const { store } = await openStore(dataDir, FLUSH_EVERY_COMMIT);
    const at = (minute: number) => `2024-01-15T10:${String(minute).padStart(2, '0')}:00Z`;
    for (let i = 0; i < 4; i++) {
      await append(store, reading('ann', 'a', at(i), 70 + i));
      await flushed(store);
    }
    const names = await partNames(dataDir);
    await store.close();
    const third = join(dataDir, 'heart_rate', names[2] as string);
    const original = await damage(third);

    // Two more parts, the last of which is so large that it is merged with all others.
    const again = await openStore(dataDir, FLUSH_EVERY_COMMIT);
    expect(await ratesOf(again, 'ann')).toEqual([70, 71, 73]);
    await append(again.store, reading('ann', 'a', at(4), 74));
    await flushed(again.store);
    const many = Array.from({ length: 5_000 }, (_, i) => `user_${i * 7919}`);
    const noise = many.map((user, i) => reading(user, 'a', at(5), 40 + ((i * 7919) % 1013) / 10));
    await append(again.store, ...noise);
    await flushed(again.store);
    await again.store.close();

    // The operator has mended it.
    await writeFile(third, original);
    const piece = join(quarantineFolder(dataDir), `date=2024-01-15-${basename(third)}`);
    await nodeFiles.remove(piece);
    await nodeFiles.remove(`${piece}.note.json`);
    for (let start = 0; start < 2; start++) {
      const restored = await openStore(dataDir);
      expect(await ratesOf(restored, 'ann')).toEqual([70, 71, 72, 73, 74]);
      await restored.store.close();
    }
  });
});

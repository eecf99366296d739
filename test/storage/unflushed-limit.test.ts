import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pl from 'nodejs-polars';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Reading } from '../../src/readings/reading.ts';
import type { AppendFile } from '../../src/storage/parquet/disk/files.ts';
import { logFolder, partitionsFolder } from '../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../src/storage/parquet/disk/node-files.ts';
import { inlineJobs } from '../../src/storage/parquet/parts/inline-jobs.ts';
import { StoreUnavailableError } from '../../src/storage/reading-store.ts';
import { builtUrl } from '../support/built.ts';
import {
  append,
  flushed,
  openStore,
  partNames,
  reading,
  rowsOf,
  scanRequest,
  until,
} from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { erasureLine, line, putMarker, putSegment } from './data-folder.ts';

const TEN = 1_705_312_800_000_000;
const MIB = 1024 * 1024;

const userOf = (i: number): string => `user_${String(i).padStart(7, '0')}`;

/** A log of single readings, each of a user of its own, in so many segments of as many. */
const putLog = async (segments: number, readingsEach: number): Promise<string> => {
  const dataDir = await temporaryFolder();
  await putMarker(dataDir);
  for (let segment = 0; segment < segments; segment++) {
    const first = segment * readingsEach + 1;
    const sequences = Array.from({ length: readingsEach }, (_, i) => first + i);
    const lines = sequences.map((i) => line(i, reading(userOf(i), 'device_a', TEN + i, 70)));
    await putSegment(dataDir, first, lines.join(''));
  }
  return dataDir;
};

/** Whose readings are in parts. */
const usersIn = async (dataDir: string): Promise<string[]> => {
  const users: string[] = [];
  for (const name of await partNames(dataDir)) {
    const part = await pl.readParquet(join(partitionsFolder(dataDir), name));
    for (const user of part.getColumn('user_id')) users.push(String(user));
  }
  return users;
};

/** Files that tell how many segments have been read. */
const countingFiles = () => {
  const counted = { segments: 0 };
  const files = {
    ...nodeFiles,
    read: (path: string) => {
      if (path.endsWith('.jsonl')) counted.segments++;
      return nodeFiles.read(path);
    },
  };
  return { files, counted };
};

/** Jobs of which no flush ends before it is let. */
const heldFlushes = () => {
  let letGo = (): void => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const jobs = inlineJobs(nodeFiles);
  const flush: typeof jobs.flush = async (job) => {
    await gate;
    return jobs.flush(job);
  };
  return { jobs: { ...jobs, flush }, letGo };
};

describe('a log that is more than may wait for Parquet', () => {
  const READINGS_EACH = 1_000;
  /** A segment of this log takes less than a quarter of it. */
  const LIMIT = { maxUnflushedBytes: 2 * MIB };

  it('is replayed as far as memory goes, and further as it is flushed', async () => {
    const dataDir = await putLog(10, READINGS_EACH);
    const { files, counted } = countingFiles();
    const { jobs, letGo } = heldFlushes();
    const opening = openStore(dataDir, { ...LIMIT, files, jobs });
    await until('it waits', () => counted.segments >= 4);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(counted.segments).toBeLessThan(8);
    letGo();
    const { store, events } = await opening;
    expect(counted.segments).toBe(10);
    expect(events.recovered).toEqual([
      { segments: 10, readings: 10 * READINGS_EACH, tornBytes: 0 },
    ]);
    await flushed(store);
    for (const i of [1, 4_321, 10 * READINGS_EACH]) {
      expect(await rowsOf(store, scanRequest(userOf(i)))).toEqual([['device_a', TEN + i, 70]]);
    }
    await store.close();
    expect(await readdir(logFolder(dataDir))).toEqual([]);
  });

  it('voids what it erases, though that has been flushed by then', async () => {
    const dataDir = await putLog(10, READINGS_EACH);
    const last = 10 * READINGS_EACH;
    const again = reading(userOf(2), 'device_a', TEN, 80);
    await putSegment(dataDir, last + 1, erasureLine(last + 1, userOf(1)));
    await putSegment(dataDir, last + 2, erasureLine(last + 2, userOf(2)));
    await putSegment(dataDir, last + 3, line(last + 3, again));
    const { store, events } = await openStore(dataDir, LIMIT);
    expect(events.flushed.length).toBeGreaterThan(0);
    expect(await rowsOf(store, scanRequest(userOf(1)))).toEqual([]);
    expect(await rowsOf(store, scanRequest(userOf(2)))).toEqual([['device_a', TEN, 80]]);
    expect(await rowsOf(store, scanRequest(userOf(3)))).toHaveLength(1);
    await store.close();
    const next = await openStore(dataDir);
    expect(await rowsOf(next.store, scanRequest(userOf(1)))).toEqual([]);
    expect(await rowsOf(next.store, scanRequest(userOf(2)))).toEqual([['device_a', TEN, 80]]);
    await next.store.close();
    expect(await usersIn(dataDir)).not.toContain(userOf(1));
  });

  it('is left for the next start when the opening is ended while it waits', async () => {
    const dataDir = await putLog(10, READINGS_EACH);
    const { files, counted } = countingFiles();
    const { jobs, letGo } = heldFlushes();
    const ending = new AbortController();
    const opening = openStore(dataDir, { ...LIMIT, files, jobs, signal: ending.signal });
    const refused = expect(opening).rejects.toThrow('aborted');
    await until('it waits', () => counted.segments >= 4);
    await new Promise((resolve) => setTimeout(resolve, 100));
    ending.abort();
    letGo();
    await refused;
    const { store, events } = await openStore(dataDir, LIMIT);
    expect(events.recovered[0]?.segments).toBeGreaterThan(0);
    await flushed(store);
    await store.close();
    expect(new Set(await usersIn(dataDir)).size).toBe(10 * READINGS_EACH);
  });

  it('is replayed in a heap that could not hold it, of 150,000 users', async () => {
    const dataDir = await putLog(10, 15_000);
    const script = `
      const { openParquetStore } = await import(${JSON.stringify(
        builtUrl('storage/parquet/parquet-store.ts'),
      )});
      const store = await openParquetStore({
        dataDir: ${JSON.stringify(dataDir)},
        flushQuietMs: 5_000,
        flushIntervalMs: 60_000,
        segmentMaxBytes: 64 * ${MIB},
        maxUnflushedBytes: 16 * ${MIB},
        observer: new Proxy({}, { get: () => () => undefined }),
      });
      await store.close();
    `;
    const path = join(await temporaryFolder(), 'open.mjs');
    await writeFile(path, script);
    const child = spawn(process.execPath, ['--max-old-space-size=64', path], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
    expect(new Set(await usersIn(dataDir)).size).toBe(150_000);
  }, 120_000);
});

describe('readings in memory', () => {
  const one = (i: number): Reading => reading(userOf(i), 'device_a', TEN + i, 70);

  it('are refused while as many as may wait are on their way to the log', async () => {
    const dataDir = await temporaryFolder();
    let letGo = (): void => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const files = {
      ...nodeFiles,
      create: async (path: string): Promise<AppendFile> => {
        if (path.endsWith('.jsonl')) await gate;
        return nodeFiles.create(path);
      },
    };
    const { store } = await openStore(dataDir, { files, maxUnflushedBytes: 50_000 });
    const waiting: Promise<void>[] = [];
    let refusal: unknown;
    for (let i = 0; i < 1_000 && refusal === undefined; i++) {
      const appended = append(store, one(i));
      const settled = await Promise.race([
        appended.then(
          () => undefined,
          (error: unknown) => error,
        ),
        new Promise((resolve) => setImmediate(resolve)),
      ]);
      if (settled === undefined) waiting.push(appended);
      else refusal = settled;
    }
    expect(refusal).toBeInstanceOf(StoreUnavailableError);
    expect(waiting.length).toBeGreaterThan(10);
    expect(store.health()).toMatchObject({ state: 'unavailable', unflushedReadings: 0 });
    letGo();
    await Promise.all(waiting);
    expect(store.health()).toMatchObject({ state: 'ok', unflushedReadings: waiting.length });
    await append(store, one(1_000));
    await store.close();
  });

  it('are flushed when their segment takes a quarter of what may wait', async () => {
    const dataDir = await temporaryFolder();
    const { store, events } = await openStore(dataDir, { maxUnflushedBytes: MIB });
    for (let i = 0; i < 10; i++) {
      await append(store, ...Array.from({ length: 200 }, (_, j) => one(i * 200 + j)));
    }
    await until('some are flushed', () => events.flushed.length > 0);
    expect(store.health().unflushedReadings).toBeLessThan(2_000);
    await store.close();
  });
});

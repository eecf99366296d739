import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reading, Sequence } from '../../src/readings/reading.ts';
import { ReadingBatch } from '../../src/readings/reading-batch.ts';
import { nodeFiles } from '../../src/storage/parquet/disk/node-files.ts';
import { RecentReadings } from '../../src/storage/parquet/memory/recent-readings.ts';
import { inlineJobs } from '../../src/storage/parquet/parts/inline-jobs.ts';
import type { Jobs } from '../../src/storage/parquet/parts/jobs.ts';
import {
  type DayScan,
  type ReadingStore,
  StoreUnavailableError,
} from '../../src/storage/reading-store.ts';
import { collected } from '../support/collected.ts';
import {
  AcceptedReadings,
  append,
  byTimeAndDevice,
  FLUSH_EVERY_COMMIT,
  flushed,
  leftBehind,
  openStore,
  partNames,
  type Row,
  reading,
  rowsOf,
  scanRequest,
  until,
} from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tracedFiles } from './traced-files.ts';

const TEN = '2024-01-15T10:00:00Z';
const MIDNIGHT = 1_705_363_200_000_000;

/** Jobs that do nothing until they are let, as if the disk had all the time in the world. */
const heldJobs = (): { jobs: Jobs; letGo: () => void } => {
  let letGo = (): void => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const jobs = inlineJobs(nodeFiles);
  const held = <Job, Result>(perform: (job: Job) => Promise<Result>) => {
    return async (job: Job): Promise<Result> => {
      await gate;
      return perform(job);
    };
  };
  return { jobs: { ...jobs, flush: held(jobs.flush), compact: held(jobs.compact) }, letGo };
};

/** How much memory readings take in a segment of their own. */
const weightOf = (...readings: readonly Reading[]): number => {
  const recent = new RecentReadings(1 as Sequence);
  recent.add(recent.firstSequence, readings.length, ReadingBatch.of(...readings).runs);
  return recent.weightBytes;
};

const segmentNames = (dataDir: string): Promise<string[]> => readdir(join(dataDir, 'wal'));

/** Waits until nothing is to be written, merged or removed. */
const idle = (store: ReadingStore, dataDir: string): Promise<void> =>
  until('there is nothing to do', async () => {
    const { segments, parts } = store.health();
    const names = await partNames(dataDir);
    const days = new Set(names.map((name) => name.split('/')[0]));
    return segments === 0 && names.length === parts && parts <= 4 * days.size;
  });

const expectAll = async (store: ReadingStore, accepted: AcceptedReadings): Promise<void> => {
  for (const user of accepted.users) {
    expect(await rowsOf(store, scanRequest(user))).toEqual(accepted.rows(scanRequest(user)));
  }
};

describe('append', () => {
  it('makes a reading visible to the next scan', async () => {
    const { store } = await openStore(await temporaryFolder());
    expect(await rowsOf(store, scanRequest('ann'))).toEqual([]);
    for (let second = 0; second < 20; second++) {
      const at = `2024-01-15T10:00:${String(second).padStart(2, '0')}Z`;
      await append(store, reading('ann', 'a', at, 70 + second));
      expect(await rowsOf(store, scanRequest('ann'))).toHaveLength(second + 1);
    }
    await store.close();
  });

  it('keeps users and devices apart, whatever their ids', async () => {
    const ids = [
      'a',
      'A',
      ' a',
      'a ',
      'å',
      'a\u030a',
      '..',
      '../x',
      '*',
      '😀',
      '"',
      "'; --",
      '\\',
      'ab',
    ];
    const dataDir = await temporaryFolder();
    const accepted = new AcceptedReadings();
    const readings = ids.flatMap((user, u) =>
      ids.map((device, d) => reading(user, device, TEN, 30 + u * 10 + d / 10)),
    );
    accepted.add(...readings);
    const check = async (store: ReadingStore) => {
      await expectAll(store, accepted);
      for (const device of ids) {
        const request = scanRequest('å', undefined, device);
        expect(await rowsOf(store, request)).toEqual(accepted.rows(request));
      }
    };
    const inMemory = await openStore(dataDir);
    await append(inMemory.store, ...readings);
    await check(inMemory.store);
    await inMemory.store.close();
    const inParts = await openStore(dataDir);
    await check(inParts.store);
    await inParts.store.close();
  });

  it('takes many at once, in the order they were called, in far fewer commits', async () => {
    const dataDir = await temporaryFolder();
    const { store, events } = await openStore(dataDir);
    const accepted = new AcceptedReadings();
    const appends = Array.from({ length: 1000 }, (_, i) => {
      const batch = [
        reading(`user_${i % 7}`, 'a', MIDNIGHT + i, 60 + (i % 100)),
        // The same identity again and again: the last call has the last word.
        reading('ann', 'a', TEN, 30 + i / 10),
      ];
      accepted.add(...batch);
      return append(store, ...batch);
    });
    await Promise.all(appends);
    expect(events.committed.length).toBeLessThan(20);
    await expectAll(store, accepted);
    await store.close();
    const again = await openStore(dataDir);
    await expectAll(again.store, accepted);
    await again.store.close();
  });

  it('stores a batch that a failing disk wrote half of not at all', async () => {
    const dataDir = await temporaryFolder();
    let failing = false;
    const { files } = tracedFiles(nodeFiles);
    const tearing = {
      ...files,
      create: async (path: string) => {
        const file = await files.create(path);
        return {
          datasync: () => file.datasync(),
          isLinked: () => file.isLinked(),
          close: () => file.close(),
          append: async (bytes: Uint8Array) => {
            if (!failing) return file.append(bytes);
            await file.append(bytes.subarray(0, bytes.length / 2));
            throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
          },
        };
      },
    };
    // What was torn stays in the log, to be found by the next start.
    const jobs = { ...inlineJobs(files), flush: () => Promise.reject(new Error('not now')) };
    const { store } = await openStore(dataDir, { files: tearing, jobs });
    const before = reading('ann', 'a', TEN, 70);
    const lost = Array.from({ length: 50 }, (_, i) => reading('ann', 'b', MIDNIGHT + i, 80));
    const after = reading('ann', 'a', '2024-01-15T11:00:00Z', 90);
    await append(store, before);
    failing = true;
    await expect(append(store, ...lost)).rejects.toThrow(StoreUnavailableError);
    failing = false;
    await append(store, after);

    const accepted = new AcceptedReadings();
    accepted.add(before, after);
    await expectAll(store, accepted);
    const next = await openStore(await leftBehind(dataDir));
    await expectAll(next.store, accepted);
    await next.store.close();
    await store.close();
  });
});

describe('the last accepted value of an identity wins', () => {
  it('across parts, closed segments and the open one', async () => {
    const dataDir = await temporaryFolder();
    const mine = (rate: number) => reading('ann', 'a', TEN, rate);
    const other = reading('ann', 'b', TEN, 99);
    const ann = scanRequest('ann');
    const expectRate = async (store: ReadingStore, rate: number) =>
      expect(await rowsOf(store, ann)).toEqual([
        ['a', mine(0).timestampMicros, rate],
        ['b', other.timestampMicros, 99],
      ]);

    const first = await openStore(dataDir, FLUSH_EVERY_COMMIT);
    for (const rate of [71, 70, 71, 69]) {
      await append(first.store, mine(rate), other);
      await expectRate(first.store, rate);
      await flushed(first.store);
      await expectRate(first.store, rate);
    }
    await first.store.close();

    const { jobs, letGo } = heldJobs();
    const second = await openStore(dataDir, { ...FLUSH_EVERY_COMMIT, jobs });
    await expectRate(second.store, 69);
    for (const rate of [68, 73, 72]) {
      await append(second.store, mine(rate));
      await expectRate(second.store, rate);
    }
    expect(second.store.health().segments).toBe(3);
    letGo();
    await flushed(second.store);
    await expectRate(second.store, 72);
    await second.store.close();

    const third = await openStore(dataDir);
    await append(third.store, mine(40), mine(41), mine(40.5));
    await expectRate(third.store, 40.5);
    await third.store.close();
    const fourth = await openStore(dataDir);
    await expectRate(fourth.store, 40.5);
    await fourth.store.close();
  });

  /** A few identities, many meetings: two users, two devices, instants about two midnights. */
  const anyReading = fc
    .tuple(
      fc.constantFrom('ann', 'bob'),
      fc.constantFrom('a', 'b'),
      fc.constantFrom(-1, 0, 1, 86_400_000_000 - 1, 86_400_000_000),
      fc.integer({ min: 300, max: 2200 }),
    )
    .map(([user, device, after, rate]) => reading(user, device, MIDNIGHT + after, rate / 10));
  const anyStep = fc.oneof(
    { weight: 6, arbitrary: fc.array(anyReading, { minLength: 1, maxLength: 4 }) },
    { weight: 2, arbitrary: fc.constantFrom('restart', 'crash', 'flush') },
  );

  it('whatever the steps between', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 4, maxLength: 12 }), async (steps) => {
        let dataDir = await temporaryFolder();
        const open = async () => {
          const held = heldJobs();
          const opened = await openStore(dataDir, { ...FLUSH_EVERY_COMMIT, jobs: held.jobs });
          return { ...held, store: opened.store, isHeld: true };
        };
        let now = await open();
        const accepted = new AcceptedReadings();
        const letGo = async () => {
          now.letGo();
          now.isHeld = false;
          await idle(now.store, dataDir);
        };
        for (const step of steps) {
          if (typeof step !== 'string') {
            await append(now.store, ...step);
            accepted.add(...step);
            continue;
          }
          if (step === 'flush') await letGo();
          else {
            const { store } = now;
            if (!now.isHeld) await idle(store, dataDir);
            const left = await leftBehind(dataDir);
            await letGo();
            await store.close();
            if (step === 'crash') dataDir = left;
            now = await open();
          }
          await expectAll(now.store, accepted);
        }
        await expectAll(now.store, accepted);
        await letGo();
        await expectAll(now.store, accepted);
        await now.store.close();
      }),
      { numRuns: 10, endOnFailure: true },
    );
  });
});

it('answers alike whatever the order of arrival', async () => {
  const readings = Array.from({ length: 60 }, (_, i) =>
    reading('ann', `device_${i % 3}`, MIDNIGHT + (i - 30) * 1_200_000_000, 40 + i),
  );
  const expected = readings
    .map((one): Row => [one.deviceId, one.timestampMicros, one.heartRate])
    .sort(byTimeAndDevice);
  const order = fc.shuffledSubarray(readings, { minLength: readings.length });
  const cuts = fc.array(fc.nat(readings.length), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(order, cuts, async (arrival, at) => {
      const { store } = await openStore(await temporaryFolder(), FLUSH_EVERY_COMMIT);
      const edges = [0, ...at.sort((a, b) => a - b), arrival.length];
      for (let i = 1; i < edges.length; i++) {
        const batch = arrival.slice(edges[i - 1], edges[i]);
        if (batch.length > 0) await append(store, ...batch);
      }
      expect(await rowsOf(store, scanRequest('ann'))).toEqual(expected);
      await flushed(store);
      expect(await rowsOf(store, scanRequest('ann'))).toEqual(expected);
      await store.close();
    }),
    { numRuns: 4, endOnFailure: true },
  );
});

describe('scan', () => {
  it('clips to start <= t < end, to the microsecond, in memory and in parts', async () => {
    const dataDir = await temporaryFolder();
    const accepted = new AcceptedReadings();
    const about = [TEN, '2024-01-15T23:59:59.999999Z', '2024-01-16T00:00:00Z'].flatMap((at) =>
      [-1, 0, 1].map((micros) =>
        reading('ann', 'a', reading('', '', at, 0).timestampMicros + micros, 70),
      ),
    );
    accepted.add(...about);
    const ranges = about.flatMap((from) =>
      about.map(({ timestampMicros: endMicros }) => ({
        userId: 'ann',
        range: { startMicros: from.timestampMicros, endMicros },
      })),
    );
    const check = async (store: ReadingStore) => {
      for (const range of ranges) {
        expect(await rowsOf(store, range)).toEqual(accepted.rows(range));
      }
    };
    const first = await openStore(dataDir);
    await append(first.store, ...about);
    await check(first.store);
    await first.store.close();
    const second = await openStore(dataDir);
    await check(second.store);
    await append(second.store, ...about);
    await check(second.store);
    await second.store.close();
  });

  it('sees the moment it began, though its parts are compacted away meanwhile', async () => {
    const dataDir = await temporaryFolder();
    const { store, events } = await openStore(dataDir, FLUSH_EVERY_COMMIT);
    const at = (i: number) => reading('ann', 'a', MIDNIGHT + i, 70);
    for (let i = 0; i < 4; i++) {
      await append(store, at(i));
      await flushed(store);
    }
    const before = await partNames(dataDir);
    expect(before).toHaveLength(4);

    const scan = store.scan(scanRequest('ann'))[Symbol.asyncIterator]();
    const first = await scan.next();
    await append(store, at(4));
    await until('the day is compacted', () => events.compacted.length > 0);
    expect(await partNames(dataDir)).toEqual(expect.arrayContaining(before));
    expect((await collected(first.value as DayScan)).height).toBe(4);
    expect((await scan.next()).done).toBe(true);

    await idle(store, dataDir);
    const after = await partNames(dataDir);
    expect(before.filter((name) => !after.includes(name))).not.toEqual([]);
    expect(await rowsOf(store, scanRequest('ann'))).toHaveLength(5);
    await store.close();
  });
});

describe('restart', () => {
  it('answers the same three times over, after a crash and after an orderly end', async () => {
    const dataDir = await temporaryFolder();
    const accepted = new AcceptedReadings();
    const fill = async (store: ReadingStore, rate: number) => {
      for (let i = 0; i < 12; i++) {
        const readings = Array.from({ length: 20 }, (_, k) =>
          reading(
            `user_${k % 3}`,
            `device_${i % 2}`,
            MIDNIGHT + (k - 10) * 3_600_000_000,
            rate + i,
          ),
        );
        accepted.add(...readings);
        await append(store, ...readings);
      }
    };
    const first = await openStore(dataDir, FLUSH_EVERY_COMMIT);
    await fill(first.store, 60);
    await first.store.close();
    const { jobs, letGo } = heldJobs();
    const second = await openStore(dataDir, { segmentMaxBytes: 2000, jobs });
    await fill(second.store, 90);
    expect(second.store.health().unflushedReadings).toBe(240);

    let folder = await leftBehind(dataDir);
    for (const ending of ['crash', 'crash', 'orderly', 'orderly']) {
      const { store, events } = await openStore(folder);
      if (ending === 'crash') expect(events.recovered[0]?.tornBytes).toBe(0);
      await expectAll(store, accepted);
      await flushed(store);
      await expectAll(store, accepted);
      await idle(store, folder);
      const left = await leftBehind(folder);
      await store.close();
      if (ending === 'crash') folder = left;
    }
    letGo();
    await second.store.close();
  });

  it('finds an empty folder empty, and makes one that is missing', async () => {
    const dataDir = join(await temporaryFolder(), 'not', 'yet');
    for (let i = 0; i < 2; i++) {
      const { store, events } = await openStore(dataDir);
      expect(events.recovered).toMatchObject([{ segments: 0, readings: 0, tornBytes: 0 }]);
      expect(store.health()).toMatchObject({ state: 'ok', reasons: [], unflushedReadings: 0 });
      expect(await rowsOf(store, scanRequest('ann'))).toEqual([]);
      await store.close();
    }
  });
});

describe('with as many unflushed readings as are allowed', () => {
  it('refuses more, loses nothing, answers, and takes readings again after a flush', async () => {
    const { jobs, letGo } = heldJobs();
    const one = (i: number): Reading => reading('ann', 'a', MIDNIGHT + i, 60 + i);
    // Each of them is in a segment of its own.
    const maxUnflushedBytes = 10 * weightOf(one(0));
    const limits = { ...FLUSH_EVERY_COMMIT, maxUnflushedBytes, jobs };
    const dataDir = await temporaryFolder();
    const { store } = await openStore(dataDir, limits);
    const accepted = new AcceptedReadings();
    for (let i = 0; i < 10; i++) {
      await append(store, one(i));
      accepted.add(one(i));
    }
    for (let i = 10; i < 13; i++) {
      const refusal = await append(store, one(i)).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(StoreUnavailableError);
      expect(refusal).toMatchObject({ retryAfterSeconds: expect.any(Number) });
      expect((refusal as StoreUnavailableError).retryAfterSeconds).toBeGreaterThan(0);
    }
    expect(store.health()).toMatchObject({ state: 'unavailable', unflushedReadings: 10 });
    expect(store.health().reasons).not.toEqual([]);
    await expectAll(store, accepted);

    letGo();
    await flushed(store);
    expect(store.health()).toMatchObject({ state: 'ok', reasons: [] });
    await append(store, one(20));
    accepted.add(one(20));
    await expectAll(store, accepted);
    await store.close();
    const again = await openStore(dataDir);
    await expectAll(again.store, accepted);
    await again.store.close();
  });
});

describe('flush', () => {
  it('comes with age, without any further call', async () => {
    const dataDir = await temporaryFolder();
    const { store } = await openStore(dataDir, { flushIntervalMs: 20 });
    await append(store, reading('ann', 'a', TEN, 70));
    expect(await segmentNames(dataDir)).toHaveLength(1);
    await until('the segment is gone', async () => (await segmentNames(dataDir)).length === 0);
    expect(await partNames(dataDir)).toHaveLength(1);
    expect(await rowsOf(store, scanRequest('ann'))).toHaveLength(1);
    await store.close();
  });

  it('comes with age under a load that never pauses', async () => {
    const { store, events } = await openStore(await temporaryFolder(), { flushIntervalMs: 50 });
    const appends: Promise<void>[] = [];
    let loading = true;
    const load = async () => {
      for (let i = 0; loading; i++) {
        appends.push(append(store, reading('ann', 'a', MIDNIGHT + i, 70)));
        await setImmediate();
      }
    };
    const loaded = load();
    try {
      await until('something is flushed', () => events.flushed.length > 1);
    } finally {
      loading = false;
      await loaded;
      await Promise.all(appends);
      await store.close();
    }
  });

  it('that fails is told, tried again, and loses nothing', async () => {
    const jobs = inlineJobs(nodeFiles);
    let failures = 1;
    const failing: Jobs = {
      ...jobs,
      flush: async (job) => {
        if (failures-- > 0) throw new Error('no such luck');
        return jobs.flush(job);
      },
    };
    const dataDir = await temporaryFolder();
    const { store, events } = await openStore(dataDir, { ...FLUSH_EVERY_COMMIT, jobs: failing });
    const accepted = new AcceptedReadings();
    accepted.add(reading('ann', 'a', TEN, 70));
    await append(store, ...accepted.all);
    await until('it has failed', () => events.failed.length === 1);
    expect(store.health()).toMatchObject({ state: 'degraded', unflushedReadings: 1 });
    expect(store.health().reasons.join()).toContain('no such luck');
    await expectAll(store, accepted);
    await flushed(store);
    await until('all is well', () => store.health().state === 'ok');
    await expectAll(store, accepted);
    await store.close();
  });
});

describe('close', () => {
  it('puts everything into Parquet, also what was still on its way', async () => {
    const dataDir = await temporaryFolder();
    const { store } = await openStore(dataDir);
    const accepted = new AcceptedReadings();
    const late: Promise<void>[] = [];
    for (let i = 0; i < 100; i++) {
      const one = reading('ann', `device_${i % 3}`, MIDNIGHT + (i - 50) * 60_000_000, 60 + i);
      accepted.add(one);
      if (i < 50) await append(store, one);
      else late.push(append(store, one));
    }
    await store.close();
    await Promise.all(late);
    expect(await segmentNames(dataDir)).toEqual([]);
    expect((await partNames(dataDir)).map((name) => name.split('/')[0])).toEqual([
      'date=2024-01-15',
      'date=2024-01-16',
    ]);
    const again = await openStore(dataDir);
    expect(again.events.recovered).toMatchObject([{ segments: 0, readings: 0 }]);
    await expectAll(again.store, accepted);
    await again.store.close();
  });
});

it('keeps the parts of a day few, and merges what they repeat', async () => {
  const dataDir = await temporaryFolder();
  const { store, events } = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  const accepted = new AcceptedReadings();
  for (let i = 0; i < 30; i++) {
    const readings = [reading('ann', 'a', TEN, 60 + i), reading('ann', 'b', MIDNIGHT + i, 70)];
    accepted.add(...readings);
    await append(store, ...readings);
    await flushed(store);
  }
  await until('the days are compacted', async () => (await partNames(dataDir)).length <= 8);
  expect(store.health().parts).toBeLessThanOrEqual(8);
  const merged = events.compacted.reduce((sum, event) => sum + event.duplicates, 0);
  expect(merged).toBeGreaterThan(20);
  await expectAll(store, accepted);
  await store.close();
  expect((await partNames(dataDir)).length).toBeLessThanOrEqual(8);
});

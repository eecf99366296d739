import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { AcceptedErasure } from '../../../../src/readings/erasure.ts';
import type { EpochDay, Sequence } from '../../../../src/readings/reading.ts';
import { dayFolder, partName } from '../../../../src/storage/parquet/disk/layout.ts';
import type {
  CompactJob,
  EraseJob,
  FlushJob,
  Jobs,
} from '../../../../src/storage/parquet/parts/jobs.ts';
import type { Part } from '../../../../src/storage/parquet/parts/part-catalog.ts';
import { UserFilter, userHash } from '../../../../src/storage/parquet/parts/user-filter.ts';
import { UserFilters } from '../../../../src/storage/parquet/parts/user-filters.ts';
import {
  closedSegment,
  DATA_DIR,
  failuresTo,
  NO_JOBS,
  nowhere,
  openMaintenance,
} from '../../../support/maintenance.ts';
import { until } from '../../../support/store.ts';

const DAY = 19_737 as EpochDay;
const MIB = 1024 * 1024;

const partOf = (day: EpochDay, first: number, last: number, bytes = 1000, rewrites = 0): Part => {
  const identity = { range: { first: first as Sequence, last: last as Sequence }, rewrites };
  const name = partName({ ...identity, checksum: '0a1b2c3d', version: 3 });
  return { ...identity, day, path: `${dayFolder(DATA_DIR, day)}/${name}`, bytes };
};

/** A part of {@link DAY} for each segment. */
const flushJobs: Jobs = {
  ...NO_JOBS,
  flush: async ({ range }) => {
    const part = partOf(DAY, range.first, range.last);
    return { parts: [{ ...part, rows: 1 }], duplicates: 0 };
  },
};

const compacted = async ({ day, range }: CompactJob) => ({
  ...partOf(day, range.first, range.last),
  rows: 1,
  duplicates: 0,
});

const rewritten = async ({ day, identity }: EraseJob) => {
  const { range, rewrites } = identity;
  const part = partOf(day, range.first, range.last, 1000, rewrites);
  return { outcome: 'rewritten', ...part, rows: 1 } as const;
};

/** A job that begins and does not end until it is let. */
const held = <Job, Result>(perform: (job: Job) => Promise<Result>) => {
  const begun: Job[] = [];
  let letGo = (): void => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const job = async (given: Job): Promise<Result> => {
    begun.push(given);
    await gate;
    return perform(given);
  };
  return { job, begun, letGo: () => letGo() };
};

const failures: unknown[] = [];
const observer = failuresTo(({ error }) => void failures.push(error));

const settled = async () => {
  for (let i = 0; i < 20; i++) await setImmediate();
};

describe('a flush waits for nobody', () => {
  it.each([
    ['small', 1000],
    ['long', 30 * MIB],
  ])('while a %s merge goes on', async (_, bytes) => {
    const merge = held(compacted);
    const tidyJobs = { ...NO_JOBS, compact: merge.job };
    const { maintenance, parts } = await openMaintenance({ flushJobs, tidyJobs, observer });
    for (let i = 0; i < 12; i++)
      parts.put(partOf((DAY - 1) as EpochDay, 10 * i, 10 * i + 9, bytes));
    maintenance.wake();
    await until('the merge has begun', () => merge.begun.length === 1);
    for (let segment = 0; segment < 5; segment++) {
      maintenance.enqueue(closedSegment(1000 + segment, 1));
      maintenance.wake();
    }
    await until('all is flushed', () => maintenance.segments === 0);
    expect(parts.ofDay(DAY)).toHaveLength(5);
    merge.letGo();
    await maintenance.close();
  });

  it('while an erasure is carried out in 1,000 parts, one a step', async () => {
    let underWay = 0;
    let mostUnderWay = 0;
    let rewrites = 0;
    let flushedAfter: number | undefined;
    const erase = async (job: EraseJob) => {
      mostUnderWay = Math.max(mostUnderWay, ++underWay);
      await setImmediate();
      underWay--;
      rewrites++;
      return rewritten(job);
    };
    const { maintenance, parts, erasures } = await openMaintenance({
      ...{ flushJobs, tidyJobs: { ...NO_JOBS, erase }, observer },
    });
    for (let day = 0; day < 1000; day++) parts.put(partOf(day as EpochDay, 1, 9));
    const erasure: AcceptedErasure = { userId: 'ann', sequence: 10 as Sequence };
    maintenance.startErasure(erasure);
    maintenance.enqueue(closedSegment(10, 0, [erasure]));
    maintenance.wake();
    await until('the erasure goes on', () => rewrites > 5);
    maintenance.enqueue(closedSegment(20, 1));
    maintenance.wake();
    await until('it is flushed', () => {
      if (maintenance.unflushedReadings === 0) flushedAfter ??= rewrites;
      return flushedAfter !== undefined;
    });
    expect(flushedAfter).toBeLessThan(900);
    await until('all is erased', () => erasures.isEmpty && maintenance.segments === 0);
    expect([rewrites, mostUnderWay]).toEqual([1000, 1]);
    await maintenance.close();
  });
});

describe('merges', () => {
  it('take only parts below the oldest segment that is on disk', async () => {
    const merged: CompactJob[] = [];
    const compact = (job: CompactJob) => {
      merged.push(job);
      return compacted(job);
    };
    let isStuck = true;
    const remove = async (path: string) => {
      if (isStuck && path.includes('/wal/')) throw new Error('no luck');
    };
    const { maintenance, parts } = await openMaintenance({
      ...{ flushJobs, tidyJobs: { ...NO_JOBS, compact }, observer, retryMs: 5 },
      files: { ...nowhere(), remove },
    });
    for (let i = 1; i <= 3; i++) parts.put(partOf(DAY, i, i));
    for (let i = 4; i <= 8; i++) maintenance.enqueue(closedSegment(i, 1));
    maintenance.wake();
    await until('all is flushed', () => maintenance.unflushedReadings === 0);
    await settled();
    expect(parts.ofDay(DAY)).toHaveLength(8);
    expect(merged).toEqual([]);
    isStuck = false;
    // Those of the first segments may be merged while the last ones are still being removed.
    await until('the day is merged', () => merged.length > 0);
    await until('no segment is left', () => maintenance.segments === 0);
    await maintenance.close();
  });

  it('wait as long as an erasure is in force', async () => {
    const erase = held(rewritten);
    const merged: CompactJob[] = [];
    const compact = (job: CompactJob) => {
      merged.push(job);
      return compacted(job);
    };
    const { maintenance, parts, erasures } = await openMaintenance({
      ...{ flushJobs, tidyJobs: { ...NO_JOBS, erase: erase.job, compact }, observer },
    });
    parts.put(partOf((DAY - 1) as EpochDay, 1, 9));
    const erasure: AcceptedErasure = { userId: 'ann', sequence: 20 as Sequence };
    maintenance.startErasure(erasure);
    maintenance.enqueue(closedSegment(20, 0, [erasure]));
    for (let i = 21; i <= 30; i++) maintenance.enqueue(closedSegment(i, 1));
    maintenance.wake();
    await until('all is flushed', () => maintenance.unflushedReadings === 0);
    await settled();
    expect(merged).toEqual([]);
    expect(parts.ofDay(DAY)).toHaveLength(10);
    erase.letGo();
    await until('the day is merged', () => merged.length > 0);
    expect(erasures.isEmpty).toBe(true);
    await maintenance.close();
  });

  it('leave nothing of the old parts in memory', async () => {
    const filters = new UserFilters();
    const tidyJobs = { ...NO_JOBS, compact: compacted };
    const { maintenance, parts } = await openMaintenance({
      ...{ flushJobs, tidyJobs, observer, filters },
    });
    const old = Array.from({ length: 5 }, (_, i) => partOf(DAY, i, i));
    for (const part of old) {
      parts.put(part);
      filters.put(part, UserFilter.of([userHash('ann')]).encode());
    }
    const holdsBob = () => Promise.all(old.map((part) => filters.mayHold(part, 'bob')));
    expect(await holdsBob()).toEqual(old.map(() => false));
    maintenance.wake();
    await until('old parts are merged', () => parts.ofDay(DAY).length < old.length);
    await until('their files are removed', () => parts.garbage.size === 0);
    // Theirs would be read again, and there is nothing to read.
    expect(await holdsBob()).toEqual(old.map((part) => !parts.isInForce(part)));
    await maintenance.close();
  });

  it('that end after one of their parts is gone come to nothing', async () => {
    const merge = held(compacted);
    const tidyJobs = { ...NO_JOBS, compact: merge.job };
    const { maintenance, parts } = await openMaintenance({ flushJobs, tidyJobs, observer });
    for (let i = 0; i < 5; i++) parts.put(partOf(DAY, i, i));
    maintenance.wake();
    await until('the merge has begun', () => merge.begun.length === 1);
    const gone = parts.ofDay(DAY).at(-1) as Part;
    parts.drop(gone);
    merge.letGo();
    await settled();
    expect(parts.ofDay(DAY)).toHaveLength(4);
    expect(parts.garbage.size).toBe(0);
    await maintenance.close();
  });

  it('small ones go on while a long one does, the day with most parts first', async () => {
    const long = held(compacted);
    const days: number[] = [];
    const compact = (job: CompactJob) => {
      if (job.day === DAY) return long.job(job);
      days.push(job.day);
      return compacted(job);
    };
    const tidyJobs = { ...NO_JOBS, compact };
    const { maintenance, parts } = await openMaintenance({ flushJobs, tidyJobs, observer });
    for (let i = 0; i < 12; i++) parts.put(partOf(DAY, i, i, 30 * MIB));
    for (const [day, count] of [5, 9, 7].entries()) {
      for (let i = 0; i < count; i++) parts.put(partOf(day as EpochDay, i, i));
    }
    maintenance.wake();
    await until('the small ones are done', () => parts.daysOver(4).next().value === DAY);
    await settled();
    expect(days).toEqual([1, 2, 0]);
    expect(long.begun).toHaveLength(1);
    long.letGo();
    await maintenance.close();
  });
});

describe('on a disk without room beside the log', () => {
  it('nothing is merged, and all is flushed', async () => {
    let free = 200 * MIB;
    const merged: CompactJob[] = [];
    const compact = (job: CompactJob) => {
      merged.push(job);
      return compacted(job);
    };
    const { maintenance, parts } = await openMaintenance({
      ...{ flushJobs, tidyJobs: { ...NO_JOBS, compact }, observer, retryMs: 5 },
      files: { ...nowhere(), freeBytes: async () => free },
    });
    for (let i = 0; i < 6; i++) maintenance.enqueue(closedSegment(10 + i, 1));
    maintenance.wake();
    await until('all is flushed', () => maintenance.segments === 0);
    await until('it is told', () => maintenance.troubles.length > 0);
    expect(maintenance.troubles.join()).toContain('too little room');
    expect(merged).toEqual([]);
    free = 300 * MIB;
    await until('it is merged', () => parts.ofDay(DAY).length < 5);
    await until('all is well', () => maintenance.troubles.length === 0);
    await maintenance.close();
  });
});

it('a file that cannot be removed is in the way of no other', async () => {
  const removed: string[] = [];
  const [bad, ...others] = [1, 2, 3, 4].map((i) => partOf(i as EpochDay, 1, 9)) as [
    Part,
    ...Part[],
  ];
  const remove = async (path: string) => {
    if (path === bad.path) throw new Error('not that one');
    removed.push(path);
  };
  const { maintenance, parts } = await openMaintenance({
    ...{ flushJobs, tidyJobs: NO_JOBS, observer, files: { ...nowhere(), remove } },
  });
  for (const part of [bad, ...others]) {
    parts.put(part);
    parts.drop(part);
  }
  maintenance.wake();
  await until('the others are gone', () => removed.length === 3);
  expect(removed.sort()).toEqual(others.map(({ path }) => path).sort());
  expect(maintenance.troubles).toEqual([
    expect.stringContaining('removing replaced parts failed: Error: not that one'),
  ]);
  await maintenance.close();
});

it('the users of a flushed part are known from its writing', async () => {
  const userFilter = UserFilter.of([userHash('ann')]).encode();
  const flush = async (job: FlushJob) => {
    const { parts, duplicates } = await flushJobs.flush(job);
    return { parts: parts.map((part) => ({ ...part, userFilter })), duplicates };
  };
  const filters = new UserFilters();
  const { maintenance, parts } = await openMaintenance({
    ...{ flushJobs: { ...flushJobs, flush }, tidyJobs: NO_JOBS, observer, filters },
  });
  maintenance.enqueue(closedSegment(1000, 1));
  maintenance.wake();
  await until('it is flushed', () => maintenance.segments === 0);
  const [part] = parts.ofDay(DAY) as [Part];
  expect(await filters.mayHold(part, 'bob')).toBe(false);
  await maintenance.close();
});

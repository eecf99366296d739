import { describe, expect, it } from 'vitest';
import type { EpochDay, Sequence } from '../../../../src/readings/reading.ts';
import type { CompactJob, FlushJob } from '../../../../src/storage/parquet/parts/jobs.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { builtWorkerJobs } from '../../built-worker-jobs.ts';
import { readPart } from './read-part.ts';

const DAY = 19_737 as EpochDay;

const flushJob = (dataDir: string, first: number, ...rates: readonly number[]): FlushJob => ({
  dataDir,
  range: { first: first as Sequence, last: (first + rates.length - 1) as Sequence },
  doneDays: [],
  columns: {
    userIds: ['ann'],
    deviceIds: ['a'],
    lengths: Uint32Array.of(rates.length),
    timestamps: Float64Array.from(rates, (_, i) => DAY * 86_400_000_000 + i),
    heartRates: Float64Array.from(rates),
  },
});

const ratesOf = (path: string): number[] => readPart(path).rows.map((row) => row[3]);

describe('the job thread', () => {
  it('flushes, compacts, checks and erases', async () => {
    const dataDir = await temporaryFolder();
    const jobs = await builtWorkerJobs();
    const one = await jobs.flush(flushJob(dataDir, 1, 70, 71));
    const two = await jobs.flush(flushJob(dataDir, 3, 80));
    const paths = [...one.parts, ...two.parts].map((part) => part.path);
    expect(paths.map(ratesOf)).toEqual([[70, 71], [80]]);

    const range = { first: 1 as Sequence, last: 3 as Sequence };
    const compact: CompactJob = { dataDir, day: DAY, range, paths };
    const { path, duplicates } = await jobs.compact(compact);
    expect(ratesOf(path)).toEqual([80, 71]);
    expect(duplicates).toBe(1);
    expect(await jobs.check({ path })).toEqual({ damage: undefined });

    const identity = { range, rewrites: 1 };
    const erase = { dataDir, day: DAY, path, identity };
    expect(await jobs.erase({ ...erase, erasures: [{ userId: 'bob' }] })).toEqual({
      outcome: 'untouched',
    });
    expect(await jobs.erase({ ...erase, erasures: [{ userId: 'ann' }] })).toEqual({
      outcome: 'emptied',
    });
  });

  it('answers each of several jobs that are sent at once', async () => {
    const dataDir = await temporaryFolder();
    const jobs = await builtWorkerJobs();
    const flushed = await Promise.all(
      Array.from({ length: 8 }, (_, i) => jobs.flush(flushJob(dataDir, i + 1, 60 + i))),
    );
    expect(flushed.map(({ parts }) => ratesOf(parts[0]?.path as string))).toEqual(
      Array.from({ length: 8 }, (_, i) => [60 + i]),
    );
  });

  it('tells why a job failed, and does the next', async () => {
    const dataDir = await temporaryFolder();
    const jobs = await builtWorkerJobs();
    const range = { first: 1 as Sequence, last: 2 as Sequence };
    const paths = [`${dataDir}/not-there.parquet`];
    await expect(jobs.compact({ dataDir, day: DAY, range, paths })).rejects.toThrow(/not-there/);
    const { parts } = await jobs.flush(flushJob(dataDir, 1, 70));
    expect(ratesOf(parts[0]?.path as string)).toEqual([70]);
  });

  it('can be closed without ever having begun', async () => {
    const jobs = await builtWorkerJobs();
    await jobs.close();
  });
});

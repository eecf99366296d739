import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { EpochMicros, TimeRange } from '../../../src/readings/reading.ts';
import { MICROS_PER_DAY } from '../../../src/readings/timestamp.ts';
import {
  isTemporary,
  logFolder,
  partitionsFolder,
} from '../../../src/storage/parquet/disk/layout.ts';
import {
  openParquetStore,
  type ParquetStoreOptions,
} from '../../../src/storage/parquet/parquet-store.ts';
import { inlineJobs } from '../../../src/storage/parquet/parts/inline-jobs.ts';
import type { Jobs } from '../../../src/storage/parquet/parts/jobs.ts';
import type { DayScan, ReadingStore } from '../../../src/storage/reading-store.ts';
import type { StoreObserver } from '../../../src/storage/store-observer.ts';
import { collected } from '../../support/collected.ts';
import { FaultFiles, type FaultFilesOptions } from './fault-files.ts';
import { batchOf, type Contents, type History, type Request } from './history.ts';
import { USER_IDS } from './users.ts';

export const RETRY_MS = 5;
/** A segment closes after about three records. */
const SEGMENT_MAX_BYTES = 300;
const NEVER_MS = 3_600_000;
const ALL_TIME: TimeRange = {
  startMicros: 0 as EpochMicros,
  endMicros: (84_000 * MICROS_PER_DAY) as EpochMicros,
};

const silent: StoreObserver = {
  committed: () => {},
  flushed: () => {},
  compacted: () => {},
  erased: () => {},
  expiring: () => {},
  expired: () => {},
  clockAhead: () => {},
  recovered: () => {},
  quarantined: () => {},
  failed: () => {},
  threadLost: () => {},
};

type DiskOptions = Omit<FaultFilesOptions, 'root'>;

/** Lends a disk of faults, in a temporary folder that is there as long as `use` runs. */
export const withDisk = async <Result>(
  options: DiskOptions,
  use: (files: FaultFiles) => Promise<Result>,
): Promise<Result> => {
  const root = mkdtempSync(join(tmpdir(), 'heart-rate-faults-'));
  try {
    return await use(new FaultFiles({ ...options, root }));
  } finally {
    rmSync(root, { recursive: true });
  }
};

export type StoreLimits = Partial<Pick<ParquetStoreOptions, 'segmentMaxBytes' | 'retentionDays'>>;

/** The real store on a disk of faults. */
export class StoreUnderTest {
  readonly files: FaultFiles;
  readonly store: ReadingStore;
  readonly #jobs: WatchedJobs;

  private constructor(files: FaultFiles, jobs: WatchedJobs, store: ReadingStore) {
    this.files = files;
    this.#jobs = jobs;
    this.store = store;
  }

  static async open(
    files: FaultFiles,
    { segmentMaxBytes = SEGMENT_MAX_BYTES, retentionDays }: StoreLimits = {},
  ): Promise<StoreUnderTest> {
    const jobs = watchedJobs(inlineJobs(files));
    const store = await openParquetStore({
      dataDir: dataDirOn(files),
      flushQuietMs: NEVER_MS,
      flushIntervalMs: NEVER_MS,
      segmentMaxBytes,
      maxUnflushedBytes: 256 * 1024 * 1024,
      retentionDays,
      expiryIntervalMs: 0,
      retryMs: RETRY_MS,
      observer: silent,
      files,
      jobs: jobs.jobs,
    });
    return new StoreUnderTest(files, jobs, store);
  }

  /** Sends a request and notes it in the history; rejects as the store does. */
  send(history: History, request: Request): Promise<void> {
    return history.track(request, () =>
      request.kind === 'append'
        ? this.store.append(batchOf(request.readings))
        : this.store.erase(request.erasure),
    );
  }

  /** Resolves when the store does nothing any more of itself, but for what it tries later. */
  async idle(): Promise<void> {
    for (let quiet = 0; quiet < 4; quiet++) {
      await setImmediate();
      const isBusy = this.files.underWay > 0 || this.#jobs.underWay() > 0;
      // A step may wait for what goes neither by the files nor by a job: a footer that is read.
      if (isBusy || this.store.health().currentStepMs > 0) quiet = 0;
    }
  }

  /** Waits until the store says it is well and has nothing left to do. */
  async recovered(): Promise<void> {
    const until = performance.now() + 5_000;
    while (performance.now() < until) {
      await this.idle();
      if (this.store.health().state === 'ok') return;
      await setTimeout(RETRY_MS);
    }
    throw new Error(`not well again: ${this.store.health().reasons.join('; ')}`);
  }

  /** A scan under way; it ends, early or not, with `return`. */
  async *scan(userId: string): AsyncGenerator<DayScan, void> {
    yield* this.store.scan({ userId, range: ALL_TIME });
  }

  /** All readings that scans find, the largest sequence of each identity. */
  async contents(): Promise<Contents> {
    const found = new Map<string, number>();
    for (const userId of USER_IDS) {
      for await (const scan of this.store.scan({ userId, range: ALL_TIME })) {
        for (const [identity, rate] of await resolved(userId, scan)) found.set(identity, rate);
      }
    }
    return found;
  }

  /** What of the files of a closed, untroubled store should not be there, in words. */
  async leftovers(): Promise<string[]> {
    const dataDir = dataDirOn(this.files);
    const found = (await readdir(logFolder(dataDir))).map((name) => `segment ${name}`);
    for (const day of await readdir(partitionsFolder(dataDir))) {
      const names = await readdir(join(partitionsFolder(dataDir), day));
      found.push(...names.filter(isTemporary).map((name) => `temporary file ${name}`));
    }
    return found;
  }
}

const dataDirOn = (files: FaultFiles): string => join(files.root, 'data');

interface WatchedJobs {
  readonly jobs: Jobs;
  readonly underWay: () => number;
}

/** Jobs that tell how many of them are being done. */
const watchedJobs = (jobs: Jobs): WatchedJobs => {
  let underWay = 0;
  const watch =
    <Args extends unknown[], Result>(perform: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      underWay++;
      try {
        return await perform(...args);
      } finally {
        underWay--;
      }
    };
  const watched = Object.entries(jobs).map(([name, perform]) => [name, watch(perform)]);
  return { jobs: Object.fromEntries(watched), underWay: () => underWay };
};

interface Row {
  readonly device_id: string;
  readonly timestamp: number;
  readonly heart_rate: number;
  readonly sequence: number;
}

const resolved = async (userId: string, scan: DayScan) => {
  const latest = new Map<string, Row>();
  const { day, distinct } = scan;
  for (const row of (await collected(scan)).toRecords() as unknown as Row[]) {
    const identity = `${userId} ${row.device_id} ${row.timestamp}`;
    if (Math.floor(row.timestamp / MICROS_PER_DAY) !== day) {
      throw new Error(`${identity} was found on day ${day}`);
    }
    const other = latest.get(identity);
    if (other !== undefined && distinct) throw new Error(`${identity} is not distinct`);
    if (other?.sequence === row.sequence && other.heart_rate !== row.heart_rate) {
      throw new Error(`${identity} is ambiguous at sequence ${row.sequence}`);
    }
    if (other === undefined || other.sequence <= row.sequence) latest.set(identity, row);
  }
  return [...latest].map(([identity, row]) => [identity, row.heart_rate] as const);
};

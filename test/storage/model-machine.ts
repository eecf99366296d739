import { mkdtempSync, rmSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { SeriesQuery, type SeriesRequest } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import { partitionsFolder } from '../../src/storage/parquet/disk/layout.ts';
import { MAX_PARTS_PER_SMALL_DAY } from '../../src/storage/parquet/maintenance/compaction-policy.ts';
import type { DayScan, ReadingStore, ScanRequest } from '../../src/storage/reading-store.ts';
import { type Row, rowsOf } from '../support/store.ts';
import { type DiskImage, DiskModel, type PowerLoss } from './faults/disk-model.ts';
import { FaultFiles } from './faults/fault-files.ts';
import { randomOf } from './faults/random.ts';
import { RETRY_MS, StoreUnderTest } from './faults/store-under-test.ts';

/** A segment that has grown to this size becomes Parquet. */
export const SEGMENT_MAX_BYTES = 1_000;
const MAX_TRIES = 1_000;

/** How the process ends: its disk keeps all it wrote, or only what a power loss leaves. */
export interface Crash {
  readonly loss: PowerLoss | 'none';
  /** How many turns of the event loop the work that is under way gets before. */
  readonly turnsBefore: number;
  readonly seed: number;
}

/** A scan that has begun and shows what was there then, whatever has become of it since. */
interface BegunScan {
  readonly request: ScanRequest;
  readonly days: AsyncIterator<DayScan>;
  readonly first: IteratorResult<DayScan>;
  readonly expected: readonly Row[];
}

/** How the next process is started. */
export interface Start {
  /** What was done to the disk while no process ran; all of it is durable. */
  readonly between?: (image: DiskImage) => DiskImage;
  readonly fault?: FaultFiles['fault'];
  readonly retentionDays?: number;
}

export interface ModelSeriesRequest extends SeriesRequest {
  readonly interval: '1m' | '1h' | '1d';
}

/** A machine with a disk, on which one process after the other runs the store. */
export class Machine {
  #running: StoreUnderTest;
  #query: SeriesQuery;
  /** What has been asked for so far. */
  readonly asked: ModelSeriesRequest[] = [];
  #scans: BegunScan[] = [];

  private constructor(running: StoreUnderTest) {
    this.#running = running;
    this.#query = queryOf(running);
  }

  static async start(): Promise<Machine> {
    return new Machine(await run(new DiskModel()));
  }

  get store(): ReadingStore {
    return this.#running.store;
  }

  /** One as long as the process runs, so that it remembers. */
  get query(): SeriesQuery {
    return this.#query;
  }

  async beginScan(request: ScanRequest, expected: readonly Row[]): Promise<void> {
    const days = this.store.scan(request)[Symbol.asyncIterator]();
    this.#scans.push({ request, days, first: await days.next(), expected });
  }

  async endScans(): Promise<void> {
    for (const { request, days, first, expected } of this.#scans.splice(0)) {
      expect(await rowsOf({ scan: () => resumed(first, days) }, request)).toEqual(expected);
    }
  }

  /** Resolves when the store has nothing left to do; all must be as it should be then. */
  async settle(): Promise<void> {
    await this.endScans();
    await this.#running.idle();
    expect(this.store.health()).toMatchObject({ state: 'ok', reasons: [] });
    const folder = partitionsFolder(join(this.#running.files.root, 'data'));
    for (const day of await readdir(folder)) {
      const parts = await readdir(join(folder, day));
      expect(parts.length, parts.join()).toBeLessThanOrEqual(MAX_PARTS_PER_SMALL_DAY);
    }
  }

  /** Ends in order, and starts again. */
  async restart({ between, ...start }: Start = {}): Promise<void> {
    await this.endScans();
    const ended = this.#running;
    await ended.store.close();
    expect(await ended.leftovers()).toEqual([]);
    const disk = ended.files.snapshot();
    rmSync(ended.files.root, { recursive: true });
    await this.#startUpon(between ? DiskModel.of(between(disk.visible)) : disk, start);
  }

  /** Resolves when the store does nothing any more, well or not. */
  idle(): Promise<void> {
    return this.#running.idle();
  }

  /** The disk takes everything again. */
  mend(): void {
    this.#running.files.fault = undefined;
  }

  /** What a process would find on the disk now. */
  get image(): DiskImage {
    return this.#running.files.snapshot().visible;
  }

  /** Another process removes a file behind the store's back. */
  takeAway(path: string): void {
    const { files } = this.#running;
    files.takeAway(join(files.root, path));
  }

  /** Waits for what the store tries again and again, as long as that may take. */
  async retried(what: string, holds: () => boolean): Promise<void> {
    for (let tries = 0; !holds(); tries++) {
      if (tries === MAX_TRIES) throw new Error(`in vain it was waited until ${what}`);
      await this.idle();
      await sleep(RETRY_MS);
    }
  }

  /** The process is killed, and the next one finds what was made of the disk. */
  async kill(between: (image: DiskImage) => DiskImage): Promise<void> {
    const died = this.#running;
    const disk = DiskModel.of(between(died.files.snapshot().visible));
    died.files.fault = () => 'EIO';
    await this.stop();
    await this.#startUpon(disk);
  }

  /** The next process finds the disk as it is at this moment; the old one comes to nothing. */
  async crash({ loss, turnsBefore, seed }: Crash): Promise<void> {
    for (let turn = 0; turn < turnsBefore; turn++) await setImmediate();
    const died = this.#running;
    const disk = died.files.snapshot();
    died.files.fault = () => 'EIO';
    await this.stop();
    const left = loss === 'none' ? disk : DiskModel.of(disk.afterPowerLoss(loss, randomOf(seed)));
    await this.#startUpon(left);
  }

  async #startUpon(disk: DiskModel, start: Omit<Start, 'between'> = {}): Promise<void> {
    this.#running = await run(disk, start);
    this.#query = queryOf(this.#running);
  }

  async stop(): Promise<void> {
    for (const { days } of this.#scans.splice(0)) await days.return?.();
    await this.store.close();
    // Gone already when the next process did not start, and that is what should be told then.
    rmSync(this.#running.files.root, { recursive: true, force: true });
  }
}

const queryOf = ({ store }: StoreUnderTest): SeriesQuery =>
  new SeriesQuery(store, DEVICE_PRIORITIES);

const run = (
  disk: DiskModel,
  { fault, retentionDays }: Omit<Start, 'between'> = {},
): Promise<StoreUnderTest> => {
  const root = mkdtempSync(join(tmpdir(), 'heart-rate-model-'));
  const files = new FaultFiles({ root, disk });
  files.fault = fault;
  return StoreUnderTest.open(files, {
    segmentMaxBytes: SEGMENT_MAX_BYTES,
    retentionDays,
  });
};

async function* resumed(
  first: IteratorResult<DayScan>,
  rest: AsyncIterator<DayScan>,
): AsyncGenerator<DayScan> {
  for (let next = first; next.done !== true; next = await rest.next()) yield next.value;
}

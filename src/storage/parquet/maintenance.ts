import type { EpochDay } from '../../readings/reading.ts';
import type { Files } from '../files.ts';
import type { StoreObserver } from '../store-observer.ts';
import { chooseRun } from './compaction-policy.ts';
import type { Jobs, SegmentColumns } from './jobs.ts';
import { covers, logFolder, type SequenceRange } from './layout.ts';
import type { Part, PartCatalog } from './part-catalog.ts';
import type { RecentReadings } from './recent-readings.ts';
import type { Segment } from './write-ahead-log.ts';

export interface MaintenanceOptions {
  readonly files: Files;
  readonly dataDir: string;
  readonly parts: PartCatalog;
  readonly jobs: Jobs;
  readonly observer: StoreObserver;
}

interface Unflushed {
  readonly segment: Segment;
  readonly recent: RecentReadings;
}

const RETRY_MS = 1000;

/**
 * Turns closed segments into parts, oldest first, and keeps the parts of a day few. One task at a
 * time, so a flush and a compaction never meet; a task that failed is tried again after a while.
 */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #unflushed: Unflushed[] = [];
  /** Segments whose readings are in Parquet, to be removed. */
  readonly #finished: Segment[] = [];
  readonly #daysToCompact = new Set<EpochDay>();
  #unflushedReadings = 0;
  #running: Promise<void> | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #trouble: string | undefined;
  #closed = false;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
  }

  /** The closed segments whose readings are not in Parquet yet, oldest first. */
  get unflushed(): readonly RecentReadings[] {
    return this.#unflushed.map((one) => one.recent);
  }

  get unflushedReadings(): number {
    return this.#unflushedReadings;
  }

  get troubles(): readonly string[] {
    return this.#trouble === undefined ? [] : [this.#trouble];
  }

  /** Takes over a closed segment; its readings stay in memory until they are in Parquet. */
  enqueue(segment: Segment, recent: RecentReadings): void {
    this.#unflushed.push({ segment, recent });
    this.#unflushedReadings += recent.size;
    this.#run();
  }

  /** Finishes the flushes that wait, if the disk allows, and ends the job thread. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#run();
    await this.#running;
    await this.#options.jobs.close();
  }

  #run(): void {
    this.#running ??= this.#work();
  }

  async #work(): Promise<void> {
    try {
      while (await this.#nextTask());
      this.#trouble = undefined;
    } catch (error) {
      this.#trouble = `writing Parquet failed: ${String(error)}`;
      this.#options.observer.failed({ what: 'writing Parquet', error });
      if (!this.#closed) this.#retryTimer = setTimeout(() => this.#run(), RETRY_MS);
    }
    this.#running = undefined;
  }

  /** Does what is most urgent; false when there is nothing to do. */
  async #nextTask(): Promise<boolean> {
    const finished = this.#finished[0];
    if (finished !== undefined) {
      await this.#removeSegment(finished);
      return true;
    }
    const unflushed = this.#unflushed[0];
    if (unflushed !== undefined) {
      await this.#flush(unflushed);
      return true;
    }
    const day = this.#daysToCompact.values().next().value;
    if (day === undefined || this.#closed) return false;
    await this.#compact(day);
    return true;
  }

  async #flush({ segment, recent }: Unflushed): Promise<void> {
    const { dataDir, parts, jobs, observer } = this.#options;
    if (recent.size > 0) {
      const startedAtMs = performance.now();
      const range = { first: recent.firstSequence, last: recent.lastSequence };
      const doneDays = this.#daysThatCover(range);
      const flushed = await jobs.flush({ dataDir, range, doneDays, columns: columnsOf(recent) });
      for (const part of flushed.parts) {
        await parts.put({ ...part, range });
        this.#daysToCompact.add(part.day);
      }
      observer.flushed({
        readings: recent.size,
        duplicates: flushed.duplicates,
        parts: flushed.parts.length,
        durationMs: performance.now() - startedAtMs,
      });
    }
    // Until here a query finds the readings in memory, from here on only in the parts; in between
    // it may find them in both, which is the same reading twice.
    this.#unflushed.shift();
    this.#unflushedReadings -= recent.size;
    this.#finished.push(segment);
  }

  /** Only now that its readings are durable in Parquet. */
  async #removeSegment(segment: Segment): Promise<void> {
    const { files, dataDir } = this.#options;
    await files.remove(segment.path);
    await files.syncFolder(logFolder(dataDir));
    this.#finished.shift();
  }

  #daysThatCover(range: SequenceRange): EpochDay[] {
    const { parts } = this.#options;
    const covered = (day: EpochDay) => parts.ofDay(day).some((part) => covers(part.range, range));
    return [...parts.days].filter(covered);
  }

  async #compact(day: EpochDay): Promise<void> {
    const { dataDir, parts, jobs, observer } = this.#options;
    const run = chooseRun(parts.ofDay(day));
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) {
      this.#daysToCompact.delete(day);
      return;
    }
    const startedAtMs = performance.now();
    const range = { first: first.range.first, last: last.range.last };
    const paths = run.map((part: Part) => part.path);
    const { path, bytes, duplicates } = await jobs.compact({ dataDir, day, range, paths });
    await parts.put({ day, range, path, bytes });
    const durationMs = performance.now() - startedAtMs;
    observer.compacted({ parts: run.length, duplicates, durationMs });
  }
}

const columnsOf = (recent: RecentReadings): SegmentColumns => {
  const userIds: string[] = [];
  const deviceIds: string[] = [];
  const lengths: number[] = [];
  const timestamps = new Float64Array(recent.size);
  const heartRates = new Float64Array(recent.size);
  let row = 0;
  for (const [userId, byDevice] of recent.byUser) {
    for (const [deviceId, series] of byDevice) {
      userIds.push(userId);
      deviceIds.push(deviceId);
      lengths.push(series.timestampsMicros.length);
      timestamps.set(series.timestampsMicros, row);
      heartRates.set(series.heartRates, row);
      row += series.timestampsMicros.length;
    }
  }
  return { userIds, deviceIds, lengths: Uint32Array.from(lengths), timestamps, heartRates };
};

import pl from 'nodejs-polars';
import type { EpochDay, Sequence } from '../../readings/reading.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import { dayOf } from '../../readings/timestamp.ts';
import type { Files } from '../files.ts';
import { nodeFiles } from '../node-files.ts';
import {
  type DayScan,
  type ReadingStore,
  type ScanRequest,
  type StoreHealth,
  StoreUnavailableError,
} from '../reading-store.ts';
import type { StoreObserver } from '../store-observer.ts';
import type { Jobs } from './jobs.ts';
import { logFolder, partitionsFolder } from './layout.ts';
import { type ReplayedSegment, replayLog } from './log-replay.ts';
import { Maintenance } from './maintenance.ts';
import { type Part, PartCatalog } from './part-catalog.ts';
import { RecentReadings } from './recent-readings.ts';
import { partFrame, type RecentRows, recentFrame, recentRows } from './scan-user.ts';
import { WorkerJobs } from './worker-jobs.ts';
import { type Segment, WriteAheadLog } from './write-ahead-log.ts';

export interface ParquetStoreOptions {
  /** Made when it does not exist. */
  readonly dataDir: string;
  /** The open segment is closed and turned into Parquet when it is this old. */
  readonly flushIntervalMs: number;
  /** … or when it has grown to this size. */
  readonly segmentMaxBytes: number;
  /** With this many readings in memory, further ones are refused until some are in Parquet. */
  readonly maxUnflushedReadings: number;
  readonly observer: StoreObserver;
  /** The disk; a test's own in place of the machine's. */
  readonly files?: Files;
  /** Who turns segments into parts; a worker thread when left out. */
  readonly jobs?: Jobs;
}

const RETRY_AFTER_SECONDS = 1;

/** Opens the folder, replays its log, and serves from there on. */
export const openParquetStore = async (options: ParquetStoreOptions): Promise<ReadingStore> => {
  const { files = nodeFiles, dataDir, observer } = options;
  await files.makeFolder(logFolder(dataDir));
  await files.makeFolder(partitionsFolder(dataDir));
  const parts = await PartCatalog.load(files, dataDir);
  const replayed = await replayLog(files, dataDir);
  const sum = (of: (one: ReplayedSegment) => number) => replayed.reduce((n, r) => n + of(r), 0);
  observer.recovered({
    segments: replayed.length,
    readings: sum((one) => one.recent.size),
    tornBytes: sum((one) => one.tornBytes),
  });
  return new ParquetStore(options, files, parts, replayed);
};

const nextSequence = (parts: PartCatalog, replayed: readonly ReplayedSegment[]): Sequence => {
  let largest = 0;
  for (const day of parts.days) {
    for (const part of parts.ofDay(day)) largest = Math.max(largest, part.range.last);
  }
  for (const { recent } of replayed) largest = Math.max(largest, recent.lastSequence);
  return (largest + 1) as Sequence;
};

class ParquetStore implements ReadingStore {
  readonly #options: ParquetStoreOptions;
  readonly #parts: PartCatalog;
  readonly #log: WriteAheadLog;
  readonly #maintenance: Maintenance;
  /** The readings of the segment that is open, once it has any. */
  #recent: RecentReadings | undefined;
  #flushTimer: NodeJS.Timeout | undefined;

  constructor(
    options: ParquetStoreOptions,
    files: Files,
    parts: PartCatalog,
    replayed: readonly ReplayedSegment[],
  ) {
    const { dataDir, observer, jobs = new WorkerJobs(), segmentMaxBytes } = options;
    this.#options = options;
    this.#parts = parts;
    this.#maintenance = new Maintenance({ files, dataDir, parts, jobs, observer });
    this.#log = new WriteAheadLog({
      files,
      dataDir,
      observer,
      segmentMaxBytes,
      nextSequence: nextSequence(parts, replayed),
      onDurable: (segment, sequence, batch) => this.#remember(segment, sequence, batch),
      onClosed: (segment) => this.#segmentClosed(segment),
    });
    for (const { segment, recent } of replayed) this.#maintenance.enqueue(segment, recent);
  }

  get #unflushedReadings(): number {
    return this.#maintenance.unflushedReadings + (this.#recent?.size ?? 0);
  }

  async append(batch: ReadingBatch): Promise<void> {
    if (this.#unflushedReadings >= this.#options.maxUnflushedReadings) {
      const why = 'too many readings wait to be written to Parquet';
      throw new StoreUnavailableError(why, RETRY_AFTER_SECONDS);
    }
    await this.#log.append(batch);
  }

  #remember(segment: Segment, sequence: Sequence, batch: ReadingBatch): void {
    if (this.#recent === undefined) {
      this.#recent = new RecentReadings(segment.firstSequence);
      this.#flushTimer = setTimeout(() => {
        void this.#log.closeSegment();
      }, this.#options.flushIntervalMs);
    }
    this.#recent.add(sequence, batch.size, batch.runs);
  }

  #segmentClosed(segment: Segment): void {
    clearTimeout(this.#flushTimer);
    const recent = this.#recent ?? new RecentReadings(segment.firstSequence);
    this.#recent = undefined;
    this.#maintenance.enqueue(segment, recent);
  }

  async *scan(request: ScanRequest): AsyncGenerator<DayScan> {
    // All that the scan will see is fixed here, before the first await.
    const open = this.#recent === undefined ? [] : [this.#recent];
    const recent = recentRows([...this.#maintenance.unflushed, ...open], request);
    const parts = this.#partsIn(request);
    const days = new Set([...parts.keys(), ...recent.keys()]);
    const held = [...parts.values()].flat();
    this.#parts.hold(held);
    try {
      for (const day of [...days].sort((a, b) => a - b)) {
        yield dayScan(day, parts.get(day) ?? [], recent.get(day), request);
      }
    } finally {
      await this.#parts.release(held);
    }
  }

  #partsIn({ range }: ScanRequest): Map<EpochDay, readonly Part[]> {
    const first = dayOf(range.startMicros);
    const last = dayOf(range.endMicros);
    const found = new Map<EpochDay, readonly Part[]>();
    for (const day of this.#parts.days) {
      if (day >= first && day <= last) found.set(day, this.#parts.ofDay(day));
    }
    return found;
  }

  health(): StoreHealth {
    const trouble = this.#log.trouble;
    const reasons = [...(trouble === undefined ? [] : [trouble]), ...this.#maintenance.troubles];
    const full = this.#unflushedReadings >= this.#options.maxUnflushedReadings;
    if (full) reasons.push('too many readings wait to be written to Parquet');
    const unavailable = trouble !== undefined || full;
    return {
      state: unavailable ? 'unavailable' : reasons.length > 0 ? 'degraded' : 'ok',
      reasons,
      unflushedReadings: this.#unflushedReadings,
      segments: this.#maintenance.unflushed.length + (this.#recent === undefined ? 0 : 1),
      parts: this.#parts.size,
    };
  }

  async close(): Promise<void> {
    await this.#log.closeSegment();
    await this.#maintenance.close();
  }
}

const dayScan = (
  day: EpochDay,
  parts: readonly Part[],
  recent: RecentRows | undefined,
  request: ScanRequest,
): DayScan => {
  const frames = parts.map((part) => partFrame(part, request));
  if (recent !== undefined) frames.push(recentFrame(recent));
  // A part holds each identity once; only what is in memory, or in two places, may repeat one.
  const distinct = recent === undefined && parts.length === 1;
  const frame = frames.length === 1 ? (frames[0] as pl.LazyDataFrame) : pl.concat(frames);
  return { day, frame, distinct };
};

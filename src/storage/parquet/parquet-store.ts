import type { EpochDay, EpochMicros, Sequence, TimeRange } from '../../readings/reading.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import { dayOf } from '../../readings/timestamp.ts';
import {
  type DayScan,
  type ReadingStore,
  type ScanRequest,
  type StoreHealth,
  StoreUnavailableError,
} from '../reading-store.ts';
import { frameOf } from '../rows/source-frame.ts';
import { UserRowsCache } from '../rows/user-rows-cache.ts';
import type { StoreObserver } from '../store-observer.ts';
import type { Files } from './disk/files.ts';
import { claimFormat } from './disk/folder-format.ts';
import { type FolderLock, lockFolder } from './disk/folder-lock.ts';
import { logFolder, partitionsFolder } from './disk/layout.ts';
import { nodeFiles } from './disk/node-files.ts';
import { Quarantine } from './disk/quarantine.ts';
import { type LogEntry, sequencesOf } from './log/log-record.ts';
import { type ReplayedSegment, replayLog } from './log/log-replay.ts';
import { type Segment, WriteAheadLog } from './log/write-ahead-log.ts';
import { Maintenance } from './maintenance/maintenance.ts';
import { RecentReadings } from './memory/recent-readings.ts';
import type { Jobs } from './parts/jobs.ts';
import { type Part, PartCatalog } from './parts/part-catalog.ts';
import { PartInspection } from './parts/part-inspection.ts';
import { countRows } from './parts/part-slices.ts';
import { workerJobs } from './parts/worker-jobs.ts';
import { userSnapshot } from './user-snapshot.ts';

export interface ParquetStoreOptions {
  /** Made when it does not exist. */
  readonly dataDir: string;
  /** The open segment is closed and turned into Parquet when it is this old. */
  readonly flushIntervalMs: number;
  /** … or when it has grown to this size. */
  readonly segmentMaxBytes: number;
  /** With this many readings in memory, further ones are refused until some are in Parquet. */
  readonly maxUnflushedReadings: number;
  /** Whole days that ended longer ago than this many days are dropped; all are kept without. */
  readonly retentionDays?: number | undefined;
  readonly observer: StoreObserver;
  /** How long after a failure it is tried again whether the disk works; a second when left out. */
  readonly retryMs?: number;
  /** The disk; a test's own in place of the machine's. */
  readonly files?: Files;
  /** How many readings stay in memory after they were flushed; 100,000 when left out. */
  readonly maxWarmReadings?: number;
  /** Who turns segments into parts; a worker thread when left out. */
  readonly jobs?: Jobs;
}

const RETRY_AFTER_SECONDS = 1;
/** Under 50 MB, even when each of them is of another series. */
const MAX_WARM_READINGS = 100_000;
const WAKE_INTERVAL_MS = 60_000;
const FULL = 'too many readings wait to be written to Parquet';
const SERIES_IDENTITY = ['device_id', 'timestamp'];
const ALL_TIME = { startMicros: 0, endMicros: Number.MAX_SAFE_INTEGER } as TimeRange;

/**
 * Takes the folder for this process alone, replays its log, and serves from there on.
 * Rejects with {@link FolderInUseError} when another process has it, and with
 * {@link UnknownFormatError} when a later version of the service wrote it.
 */
export const openParquetStore = async (options: ParquetStoreOptions): Promise<ReadingStore> => {
  const { files = nodeFiles, dataDir, observer } = options;
  await files.makeFolder(dataDir);
  await files.makeFolder(logFolder(dataDir));
  await files.makeFolder(partitionsFolder(dataDir));
  const lock = await lockFolder(dataDir);
  try {
    const quarantine = await Quarantine.load(files, dataDir, observer);
    await claimFormat(files, dataDir, quarantine);
    const parts = await PartCatalog.load(files, dataDir);
    const replayed = await replayLog(files, dataDir, quarantine);
    const sum = (of: (one: ReplayedSegment) => number) => replayed.reduce((n, r) => n + of(r), 0);
    observer.recovered({
      segments: replayed.length,
      readings: sum((one) => one.recent.size),
      tornBytes: sum((one) => one.tornBytes),
    });
    return new ParquetStore(options, { files, lock, quarantine, parts, replayed });
  } catch (error) {
    await lock.release();
    throw error;
  }
};

/** What opening a folder found in it. */
interface OpenedFolder {
  readonly files: Files;
  readonly lock: FolderLock;
  readonly quarantine: Quarantine;
  readonly parts: PartCatalog;
  readonly replayed: readonly ReplayedSegment[];
}

const lastSequence = (parts: PartCatalog, replayed: readonly ReplayedSegment[]): Sequence => {
  let largest = 0;
  for (const day of parts.days) {
    for (const part of parts.ofDay(day)) largest = Math.max(largest, part.range.last);
  }
  for (const { recent } of replayed) largest = Math.max(largest, recent.lastSequence);
  return largest as Sequence;
};

class ParquetStore implements ReadingStore {
  readonly #options: ParquetStoreOptions;
  readonly #lock: FolderLock;
  readonly #quarantine: Quarantine;
  readonly #parts: PartCatalog;
  readonly #log: WriteAheadLog;
  readonly #inspection: PartInspection;
  readonly #maintenance: Maintenance;
  /** The last sequence that was accepted. */
  #lastSequence: Sequence;
  /** How many erasures were accepted. */
  #erasures = 0;
  /** The readings of the segment that is open, once it has a record. */
  #recent: RecentReadings | undefined;
  /** The users whose erasure the open segment records. */
  #erasedUserIds: string[] = [];
  /** Days expire without anything being written. */
  readonly #wakeTimer: NodeJS.Timeout;
  #flushTimer: NodeJS.Timeout | undefined;
  /** What erasures that are not accepted yet are waiting to count. */
  readonly #erasing = new Map<LogEntry, (snapshot: AsyncIterable<DayScan>) => void>();

  constructor(options: ParquetStoreOptions, folder: OpenedFolder) {
    const { dataDir, observer, jobs = workerJobs(), segmentMaxBytes, retryMs = 1000 } = options;
    const { files, parts, quarantine, replayed } = folder;
    this.#options = options;
    this.#lock = folder.lock;
    this.#quarantine = quarantine;
    this.#parts = parts;
    this.#lastSequence = lastSequence(parts, replayed);
    this.#inspection = new PartInspection(parts, jobs, quarantine);
    this.#maintenance = new Maintenance({
      files,
      dataDir,
      parts,
      jobs,
      inspection: this.#inspection,
      observer,
      retryMs,
      retentionDays: options.retentionDays,
      maxWarmReadings: options.maxWarmReadings ?? MAX_WARM_READINGS,
    });
    this.#log = new WriteAheadLog({
      files,
      dataDir,
      observer,
      segmentMaxBytes,
      retryMs,
      nextSequence: (this.#lastSequence + 1) as Sequence,
      onDurable: (segment, sequence, entry) => this.#remember(segment, sequence, entry),
      onClosed: (segment) => this.#segmentClosed(segment),
    });
    for (const { segment, recent, erasures } of replayed) {
      for (const { userId, sequence } of erasures) this.#maintenance.startErasure(userId, sequence);
      const erasedUserIds = erasures.map(({ userId }) => userId);
      this.#maintenance.enqueue({ segment, recent, erasedUserIds });
    }
    this.#maintenance.wake();
    this.#wakeTimer = setInterval(() => this.#maintenance.wake(), WAKE_INTERVAL_MS).unref();
  }

  get #unflushedReadings(): number {
    return this.#maintenance.unflushedReadings + (this.#recent?.size ?? 0);
  }

  // Not async: one more promise for each reading is 1 % of what it takes.
  append(batch: ReadingBatch): Promise<void> {
    if (this.#unflushedReadings >= this.#options.maxUnflushedReadings) {
      return Promise.reject(new StoreUnavailableError(FULL, RETRY_AFTER_SECONDS));
    }
    return this.#log.append({ kind: 'readings', batch });
  }

  async erase(userId: string): Promise<number> {
    // Nobody's erasure would cost a log segment and a look into every part all the same.
    if ((await this.#count(this.#snapshot({ userId, range: ALL_TIME }))) === 0) return 0;
    const entry: LogEntry = { kind: 'erasure', userId };
    const erased = new Promise<AsyncIterable<DayScan>>((resolve) =>
      this.#erasing.set(entry, resolve),
    );
    try {
      await this.#log.append(entry);
    } finally {
      this.#erasing.delete(entry);
    }
    return this.#count(await erased);
  }

  async #count(snapshot: AsyncIterable<DayScan>): Promise<number> {
    let readings = 0;
    const nothingKept = new UserRowsCache();
    for await (const scan of snapshot) {
      const rows = await frameOf(scan.source(), nothingKept);
      const identities = scan.distinct ? rows : rows.unique({ subset: SERIES_IDENTITY });
      readings += await countRows(identities);
    }
    return readings;
  }

  #remember(segment: Segment, sequence: Sequence, entry: LogEntry): void {
    this.#lastSequence = (sequence + sequencesOf(entry) - 1) as Sequence;
    if (this.#recent === undefined) {
      this.#recent = new RecentReadings(segment.firstSequence);
      this.#flushTimer = setTimeout(() => {
        void this.#log.closeSegment();
      }, this.#options.flushIntervalMs);
    }
    if (entry.kind === 'readings') {
      this.#recent.add(sequence, entry.batch.size, entry.batch.runs);
      return;
    }
    const { userId } = entry;
    // Taken at this very moment: it holds just the readings that the erasure voids.
    this.#erasing.get(entry)?.(this.#snapshot({ userId, range: ALL_TIME }));
    this.#erasures++;
    this.#recent.erase(sequence, userId);
    this.#erasedUserIds.push(userId);
    this.#maintenance.startErasure(userId, sequence);
  }

  #segmentClosed(segment: Segment): void {
    clearTimeout(this.#flushTimer);
    const recent = this.#recent ?? new RecentReadings(segment.firstSequence);
    const erasedUserIds = this.#erasedUserIds;
    this.#recent = undefined;
    this.#erasedUserIds = [];
    this.#maintenance.enqueue({ segment, recent, erasedUserIds });
    this.#maintenance.wake();
  }

  async *scan(request: ScanRequest): AsyncGenerator<DayScan> {
    yield* this.#snapshot(request);
  }

  /** All that is known of a user now; the parts are held until it has been iterated. */
  #snapshot(request: ScanRequest): AsyncGenerator<DayScan> {
    const parts = this.#partsIn(request);
    const open = this.#recent === undefined ? [] : [this.#recent];
    const content = {
      parts,
      warm: this.#maintenance.warm,
      unflushed: [...this.#maintenance.unflushed, ...open],
      lastSequence: this.#lastSequence,
      removals: this.#erasures + this.#parts.removals,
    };
    const days = userSnapshot(request, content, (found) => this.#inspection.intact(found));
    return this.#holding([...parts.values()].flat(), days);
  }

  #holding(parts: readonly Part[], days: AsyncGenerator<DayScan>): AsyncGenerator<DayScan> {
    this.#parts.hold(parts);
    const release = () => {
      this.#parts.release(parts);
      if (this.#parts.removable.length > 0) this.#maintenance.wake();
    };
    return releasing(days, release);
  }

  #partsIn({ range, userId }: ScanRequest): Map<EpochDay, readonly Part[]> {
    const first = dayOf(range.startMicros);
    const last = dayOf((range.endMicros - 1) as EpochMicros);
    const erasedBefore = this.#maintenance.erasedBefore(userId) ?? 0;
    const found = new Map<EpochDay, readonly Part[]>();
    for (const day of this.#parts.days) {
      if (day < first || day > last) continue;
      const parts = this.#parts.ofDay(day).filter((part) => part.range.last > erasedBefore);
      if (parts.length > 0) found.set(day, parts);
    }
    return found;
  }

  checkDay(day: EpochDay): Promise<boolean> {
    return this.#inspection.setAsideDamaged(day);
  }

  health(): StoreHealth {
    const unflushedReadings = this.#unflushedReadings;
    const full = unflushedReadings >= this.#options.maxUnflushedReadings;
    const blocked = [this.#log.trouble, full ? FULL : undefined].filter((why) => why !== undefined);
    const reasons = [...blocked, ...this.#maintenance.troubles];
    if (this.#quarantine.size > 0) {
      reasons.push(`damaged data was set aside in quarantine/: ${this.#quarantine.size} pieces`);
    }
    return {
      state: blocked.length > 0 ? 'unavailable' : reasons.length > 0 ? 'degraded' : 'ok',
      reasons,
      unflushedReadings,
      segments: this.#maintenance.segments + (this.#recent === undefined ? 0 : 1),
      parts: this.#parts.size,
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#wakeTimer);
    this.#log.stop();
    await this.#log.closeSegment();
    await this.#maintenance.close();
    await this.#lock.release();
  }
}

async function* releasing<T>(values: AsyncGenerator<T>, release: () => void): AsyncGenerator<T> {
  try {
    yield* values;
  } finally {
    release();
  }
}

import { type AcceptedErasure, isOfWholeUser } from '../../readings/erasure.ts';
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
import { SequenceMark } from './disk/sequence-mark.ts';
import { type LogEntry, sequencesOf } from './log/log-record.ts';
import { replayLog } from './log/log-replay.ts';
import { SegmentAge } from './log/segment-age.ts';
import { type Segment, WriteAheadLog } from './log/write-ahead-log.ts';
import { PendingErasures } from './maintenance/erasures.ts';
import { Maintenance } from './maintenance/maintenance.ts';
import { RecentReadings } from './memory/recent-readings.ts';
import type { Jobs } from './parts/jobs.ts';
import { type Part, PartCatalog } from './parts/part-catalog.ts';
import { countRows } from './parts/part-frame.ts';
import { PartInspection } from './parts/part-inspection.ts';
import { UserFilters } from './parts/user-filters.ts';
import { workerJobs } from './parts/worker-jobs.ts';
import { storeHealth } from './store-health.ts';
import { userSnapshot } from './user-snapshot.ts';

export interface ParquetStoreOptions {
  /** Made when it does not exist. */
  readonly dataDir: string;
  /** The open segment is closed and turned into Parquet when nothing came for so long. */
  readonly flushQuietMs: number;
  /** … or when it is this old. */
  readonly flushIntervalMs: number;
  /** … or when it has grown to this size. */
  readonly segmentMaxBytes: number;
  /**
   * When the readings that wait for the log and for Parquet take this much memory, further ones are
   * refused until some are in Parquet.
   */
  readonly maxUnflushedBytes: number;
  /** Whole days that ended longer ago than this many days are dropped; all are kept without. */
  readonly retentionDays?: number | undefined;
  readonly observer: StoreObserver;
  /** Ends the opening; of no use once the store is open. */
  readonly signal?: AbortSignal | undefined;
  /**
   * How long after a failure it is tried again whether the disk works, and at first any work that
   * failed; a second when left out.
   */
  readonly retryMs?: number;
  /** The disk; a test's own in place of the machine's. */
  readonly files?: Files;
  /**
   * Who turns segments into parts, and who merges and rewrites parts; a worker thread each when
   * left out.
   */
  readonly jobs?: Jobs;
}

const RETRY_AFTER_SECONDS = 1;
/** Of what unflushed readings may take, how much in one segment. */
const SEGMENT_SHARE = 1 / 4;
/** Of the same, how much may wait while one segment more is replayed. */
const REPLAY_SHARE = 1 / 2;
const DEFAULT_RETRY_MS = 1000;
const WAKE_INTERVAL_MS = 60_000;
const FULL = 'too many readings wait to be written to Parquet';
const SERIES_IDENTITY = ['device_id', 'timestamp'];
const ALL_TIME = { startMicros: 0, endMicros: Number.MAX_SAFE_INTEGER } as TimeRange;

/**
 * Takes the folder for this process alone, replays its log, and serves from there on.
 * Rejects with {@link FolderInUseError} when another process has it, with
 * {@link UnknownFormatError} when a later version of the service wrote it, and when `signal` ends it.
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
    const parts = await PartCatalog.load(files, dataDir, options.signal);
    return await replayInto({ files, lock, quarantine, parts }, options);
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
}

/** An opened folder, and who works on it. */
interface MaintainedFolder extends OpenedFolder {
  readonly inspection: PartInspection;
  readonly erasures: PendingErasures;
  readonly maintenance: Maintenance;
  readonly mark: SequenceMark;
  /** No larger sequence was ever given. */
  readonly lastSequence: Sequence;
}

/** Replays the log, and flushes it as it goes: all of it may be more than fits in memory. */
const replayInto = async (
  folder: OpenedFolder,
  options: ParquetStoreOptions,
): Promise<ReadingStore> => {
  const { files, quarantine, parts } = folder;
  const { dataDir, observer, signal, retryMs = DEFAULT_RETRY_MS } = options;
  const { retentionDays, segmentMaxBytes, maxUnflushedBytes } = options;
  const flushJobs = options.jobs ?? workerJobs();
  const tidyJobs = options.jobs ?? workerJobs();
  const inspection = new PartInspection({ parts, jobs: tidyJobs, quarantine, observer, retryMs });
  const erasures = new PendingErasures();
  const maintenance = new Maintenance({
    ...{ files, dataDir, parts, flushJobs, tidyJobs, inspection, erasures, observer },
    ...{ filters: new UserFilters(), retryMs, retentionDays, segmentMaxBytes },
  });
  const mark = await SequenceMark.load(files, dataDir, quarantine);
  let lastSequence = Math.max(
    mark.value,
    quarantine.lastSequence,
    lastSequenceOf(parts),
  ) as Sequence;
  const recovered = { segments: 0, readings: 0, tornBytes: 0 };
  try {
    for await (const replayed of replayLog(files, dataDir, quarantine, signal)) {
      const { segment, recent, tornBytes } = replayed;
      lastSequence = Math.max(lastSequence, recent.lastSequence) as Sequence;
      recovered.segments++;
      recovered.readings += recent.size;
      recovered.tornBytes += tornBytes;
      for (const erasure of replayed.erasures) maintenance.startErasure(erasure);
      const sinceMs = performance.now();
      maintenance.enqueue({ segment, recent, erasures: replayed.erasures, sinceMs });
      maintenance.wake();
      await maintenance.unflushedBelow(maxUnflushedBytes * REPLAY_SHARE, signal);
    }
    if (mark.value < lastSequence) await mark.settle(lastSequence);
  } catch (error) {
    // What was replayed is in the log still, for the next process.
    maintenance.abandon();
    await inspection.close();
    await maintenance.close();
    throw error;
  }
  maintenance.allEnqueued();
  observer.recovered(recovered);
  return new ParquetStore(options, {
    ...folder,
    ...{ inspection, erasures, maintenance, mark, lastSequence },
  });
};

const lastSequenceOf = (parts: PartCatalog): Sequence => {
  let largest = 0;
  for (const day of parts.days) {
    for (const part of parts.ofDay(day)) largest = Math.max(largest, part.range.last);
  }
  for (const part of parts.damagedAtLoad.keys()) largest = Math.max(largest, part.range.last);
  return largest as Sequence;
};

class ParquetStore implements ReadingStore {
  readonly #options: ParquetStoreOptions;
  readonly #lock: FolderLock;
  readonly #mark: SequenceMark;
  #isAbandoned = false;
  readonly #quarantine: Quarantine;
  readonly #parts: PartCatalog;
  readonly #log: WriteAheadLog;
  readonly #inspection: PartInspection;
  readonly #pendingErasures: PendingErasures;
  readonly #maintenance: Maintenance;
  /** The last sequence that was accepted. */
  #lastSequence: Sequence;
  /** How many erasures were accepted. */
  #erasures = 0;
  /** The readings of the segment that is open, once it has a record. */
  #recent: RecentReadings | undefined;
  /** The erasures that the open segment records. */
  #openErasures: AcceptedErasure[] = [];
  readonly #segmentAge: SegmentAge;
  /** Days expire without anything being written. */
  readonly #wakeTimer: NodeJS.Timeout;
  /** The open segment has become so heavy that it is to be closed. */
  #isSegmentClosing = false;
  /** What erasures that are not accepted yet are waiting to count. */
  readonly #erasing = new Map<LogEntry, (snapshot: AsyncIterable<DayScan>) => void>();

  constructor(options: ParquetStoreOptions, folder: MaintainedFolder) {
    const { dataDir, observer, segmentMaxBytes, retryMs = DEFAULT_RETRY_MS } = options;
    const { files, lastSequence } = folder;
    this.#options = options;
    this.#lock = folder.lock;
    this.#mark = folder.mark;
    this.#quarantine = folder.quarantine;
    this.#parts = folder.parts;
    this.#inspection = folder.inspection;
    this.#maintenance = folder.maintenance;
    this.#pendingErasures = folder.erasures;
    this.#lastSequence = lastSequence;
    this.#segmentAge = new SegmentAge({
      quietMs: options.flushQuietMs,
      maxMs: options.flushIntervalMs,
      onDue: () => void this.#log.closeSegment(),
    });
    this.#log = new WriteAheadLog({
      files,
      dataDir,
      observer,
      segmentMaxBytes,
      retryMs,
      nextSequence: (lastSequence + 1) as Sequence,
      mark: folder.mark,
      lock: folder.lock,
      onDisowned: () => this.#abandon(),
      onDurable: (segment, sequence, entry) => this.#remember(segment, sequence, entry),
      onClosed: (segment) => this.#segmentClosed(segment),
    });
    this.#wakeTimer = setInterval(() => this.#maintenance.wake(), WAKE_INTERVAL_MS).unref();
  }

  get #unflushedReadings(): number {
    return this.#maintenance.unflushedReadings + (this.#recent?.size ?? 0);
  }

  get #isFull(): boolean {
    const unflushedBytes =
      this.#log.waitingBytes + this.#maintenance.unflushedBytes + (this.#recent?.weightBytes ?? 0);
    return unflushedBytes >= this.#options.maxUnflushedBytes;
  }

  // Not async: one more promise for each reading is 1 % of what it takes.
  append(batch: ReadingBatch): Promise<void> {
    if (this.#isFull) {
      return Promise.reject(new StoreUnavailableError(FULL, RETRY_AFTER_SECONDS));
    }
    return this.#log.append({ kind: 'readings', batch });
  }

  async erase(userId: string): Promise<number> {
    // Nobody's erasure would cost a log segment and a look into every part all the same.
    if ((await this.#count(this.#snapshot({ userId, range: ALL_TIME }))) === 0) return 0;
    const entry: LogEntry = { kind: 'erasure', erasure: { userId } };
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
    this.#recent ??= new RecentReadings(segment.firstSequence);
    this.#segmentAge.recorded();
    if (entry.kind === 'readings') {
      this.#recent.add(sequence, entry.batch.size, entry.batch.runs);
      this.#closeWhenHeavy();
      return;
    }
    const erasure = { ...entry.erasure, sequence };
    const { userId } = erasure;
    // Taken at this very moment: it holds just the readings that the erasure voids.
    this.#erasing.get(entry)?.(this.#snapshot({ userId, range: ALL_TIME }));
    this.#erasures++;
    this.#recent.erase(erasure);
    this.#openErasures.push(erasure);
    this.#maintenance.startErasure(erasure);
  }

  /** So that what a start replays before it can flush, and a flush copies, has its bound. */
  #closeWhenHeavy(): void {
    const isHeavy =
      (this.#recent?.weightBytes ?? 0) >= this.#options.maxUnflushedBytes * SEGMENT_SHARE;
    if (!isHeavy || this.#isSegmentClosing) return;
    this.#isSegmentClosing = true;
    void this.#log.closeSegment();
  }

  #segmentClosed(segment: Segment): void {
    const sinceMs = this.#segmentAge.sinceMs ?? performance.now();
    this.#segmentAge.closed();
    this.#isSegmentClosing = false;
    const recent = this.#recent ?? new RecentReadings(segment.firstSequence);
    const erasures = this.#openErasures;
    this.#recent = undefined;
    this.#openErasures = [];
    this.#maintenance.enqueue({ segment, recent, erasures, sinceMs });
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
      warm: [],
      unflushed: [...this.#maintenance.unflushed, ...open],
      lastSequence: this.#lastSequence,
      removals: this.#erasures + this.#parts.removals + this.#inspection.exclusions,
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
    const erasures = this.#pendingErasures.ofUser(userId).filter(isOfWholeUser);
    const isErased = ({ range: { last } }: Part) =>
      erasures.some(({ sequence }) => last <= sequence);
    const found = new Map<EpochDay, readonly Part[]>();
    for (const day of this.#parts.days) {
      if (day < first || day > last) continue;
      const parts = this.#parts.ofDay(day).filter((part) => !isErased(part));
      if (parts.length > 0) found.set(day, parts);
    }
    return found;
  }

  checkDay(day: EpochDay): Promise<boolean> {
    return this.#inspection.setAsideDamaged(day);
  }

  health(): StoreHealth {
    const { lag, troubles } = this.#maintenance;
    const sinceMs = lag.oldestUnflushedSinceMs ?? this.#segmentAge.sinceMs;
    return storeHealth({
      blocked: [this.#log.trouble, this.#isFull ? FULL : undefined],
      troubles,
      quarantined: this.#quarantine.size,
      unplaced: this.#inspection.unplaced.map(({ path }) => path),
      strangers: this.#parts.strangers,
      unflushedReadings: this.#unflushedReadings,
      segments: this.#maintenance.segments + (this.#recent === undefined ? 0 : 1),
      parts: this.#parts.size,
      oldestUnflushedMs: sinceMs === undefined ? 0 : performance.now() - sinceMs,
      mostPartsOfDay: this.#parts.mostParts,
      mergeDebtBytes: lag.mergeDebtBytes,
      currentStepMs: lag.stepMs,
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#wakeTimer);
    this.#log.stop();
    await this.#log.closeSegment();
    await this.#inspection.close();
    await this.#maintenance.close();
    if (!this.#isAbandoned) await this.#settleMark();
    await this.#lock.release();
  }

  /** Another process has the folder: what is in it is that one's. */
  #abandon(): void {
    this.#isAbandoned = true;
    this.#maintenance.abandon();
    void this.#inspection.close();
  }

  /** So that the next process goes on where this one ends; if that fails, it skips some. */
  async #settleMark(): Promise<void> {
    try {
      await this.#mark.settle(this.#log.lastSequence);
    } catch (error) {
      this.#options.observer.failed({ what: 'writing down the last sequence', error });
    }
  }
}

async function* releasing<T>(values: AsyncGenerator<T>, release: () => void): AsyncGenerator<T> {
  try {
    yield* values;
  } finally {
    release();
  }
}

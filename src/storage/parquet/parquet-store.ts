import type { AcceptedErasure, Erasure } from '../../readings/erasure.ts';
import type { EpochDay, EpochMicros, Sequence, TimeRange } from '../../readings/reading.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import { intakeDay, today } from '../../readings/retention.ts';
import { ALL_TIME } from '../../readings/time-range.ts';
import { dayOf, dayStart } from '../../readings/timestamp.ts';
import type { AcceptanceListener } from '../acceptance-listener.ts';
import {
  type DayScan,
  type ReadingStore,
  type ScannedDay,
  type ScanRequest,
  type StoreHealth,
  StoreUnavailableError,
} from '../reading-store.ts';
import type { RowsSource } from '../rows/rows-source.ts';
import type { StoreObserver, StoreThread } from '../store-observer.ts';
import { isSystemError, patiently } from '../system-error.ts';
import type { Files } from './disk/files.ts';
import { claimFormat } from './disk/folder-format.ts';
import { type FolderLock, lockFolder } from './disk/folder-lock.ts';
import { logFolder, partitionsFolder } from './disk/layout.ts';
import { nodeFiles } from './disk/node-files.ts';
import { Quarantine } from './disk/quarantine.ts';
import { SequenceMark } from './disk/sequence-mark.ts';
import { KnownDays } from './known-days.ts';
import { type LogEntry, sequencesOf } from './log/log-record.ts';
import { SegmentAge } from './log/segment-age.ts';
import { type Segment, WriteAheadLog } from './log/write-ahead-log.ts';
import { recoverLog } from './log-recovery.ts';
import { PendingErasures } from './maintenance/erasures.ts';
import { Maintenance } from './maintenance/maintenance.ts';
import { RecentReadings } from './memory/recent-readings.ts';
import type { Jobs } from './parts/jobs.ts';
import { type Part, PartCatalog } from './parts/part-catalog.ts';
import { PartInspection } from './parts/part-inspection.ts';
import { UserFilters } from './parts/user-filters.ts';
import { workerJobs } from './parts/worker-jobs.ts';
import { storeHealth } from './store-health.ts';
import { type DayOrder, NEWEST_FIRST, type PartLookup, userSnapshot } from './user-snapshot.ts';

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
  /**
   * At least so long from when days are found to have expired to the first that goes, and from one
   * to the next; half a minute when left out.
   */
  readonly expiryIntervalMs?: number;
  readonly observer: StoreObserver;
  /** Who follows what is accepted; nobody when left out. */
  readonly listener?: AcceptanceListener;
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
  /** Ends the opening; means nothing once the store is open. */
  readonly signal?: AbortSignal | undefined;
}

const RETRY_AFTER_SECONDS = 1;
const RETRY_MS = 1_000;
/**
 * Of what unflushed readings may take, how much in one segment: so there is a bound to what a start
 * has to replay before it can flush, and to what a flush copies.
 */
const SEGMENT_SHARE = 1 / 4;
/** At most some million rows, of a user with devices that tell of every second. */
const DAYS_COUNTED_AT_ONCE = 16;
/** Of a scan backwards: as many as are looked up at once. */
const FIRST_DAYS_BACK = 8;
const WAKE_INTERVAL_MS = 60_000;
const EXPIRY_INTERVAL_MS = 30_000;
const FULL = 'too many readings wait to be written to Parquet';
const UNCOUNTED = 'The readings are erased, but cannot be counted';

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
    return await recovered({ files, lock, quarantine, parts }, options);
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

/** An opened folder whose log is replayed, and who looks after it. */
interface RecoveredFolder extends OpenedFolder {
  readonly knownDays: KnownDays;
  readonly inspection: PartInspection;
  readonly filters: UserFilters;
  readonly erasures: PendingErasures;
  readonly maintenance: Maintenance;
  /** Who does what no flush is to wait for. */
  readonly tidyJobs: Jobs;
  readonly mark: SequenceMark;
  /** No larger sequence was ever given. */
  readonly lastSequence: Sequence;
}

const recovered = async (
  folder: OpenedFolder,
  options: ParquetStoreOptions,
): Promise<ReadingStore> => {
  const { files, parts, quarantine } = folder;
  const { observer, maxUnflushedBytes, signal, retryMs = RETRY_MS } = options;
  const newJobs = (work: StoreThread) =>
    workerJobs((error) => observer.threadLost({ thread: work, error }));
  const flushJobs = options.jobs ?? newJobs('flush');
  const tidyJobs = options.jobs ?? newJobs('tidy');
  const inspection = new PartInspection({
    ...{ parts, jobs: tidyJobs, quarantine, observer, retryMs },
  });
  const erasures = new PendingErasures();
  const filters = new UserFilters();
  const knownDays = new KnownDays(parts.days);
  const shared = { ...options, ...folder, knownDays };
  const maintenance = new Maintenance({
    ...shared,
    flushJobs,
    tidyJobs,
    filters,
    inspection,
    erasures,
    retryMs,
    retentionDays: options.retentionDays,
    expiryIntervalMs: options.expiryIntervalMs ?? EXPIRY_INTERVAL_MS,
  });
  try {
    const mark = await SequenceMark.load(files, options.dataDir, quarantine);
    // Before anything is flushed, erased or dropped, which may empty the newest part.
    const stored = Math.max(mark.value, quarantine.lastSequence, lastSequenceIn(parts)) as Sequence;
    if (mark.value < stored) await mark.settle(stored);
    const log = await recoverLog({ ...shared, mark, maintenance, maxUnflushedBytes, signal });
    const { segments, readings, tornBytes } = log;
    observer.recovered({ segments, readings, tornBytes });
    const lastSequence = mark.value;
    const work = { inspection, erasures, filters, knownDays, maintenance, tidyJobs, mark };
    return new ParquetStore(options, { ...folder, ...work, lastSequence });
  } catch (error) {
    // What was replayed is in the log still, for the next process.
    maintenance.abandon();
    await inspection.close();
    await maintenance.close();
    throw error;
  }
};

const lastSequenceIn = (parts: PartCatalog): number => {
  let largest = 0;
  for (const day of parts.days) {
    for (const part of parts.ofDay(day)) largest = Math.max(largest, part.range.last);
  }
  for (const part of parts.damagedAtLoad.keys()) largest = Math.max(largest, part.range.last);
  return largest;
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
  readonly #filters: UserFilters;
  readonly #knownDays: KnownDays;
  readonly #pendingErasures: PendingErasures;
  readonly #maintenance: Maintenance;
  readonly #tidyJobs: Jobs;
  /** The last sequence that was accepted. */
  #lastSequence: Sequence;
  /** How many erasures were accepted. */
  #erasures = 0;
  /** The readings of the segment that is open, once it has a record. */
  #recent: RecentReadings | undefined;
  /** The erasures that the open segment records. */
  #openErasures: AcceptedErasure[] = [];
  readonly #segmentAge: SegmentAge;
  /** The open segment has become so heavy that it is to be closed. */
  #isSegmentClosing = false;
  /** Days expire without anything being written. */
  readonly #wakeTimer: NodeJS.Timeout;
  /** What erasures that are not accepted yet are waiting to count. */
  readonly #erasing = new Map<LogEntry, (snapshot: AsyncIterable<DayScan>) => void>();

  constructor(options: ParquetStoreOptions, folder: RecoveredFolder) {
    const { dataDir, observer, segmentMaxBytes, retryMs = RETRY_MS } = options;
    const { files, lastSequence } = folder;
    this.#options = options;
    this.#tidyJobs = folder.tidyJobs;
    this.#lock = folder.lock;
    this.#mark = folder.mark;
    this.#quarantine = folder.quarantine;
    this.#parts = folder.parts;
    this.#inspection = folder.inspection;
    this.#pendingErasures = folder.erasures;
    this.#maintenance = folder.maintenance;
    this.#filters = folder.filters;
    this.#knownDays = folder.knownDays;
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

  async erase(erasure: Erasure): Promise<number> {
    // One of nothing would cost a log segment and a look into every part all the same, and tell by
    // metrics and tags that the user has other readings.
    const request = { range: ALL_TIME, ...erasure };
    if (!(await this.#mayHold(request)) || !(await this.#holdsAny(request))) return 0;
    const entry: LogEntry = { kind: 'erasure', erasure };
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

  /**
   * Whether there may be readings of the user in the range; false is certain. Of a stranger it takes
   * a tenth of the time that a snapshot does: 2 µs a part, once its filter is known.
   */
  async #mayHold(request: ScanRequest): Promise<boolean> {
    const parts = this.#partsIn(request);
    if (this.#unflushed.some(({ byUser }) => byUser.has(request.userId))) return true;
    for (const ofDay of parts.values()) {
      for (const part of ofDay) {
        if (await this.#filters.mayHold(part, request.userId)) return true;
      }
    }
    return false;
  }

  async #holdsAny(request: ScanRequest): Promise<boolean> {
    try {
      for await (const readings of this.#counts(this.#snapshot(request))) {
        if (readings > 0) return true;
      }
      return false;
    } catch {
      // What cannot be read may hold some. Whoever counts them will be told why.
      return true;
    }
  }

  /** Of an erasure that is in force. */
  async #count(snapshot: AsyncIterable<DayScan>): Promise<number> {
    let sum = 0;
    try {
      for await (const readings of this.#counts(snapshot)) sum += readings;
    } catch (error) {
      const cause = error instanceof StoreUnavailableError ? error.cause : error;
      throw isSystemError(cause) ? this.#inspection.refused(UNCOUNTED, cause) : error;
    }
    return sum;
  }

  /** Of some days at a time. */
  async *#counts(snapshot: AsyncIterable<DayScan>): AsyncGenerator<number> {
    let sources: RowsSource[] = [];
    for await (const scan of snapshot) {
      sources.push(scan.source());
      // Counted before the iteration ends, because until then the parts are held.
      if (sources.length < DAYS_COUNTED_AT_ONCE && !scan.isLast) continue;
      const counted = sources;
      yield await patiently(() => this.#tidyJobs.count({ sources: counted }));
      sources = [];
    }
  }

  #remember(segment: Segment, sequence: Sequence, entry: LogEntry): void {
    this.#lastSequence = (sequence + sequencesOf(entry) - 1) as Sequence;
    this.#recent ??= new RecentReadings(segment.firstSequence);
    this.#segmentAge.recorded();
    if (entry.kind === 'readings') {
      this.#recent.add(sequence, entry.batch.size, entry.batch.runs);
      for (const { timestampsMicros } of entry.batch.runs) this.#knownDays.note(timestampsMicros);
      this.#options.listener?.accepted(sequence, entry.batch);
      this.#closeWhenHeavy(this.#recent);
      return;
    }
    const erasure = { ...entry.erasure, sequence };
    // Taken at this very moment: it holds just the readings that the erasure voids.
    this.#erasing.get(entry)?.(this.#snapshot({ range: ALL_TIME, ...entry.erasure }));
    this.#erasures++;
    this.#recent.erase(erasure);
    this.#options.listener?.erased(erasure);
    this.#openErasures.push(erasure);
    this.#maintenance.startErasure(erasure);
  }

  #closeWhenHeavy({ weightBytes }: RecentReadings): void {
    const isHeavy = weightBytes >= this.#options.maxUnflushedBytes * SEGMENT_SHARE;
    if (!isHeavy || this.#isSegmentClosing) return;
    this.#isSegmentClosing = true;
    void this.#log.closeSegment();
  }

  #segmentClosed(segment: Segment): void {
    this.#isSegmentClosing = false;
    const sinceMs = this.#segmentAge.sinceMs ?? performance.now();
    this.#segmentAge.closed();
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

  /** In runs that grow: few days are looked at when the newest have readings, as they mostly do. */
  async *scanBackwards(request: ScanRequest): AsyncGenerator<ScannedDay> {
    const { startMicros } = request.range;
    let { endMicros } = request.range;
    for (let days = FIRST_DAYS_BACK; endMicros > startMicros; days *= 2) {
      const run = { startMicros: this.#startOfLast(days, { startMicros, endMicros }), endMicros };
      yield* this.#snapshot({ ...request, range: run }, NEWEST_FIRST);
      endMicros = run.startMicros;
    }
  }

  /** Where the last so many days of the range begin that have parts; memory may have more days. */
  #startOfLast(days: number, { startMicros, endMicros }: TimeRange): EpochMicros {
    const last = dayOf((endMicros - 1) as EpochMicros);
    const stored = this.#parts.daysBetween(dayOf(startMicros), last);
    const first = stored.at(-days);
    return first === undefined || first === stored[0] ? startMicros : dayStart(first);
  }

  /** The segments whose readings are in no part yet, oldest first. */
  get #unflushed(): readonly RecentReadings[] {
    const open = this.#recent === undefined ? [] : [this.#recent];
    return [...this.#maintenance.unflushed, ...open];
  }

  /** All that is known of a user now; the parts are held until it has been iterated. */
  #snapshot(request: ScanRequest, order?: DayOrder): AsyncGenerator<DayScan> {
    const parts = this.#partsIn(request);
    const content = {
      parts,
      unflushed: this.#unflushed,
      lastSequence: this.#lastSequence,
      removals: this.#erasures + this.#parts.removals + this.#inspection.exclusions,
      erasures: this.#pendingErasures.ofUser(request.userId),
    };
    const lookup: PartLookup = {
      mayHold: (part, userId) => this.#filters.mayHold(part, userId),
      intact: (found) => this.#inspection.intact(found),
    };
    const days = userSnapshot(request, content, lookup, order);
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

  #partsIn({ range }: ScanRequest): Map<EpochDay, readonly Part[]> {
    const first = dayOf(range.startMicros);
    const last = dayOf((range.endMicros - 1) as EpochMicros);
    const found = new Map<EpochDay, readonly Part[]>();
    for (const day of this.#parts.daysBetween(first, last)) {
      found.set(day, this.#parts.ofDay(day));
    }
    return found;
  }

  checkDay(day: EpochDay, refusal?: Error): Promise<boolean> {
    return this.#inspection.checkDay(day, refusal);
  }

  intakeDay(): EpochDay | undefined {
    const { retentionDays } = this.#options;
    if (retentionDays === undefined) return undefined;
    return intakeDay(this.#knownDays.sorted, today(), retentionDays);
  }

  health(): StoreHealth {
    const { lag, troubles } = this.#maintenance;
    const sinceMs = lag.oldestUnflushedSinceMs ?? this.#segmentAge.sinceMs;
    return storeHealth({
      blocked: [this.#log.trouble, this.#isFull ? FULL : undefined],
      troubles: [...troubles, this.#inspection.trouble].filter((why) => why !== undefined),
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

import { join } from 'node:path';
import type { Sequence } from '../../../readings/reading.ts';
import { ReadingBatch } from '../../../readings/reading-batch.ts';
import { hasCode } from '../../../thrown.ts';
import { StoreUnavailableError } from '../../reading-store.ts';
import type { StoreObserver } from '../../store-observer.ts';
import { systemReason } from '../../system-error.ts';
import { checkedLines } from '../disk/checked-line.ts';
import type { AppendFile, Files } from '../disk/files.ts';
import type { FolderLock } from '../disk/folder-lock.ts';
import { logFolder, segmentName } from '../disk/layout.ts';
import type { SequenceMark } from '../disk/sequence-mark.ts';
import { batchBytes } from '../memory/weight.ts';
import { encodeBody, type LogEntry, sequencesOf } from './log-record.ts';

/** A file of the log. `bytes` of it are known to be durable; what may follow was never accepted. */
export interface Segment {
  readonly path: string;
  readonly firstSequence: Sequence;
  readonly bytes: number;
}

export interface WriteAheadLogOptions {
  readonly files: Files;
  readonly dataDir: string;
  /** The first sequence that was never given. */
  readonly nextSequence: Sequence;
  readonly mark: Pick<SequenceMark, 'reserve'>;
  readonly lock: Pick<FolderLock, 'lost' | 'isHeld'>;
  /** A segment that has grown to this size is closed. */
  readonly segmentMaxBytes: number;
  /** How long after a failed write an empty record is written to see whether it works again. */
  readonly retryMs: number;
  /** Called when an entry is durable, in log order, before its append resolves. */
  readonly onDurable: (segment: Segment, sequence: Sequence, entry: LogEntry) => void;
  /** Called when a segment will never be written again. */
  readonly onClosed: (segment: Segment) => void;
  /** Called once when the folder turns out not to be this process's alone any more. */
  readonly onDisowned: () => void;
  readonly observer: StoreObserver;
}

interface Waiting {
  readonly entry: LogEntry;
  readonly weightBytes: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface CloseRequest {
  /** How many entries that waited before it are still to be written. */
  entriesBefore: number;
  readonly resolve: () => void;
}

interface OpenSegment {
  readonly path: string;
  readonly file: AppendFile;
  readonly firstSequence: Sequence;
  bytes: number;
}

/** Why nothing is written to the log any more. */
interface Poison {
  readonly error: Error;
  /** In words for the operator. */
  readonly trouble: string;
}

/** One write takes about this many at most, so that no batch waits for an endless one. */
const COMMIT_MAX_READINGS = 200_000;
/** For commits of single readings, under a load of some hundred connections. */
const SCRATCH_BYTES = 64 * 1024;
const RETRY_AFTER_SECONDS = 1;
/** So often it is looked whether the folder is still this process's. */
const WATCH_MS = 1000;
const SYNC_FAILED = 'a sync of the log failed: check the disk, then start the service anew';

/** A file of which that cannot be told is as good as gone: a server that forgot it says so. */
const isSure = (ask: () => boolean): boolean => {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false;
    throw error;
  }
};

const isLinked = (file: AppendFile): boolean => isSure(() => file.isLinked());
const isHeld = (lock: Pick<FolderLock, 'isHeld'>): boolean => isSure(() => lock.isHeld());

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOSPC';

/**
 * The write-ahead log: what is accepted is here before the answer leaves.
 *
 * **Durable** means: the line was written in whole and fdatasync returned, in a file whose name
 * was durable before (the folder is synced when a segment is made). Appends that wait while
 * another is being synced share the next write and fdatasync (group commit).
 *
 * **Failures.** A segment in which a write or a sync failed is closed at its last durable byte and
 * never touched again; what was in flight is rejected. When the disk is full, or a segment cannot
 * be made, the next append tries again in a new one. Any other failed sync poisons the log until
 * the service starts anew: the kernel may have dropped the pages and forgotten the error, so
 * nothing that it says of this disk afterwards can be trusted (PostgreSQL's "fsyncgate", 2018).
 *
 * **Disowned.** So does any sign that another process has the folder too: the open segment has lost
 * its name, a new one has a name that is taken, the lock is gone. After each sync, and before
 * anything is acknowledged, it is asked whether the segment and the owner's file still have their
 * names: what is written to a file that has none is lost, and so is what comes after another owner
 * has read the segment. The rest of the lock is looked at with each new segment, and every second.
 */
export class WriteAheadLog {
  readonly #options: WriteAheadLogOptions;
  /** Memory that is had already costs nothing. */
  readonly #scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  #nextSequence: Sequence;
  #open: OpenSegment | undefined;
  #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #closeRequests: CloseRequest[] = [];
  #draining = false;
  #poison: Poison | undefined;
  #trouble: string | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #stopped = false;
  readonly #watchTimer: NodeJS.Timeout;

  constructor(options: WriteAheadLogOptions) {
    this.#options = options;
    this.#nextSequence = options.nextSequence;
    this.#watchTimer = setInterval(() => void this.#watch(), WATCH_MS).unref();
  }

  /** The largest sequence that was given; as large as it was when none was. */
  get lastSequence(): Sequence {
    return (this.#nextSequence - 1) as Sequence;
  }

  /** Why nothing can be stored now; undefined when all is well. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** About how much memory the entries take that are not durable yet. */
  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /**
   * Resolves when the entry is durable; rejects with {@link StoreUnavailableError} otherwise.
   * An erasure is the last record of its segment, so that no part mixes what it voids with what
   * came after.
   */
  append(entry: LogEntry): Promise<void> {
    return new Promise((resolve, reject) => {
      const weightBytes = entry.kind === 'readings' ? batchBytes(entry.batch) : 0;
      this.#waiting.push({ entry, weightBytes, resolve, reject });
      this.#waitingBytes += weightBytes;
      this.#startDraining();
    });
  }

  /** Ends the attempts to write again. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#retryTimer);
    clearInterval(this.#watchTimer);
  }

  /** Closes the open segment, if any, after what waits now has been written. */
  closeSegment(): Promise<void> {
    return new Promise((resolve) => {
      this.#closeRequests.push({ entriesBefore: this.#waiting.length, resolve });
      this.#startDraining();
    });
  }

  #startDraining(): void {
    if (this.#draining) return;
    this.#draining = true;
    // Lets the requests that this turn of the event loop still brings join the first commit.
    setImmediate(() => void this.#drain());
  }

  /** Never rejects: what goes wrong goes to the appends that wait for it. */
  async #drain(): Promise<void> {
    while (this.#waiting.length > 0 || this.#closeRequests.length > 0) {
      if (this.#waiting.length > 0) await this.#commit();
      const isFull = (this.#open?.bytes ?? 0) >= this.#options.segmentMaxBytes;
      const requests = this.#takeDueCloseRequests();
      if (isFull || requests.length > 0) await this.#close();
      for (const { resolve } of requests) resolve();
    }
    this.#draining = false;
  }

  /** Under load entries always wait, so a request waits only for those that came before it. */
  #takeDueCloseRequests(): readonly CloseRequest[] {
    const isDue = ({ entriesBefore }: CloseRequest): boolean => entriesBefore <= 0;
    const due = this.#closeRequests.filter(isDue);
    this.#closeRequests = this.#closeRequests.filter((request) => !isDue(request));
    return due;
  }

  /** Writes and syncs as much of what waits as fits in one commit. */
  async #commit(): Promise<void> {
    const startedAtMs = performance.now();
    const group = this.#takeGroup();
    const firstSequence = this.#nextSequence;
    let sequence = firstSequence;
    let readings = 0;
    const bodies: string[] = [];
    for (const { entry } of group) {
      bodies.push(encodeBody(sequence, entry));
      if (entry.kind === 'readings') readings += entry.batch.size;
      sequence = (sequence + sequencesOf(entry)) as Sequence;
    }
    // A sequence is never used again, even when this commit fails: its line may survive a crash.
    this.#nextSequence = sequence;

    try {
      const bytes = checkedLines(bodies, this.#scratch);
      const segment = await this.#write(firstSequence, bytes);
      this.#trouble = undefined;
      this.#accept(segment, firstSequence, group);
      if (group.at(-1)?.entry.kind === 'erasure') await this.#close();
      const durationMs = performance.now() - startedAtMs;
      this.#options.observer.committed({ readings, bytes: bytes.length, durationMs });
    } catch (error) {
      await this.#fail(error, group);
    } finally {
      for (const { weightBytes } of group) this.#waitingBytes -= weightBytes;
    }
  }

  /** The next entries to commit: up to an erasure, or to as many readings as one write may take. */
  #takeGroup(): Waiting[] {
    let taken = 0;
    let readings = 0;
    while (taken < this.#waiting.length && readings < COMMIT_MAX_READINGS) {
      const { entry } = this.#waiting[taken++] as Waiting;
      if (entry.kind === 'erasure') break;
      readings += entry.batch.size;
    }
    for (const request of this.#closeRequests) request.entriesBefore -= taken;
    if (taken < this.#waiting.length) return this.#waiting.splice(0, taken);
    const group = this.#waiting;
    this.#waiting = [];
    return group;
  }

  async #write(firstSequence: Sequence, bytes: Buffer): Promise<Segment> {
    this.#refuseIfPoisoned();
    await this.#options.mark.reserve(this.lastSequence);
    this.#open ??= await this.#create(firstSequence);
    const open = this.#open;
    await open.file.append(bytes);
    try {
      await open.file.datasync();
    } catch (error) {
      if (!isFull(error)) {
        const poison = new Error('fdatasync of the log failed', { cause: error });
        this.#poison = { error: poison, trouble: SYNC_FAILED };
      }
      throw error;
    }
    // It may have been disowned during the sync.
    this.#refuseIfPoisoned();
    if (!isLinked(open.file)) throw this.#disown(`${open.path} was removed`);
    // A new owner may have read the segment already, without what was just written.
    if (!isHeld(this.#options.lock))
      throw this.#disown(`the lock's owner.json was replaced or removed`);
    open.bytes += bytes.length;
    return open;
  }

  #refuseIfPoisoned(): void {
    if (this.#poison !== undefined) throw this.#poison.error;
  }

  async #create(firstSequence: Sequence): Promise<OpenSegment> {
    const { files, dataDir } = this.#options;
    const folder = logFolder(dataDir);
    const path = join(folder, segmentName(firstSequence));
    const lost = await this.#options.lock.lost();
    if (lost !== undefined) throw this.#disown(lost);
    const file = await this.#createNew(path);
    const open = { path, file, firstSequence, bytes: 0 };
    // Open from here on, so that one whose name cannot be made durable is closed and removed.
    this.#open = open;
    // Before the first record: a durable file that has no name is as good as none.
    await files.syncFolder(folder);
    return open;
  }

  /** No sequence is given twice, so a segment that is there is another process's. */
  async #createNew(path: string): Promise<AppendFile> {
    try {
      return await this.#options.files.create(path);
    } catch (error) {
      throw hasCode(error, 'EEXIST') ? this.#disown(`${path} was made`) : error;
    }
  }

  async #watch(): Promise<void> {
    try {
      const lost = await this.#options.lock.lost();
      if (this.#stopped || this.#poison !== undefined) return;
      const isGone = this.#open !== undefined && !isLinked(this.#open.file);
      if (isGone) this.#disown(`${this.#open?.path} was removed`);
      else if (lost !== undefined) this.#disown(lost);
    } catch (error) {
      // It tells nothing yet; no new segment is begun until it can be told.
      this.#options.observer.failed({ what: 'looking after the lock', error });
    }
  }

  /** From here on nothing is acknowledged any more; the error that says so. */
  #disown(sign: string): Error {
    const trouble =
      `the data folder is no longer this process's alone (${sign}): ` +
      'stop all services on it, run verify, then start one';
    const error = new Error(trouble);
    this.#poison = { error, trouble };
    this.#trouble = trouble;
    this.#options.observer.failed({ what: 'keeping the data folder', error });
    this.#options.onDisowned();
    return error;
  }

  #accept(segment: Segment, firstSequence: Sequence, group: readonly Waiting[]): void {
    let sequence = firstSequence;
    for (const { entry } of group) {
      this.#options.onDurable(segment, sequence, entry);
      sequence = (sequence + sequencesOf(entry)) as Sequence;
    }
    // After the next commit is on its way, so that the disk works while the answers are written.
    setImmediate(() => {
      for (const { resolve } of group) resolve();
    });
  }

  async #fail(error: unknown, group: readonly Waiting[]): Promise<void> {
    if (error !== this.#poison?.error)
      this.#options.observer.failed({ what: 'writing the log', error });
    if (this.#poison === undefined) {
      // Health and clients are told of it: no paths.
      const why = systemReason(error) ?? 'the messages of the service say why';
      this.#trouble = `the log cannot be written: ${why}`;
      await this.#cutTail();
      if (!this.#stopped) this.#probeLater();
    } else {
      this.#trouble = this.#poison.trouble;
    }
    await this.#close();
    for (const { reject } of group) {
      reject(new StoreUnavailableError(this.#trouble, RETRY_AFTER_SECONDS, { cause: error }));
    }
  }

  /** What a failed write left behind was never accepted, so a restart should not find it. */
  async #cutTail(): Promise<void> {
    if (this.#open === undefined) return;
    try {
      await this.#options.files.truncate(this.#open.path, this.#open.bytes);
    } catch (error) {
      // A restart cuts it, or sets it aside; it costs a look, not a reading.
      this.#options.observer.failed({ what: `cutting ${this.#open.path}`, error });
    }
  }

  #probeLater(): void {
    this.#retryTimer ??= setTimeout(() => this.#probe(), this.#options.retryMs);
  }

  /** An empty batch tells whether the disk takes writes again while nobody else tries. */
  #probe(): void {
    this.#retryTimer = undefined;
    if (this.#trouble === undefined) return;
    this.append({ kind: 'readings', batch: new ReadingBatch() }).catch((error: unknown) => {
      if (!(error instanceof StoreUnavailableError)) throw error;
    });
  }

  async #close(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    try {
      await open.file.close();
    } catch (error) {
      // All that was accepted is synced already, so nothing is lost with the descriptor.
      this.#options.observer.failed({ what: `closing ${open.path}`, error });
    }
    const { path, firstSequence, bytes } = open;
    this.#options.onClosed({ path, firstSequence, bytes });
  }
}

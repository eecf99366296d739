import { join } from 'node:path';
import type { Sequence } from '../../readings/reading.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import type { AppendFile, Files } from '../files.ts';
import { StoreUnavailableError } from '../reading-store.ts';
import type { StoreObserver } from '../store-observer.ts';
import { logFolder, segmentName } from './layout.ts';
import { encodeRecord } from './log-record.ts';

/** A file of the log. `bytes` of it are known to be durable; what may follow was never accepted. */
export interface Segment {
  readonly path: string;
  readonly firstSequence: Sequence;
  readonly bytes: number;
}

export interface WriteAheadLogOptions {
  readonly files: Files;
  readonly dataDir: string;
  /** The first sequence that no log record or part has used. */
  readonly nextSequence: Sequence;
  /** A segment that has grown to this size is closed. */
  readonly segmentMaxBytes: number;
  /** Called when a batch is durable, in log order, before its append resolves. */
  readonly onDurable: (segment: Segment, sequence: Sequence, batch: ReadingBatch) => void;
  /** Called when a segment will never be written again. */
  readonly onClosed: (segment: Segment) => void;
  readonly observer: StoreObserver;
}

interface Waiting {
  readonly batch: ReadingBatch;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

interface OpenSegment {
  readonly path: string;
  readonly file: AppendFile;
  readonly firstSequence: Sequence;
  readonly openedAtMs: number;
  bytes: number;
}

/** One write takes at most about this much, so that no batch waits for an endless one. */
const COMMIT_MAX_BYTES = 8 * 1024 * 1024;
const RETRY_AFTER_SECONDS = 1;

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
 */
export class WriteAheadLog {
  readonly #options: WriteAheadLogOptions;
  #nextSequence: Sequence;
  #open: OpenSegment | undefined;
  #waiting: Waiting[] = [];
  #closeRequests: (() => void)[] = [];
  #draining = false;
  #poison: Error | undefined;
  #trouble: string | undefined;

  constructor(options: WriteAheadLogOptions) {
    this.#options = options;
    this.#nextSequence = options.nextSequence;
  }

  /** Why nothing can be stored now; undefined when all is well. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** When the open segment was made (milliseconds, Date.now); undefined when none is open. */
  get openedAtMs(): number | undefined {
    return this.#open?.openedAtMs;
  }

  /** Resolves when the batch is durable; rejects with {@link StoreUnavailableError} otherwise. */
  append(batch: ReadingBatch): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ batch, resolve, reject });
      this.#startDraining();
    });
  }

  /** Closes the open segment, if any, after what waits now has been written. */
  closeSegment(): Promise<void> {
    return new Promise((resolve) => {
      this.#closeRequests.push(resolve);
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
      const full = (this.#open?.bytes ?? 0) >= this.#options.segmentMaxBytes;
      const requests = this.#waiting.length === 0 ? this.#closeRequests.splice(0) : [];
      if (full || requests.length > 0) await this.#close();
      for (const done of requests) done();
    }
    this.#draining = false;
  }

  /** Writes and syncs as much of what waits as fits in one commit. */
  async #commit(): Promise<void> {
    const startedAtMs = performance.now();
    let sequence = this.#nextSequence;
    const firstSequence = sequence;
    const lines: string[] = [];
    let length = 0;
    let readings = 0;
    let taken = 0;
    while (taken < this.#waiting.length && length < COMMIT_MAX_BYTES) {
      const { batch } = this.#waiting[taken++] as Waiting;
      const line = encodeRecord(sequence, batch);
      lines.push(line);
      length += line.length;
      readings += batch.size;
      sequence = (sequence + batch.size) as Sequence;
    }
    const group = taken === this.#waiting.length ? this.#waiting : this.#waiting.slice(0, taken);
    this.#waiting = taken === this.#waiting.length ? [] : this.#waiting.slice(taken);
    // A sequence is never used again, even when this commit fails: its line may survive a crash.
    this.#nextSequence = sequence;

    try {
      const bytes = Buffer.from(lines.join(''));
      const segment = await this.#write(firstSequence, bytes);
      this.#trouble = undefined;
      this.#accept(segment, firstSequence, group);
      const durationMs = performance.now() - startedAtMs;
      this.#options.observer.committed({ readings, bytes: bytes.length, durationMs });
    } catch (error) {
      await this.#fail(error, group);
    }
  }

  async #write(firstSequence: Sequence, bytes: Buffer): Promise<Segment> {
    if (this.#poison !== undefined) throw this.#poison;
    this.#open ??= await this.#create(firstSequence);
    const open = this.#open;
    await open.file.append(bytes);
    try {
      await open.file.datasync();
    } catch (error) {
      if (!isFull(error)) this.#poison = new Error('fdatasync of the log failed', { cause: error });
      throw error;
    }
    open.bytes += bytes.length;
    return open;
  }

  async #create(firstSequence: Sequence): Promise<OpenSegment> {
    const { files, dataDir } = this.#options;
    const folder = logFolder(dataDir);
    const path = join(folder, segmentName(firstSequence));
    const file = await files.create(path);
    try {
      // Before the first record: a durable file that has no name is as good as none.
      await files.syncFolder(folder);
    } catch (error) {
      await file.close();
      throw error;
    }
    return { path, file, firstSequence, openedAtMs: Date.now(), bytes: 0 };
  }

  #accept(segment: Segment, firstSequence: Sequence, group: readonly Waiting[]): void {
    let sequence = firstSequence;
    for (const { batch, resolve } of group) {
      this.#options.onDurable(segment, sequence, batch);
      sequence = (sequence + batch.size) as Sequence;
      resolve();
    }
  }

  async #fail(error: unknown, group: readonly Waiting[]): Promise<void> {
    if (error !== this.#poison) {
      this.#options.observer.failed({ what: 'writing the log', error });
    }
    this.#trouble =
      this.#poison === undefined
        ? `the log cannot be written: ${String(error)}`
        : 'the log is poisoned: a sync failed; check the disk, then start the service anew';
    await this.#close();
    for (const { reject } of group) {
      reject(new StoreUnavailableError(this.#trouble, RETRY_AFTER_SECONDS, { cause: error }));
    }
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

import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { EpochDay } from '../../readings/reading.ts';
import type { StoreObserver } from '../store-observer.ts';
import type { ChunkRow } from './chunk-row.ts';
import { MAX_WRITE_MS } from './chunk-writer.ts';
import { dayColumns, withoutErased } from './day-columns.ts';
import { mergedChunks, runsToMerge } from './merge-plan.ts';
import type { Statements, UserDay } from './statements.ts';
import { NOTHING_VOID, Voided } from './voided.ts';

/**
 * A chunk that is older than this is looked at: no write with a smaller stamp is acknowledged any
 * more, nor an erasure. Four times what a write may take, for clocks that differ.
 */
const SETTLED_MS = 4 * MAX_WRITE_MS;
const MERGING: Merging = { settledMs: SETTLED_MS, minChunks: 64 };
const INTERVAL_MS = 1_000;
/** So many days wait at most; what is more is found again when it is read or written. */
const MAX_WAITING = 10_000;
/** Each merge of a merge is named after the last. */
const MAX_NAME_LENGTH = 200;

export interface MergerOptions {
  readonly statements: Statements;
  readonly ttlSeconds: (day: EpochDay) => number;
  readonly observer: Pick<StoreObserver, 'compacted' | 'failed'>;
  readonly merging?: Merging | undefined;
}

/** When chunks are merged; tests have it done sooner. */
export interface Merging {
  /** How old chunks must be: older than a write that may still be acknowledged. */
  readonly settledMs: number;
  /** So many small ones next to each other are worth it. */
  readonly minChunks: number;
}

/**
 * Replaces small chunks of a day by few large ones, in the background, one day at a time. What is
 * merged has the stamp of its newest source, so an erasure that comes in between still wins; and
 * it stands in the order of acceptance where that source stood.
 */
export class Merger {
  readonly #options: MergerOptions;
  readonly #settledMs: number;
  readonly #minChunks: number;
  readonly #waiting = new Map<string, { userId: string; day: EpochDay; dueMs: number }>();
  /** How many small chunks of a day this process has written, but for those it had looked at. */
  readonly #written = new LRUCache<string, number>({ max: MAX_WAITING });
  readonly #timer: NodeJS.Timeout;
  #working: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: MergerOptions) {
    this.#options = options;
    const { settledMs, minChunks } = options.merging ?? MERGING;
    this.#settledMs = settledMs;
    this.#minChunks = minChunks;
    const intervalMs = Math.min(INTERVAL_MS, settledMs);
    this.#timer = setInterval(() => this.#wake(), intervalMs).unref();
  }

  /** A small chunk of the day has been written. */
  wrote(userId: string, day: EpochDay): void {
    const key = keyOf(userId, day);
    const written = (this.#written.get(key) ?? 0) + 1;
    this.#written.set(key, written % this.#minChunks);
    if (written === this.#minChunks) this.#enqueue(userId, day, this.#settledMs);
  }

  /** These chunks of a day have been read. */
  saw(userId: string, day: EpochDay, chunks: readonly ChunkRow[]): void {
    if (chunks.length < this.#minChunks) return;
    if (this.#runs(chunks, NOTHING_VOID).length > 0) this.#enqueue(userId, day, 0);
  }

  /** Some readings of the day are void from now on. */
  erased(userId: string, day: EpochDay): void {
    this.#enqueue(userId, day, this.#settledMs);
  }

  /** Ends what is under way; what waits is left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#working;
  }

  #enqueue(userId: string, day: EpochDay, afterMs: number): void {
    const key = keyOf(userId, day);
    if (this.#waiting.has(key) || this.#waiting.size >= MAX_WAITING) return;
    this.#waiting.set(key, { userId, day, dueMs: Date.now() + afterMs });
  }

  #runs(chunks: readonly ChunkRow[], voided: Voided) {
    const before = (Date.now() - this.#settledMs) * 1000;
    const settled = chunks.filter(({ seq }) => seq < before);
    return runsToMerge(settled, {
      minChunks: this.#minChunks,
      isDirty: (chunk) => isDirty(chunk, voided),
    });
  }

  #wake(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = undefined;
    });
  }

  /** Never rejects: what could not be merged is as good as before. */
  async #work(): Promise<void> {
    for (const [key, { userId, day, dueMs }] of this.#waiting) {
      if (this.#isClosed) return;
      if (dueMs > Date.now()) continue;
      this.#waiting.delete(key);
      try {
        await this.merge(userId, day);
      } catch (error) {
        this.#options.observer.failed({ what: 'chunks could not be merged', error });
      }
    }
  }

  /** Merges what of a day has settled. Rejects as the statements do. */
  async merge(userId: string, day: EpochDay): Promise<void> {
    const { statements, ttlSeconds } = this.#options;
    // In this order: erasures that go are gone after the chunks that they cover.
    const voided = new Voided(await statements.erasures(userId));
    const chunks = await statements.chunks(userId, day);
    const userDay = { userId, day, ttlSeconds: ttlSeconds(day) };
    for (const run of this.#runs(chunks, voided)) {
      if (this.#isClosed) return;
      await this.#replace(userDay, run, voided);
    }
  }

  async #replace(userDay: UserDay, run: readonly ChunkRow[], voided: Voided): Promise<void> {
    const { statements, observer } = this.#options;
    const last = run.at(-1) as ChunkRow;
    if (last.writer.length > MAX_NAME_LENGTH) return;
    const startedMs = performance.now();
    // Right behind the last source; of one's own, as another process may merge the same.
    const name = `${last.writer}~${randomBytes(4).toString('base64url')}`;
    const merged = mergedChunks(run, voided).map((columns, at) => ({
      ...{ columns, seq: last.seq, writer: `${name}.${String(at).padStart(3, '0')}` },
    }));
    await statements.replaceChunks(userDay, run, merged);
    const readings = (rows: readonly { readings: number }[]) =>
      rows.reduce((sum, one) => sum + one.readings, 0);
    const left = merged.reduce((sum, { columns }) => sum + columns.timestamps.length, 0);
    observer.compacted({
      parts: run.length,
      duplicates: readings(run) - left,
      durationMs: performance.now() - startedMs,
    });
  }
}

/** Whether a chunk has readings that are erased. */
const isDirty = (chunk: ChunkRow, voided: Voided): boolean => {
  if (chunk.seq > voided.newest) return false;
  return withoutErased(dayColumns([chunk]), [chunk], voided).timestamps.length < chunk.readings;
};

const keyOf = (userId: string, day: EpochDay): string => `${day} ${userId}`;

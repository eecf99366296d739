import { LRUCache } from 'lru-cache';
import type { EpochDay } from '../../readings/reading.ts';
import type { StoreObserver } from '../store-observer.ts';
import { LARGE_READINGS } from './chunk.ts';
import { nameBehind } from './chunk-place.ts';
import type { ChunkRow } from './chunk-row.ts';
import { MAX_WRITE_MS } from './chunk-writer.ts';
import { areApart, dayColumns, identitiesIn, withoutErased } from './day-columns.ts';
import { type MergeRules, mergedChunks, runsToMerge } from './merge-plan.ts';
import { Recurring } from './recurring.ts';
import type { Stamp } from './stamps.ts';
import type { Exchange, Statements, UserDay } from './statements.ts';
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
/** So many large chunks of a day are worth a look whether they repeat each other. */
const MIN_LARGE_CHUNKS = 16;
/** After a look it is not looked for repetitions again for so many times what it takes to settle. */
const LOOK_AGAIN_AFTER = 30;
/**
 * A chunk that is kept for so much longer than the present rule says is written again: it would stay
 * when its day is over, and is in no list then.
 */
const OUTLIVES_SECONDS = 86_400;

export interface MergerOptions {
  readonly statements: Statements;
  /** For how long rows of a day are kept by the present rule; 0 is for ever. */
  readonly ttlSeconds: (day: EpochDay) => number;
  /** @throws StoreUnavailableError when the clock is not to be trusted. */
  readonly check: () => void;
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
 * Replaces small chunks of a day by few large ones, and what repeats itself by what is in it, in the
 * background, one day at a time. What is merged stands in the order of acceptance where its newest
 * source stood. Why nothing is lost, whatever other processes do, with s for {@link SETTLED_MS}: at
 * clock t the day is read, and what was written up to t - s may be merged. The sources are taken
 * away up to their own timestamps, once a quorum has what is merged; that has the timestamp t - s/2,
 * and is written until t + s/4 or not at all.
 * - An erasure that was not seen at t and is acknowledged has a stamp after t - s/4: it takes what
 *   is merged away too. Of parts it goes by the place, which is that of the sources.
 * - Another process that did not see at t' what is merged has t' < t + s/4 and a little; it takes
 *   away what was written up to t' - s, which is before t - s/2. Of what both have merged each
 *   identity has one value at one place.
 */
export class Merger {
  readonly #options: MergerOptions;
  readonly #settledMs: number;
  readonly #minChunks: number;
  readonly #waiting = new Map<string, { userId: string; day: EpochDay; dueMs: number }>();
  /** How many small chunks of a day this process has written, but for those it had looked at. */
  readonly #written = new LRUCache<string, number>({ max: MAX_WAITING });
  readonly #writtenLarge = new LRUCache<string, number>({ max: MAX_WAITING });
  /** Days that were looked through for repetitions a while ago. */
  readonly #looked: LRUCache<string, true>;
  readonly #recurring: Recurring;

  constructor(options: MergerOptions) {
    this.#options = options;
    const { settledMs, minChunks } = options.merging ?? MERGING;
    this.#settledMs = settledMs;
    this.#minChunks = minChunks;
    this.#looked = new LRUCache({ max: MAX_WAITING, ttl: LOOK_AGAIN_AFTER * settledMs });
    const intervalMs = Math.min(INTERVAL_MS, settledMs);
    this.#recurring = new Recurring(() => this.#work(), intervalMs);
  }

  /** A chunk of the day has been written, with so many readings. */
  wrote(userId: string, day: EpochDay, readings: number): void {
    const isLarge = readings >= LARGE_READINGS;
    const [counts, worth] = isLarge
      ? [this.#writtenLarge, MIN_LARGE_CHUNKS]
      : [this.#written, this.#minChunks];
    const key = keyOf(userId, day);
    const written = (counts.get(key) ?? 0) + 1;
    counts.set(key, written % worth);
    if (written === worth) this.#enqueue(userId, day, this.#settledMs);
  }

  /** These chunks of a day have been read. */
  saw(userId: string, day: EpochDay, chunks: readonly ChunkRow[]): void {
    const rules = this.#rules(Date.now(), { day, voided: NOTHING_VOID });
    const isWorthIt =
      chunks.some((chunk) => rules.isSettled(chunk) && rules.isDirty(chunk)) ||
      (chunks.length >= this.#minChunks &&
        runsToMerge(chunks, { ...rules, isRepetitive: () => false }).length > 0) ||
      this.#mayRepeat(keyOf(userId, day), chunks);
    if (isWorthIt) this.#enqueue(userId, day, 0);
  }

  /** Whether large chunks of a day lie over each other in time; asked now and then only. */
  #mayRepeat(key: string, chunks: readonly ChunkRow[]): boolean {
    const large = chunks.filter(({ readings }) => readings >= LARGE_READINGS);
    if (large.length < 2 || this.#looked.has(key)) return false;
    this.#looked.set(key, true);
    return !areApart(large, dayColumns(large));
  }

  /** Some readings of the day are void from now on. */
  erased(userId: string, day: EpochDay): void {
    this.#enqueue(userId, day, this.#settledMs);
  }

  /** Ends what is under way; what waits is left. */
  close(): Promise<void> {
    return this.#recurring.close();
  }

  #enqueue(userId: string, day: EpochDay, afterMs: number): void {
    const key = keyOf(userId, day);
    if (this.#waiting.has(key) || this.#waiting.size >= MAX_WAITING) return;
    this.#waiting.set(key, { userId, day, dueMs: Date.now() + afterMs });
  }

  #rules(
    asOfMs: number,
    { day, voided }: { readonly day: EpochDay; readonly voided: Voided },
  ): MergeRules {
    const before = (asOfMs - this.#settledMs) * 1000;
    const byRule = this.#options.ttlSeconds(day) || Number.POSITIVE_INFINITY;
    const outlives = ({ ttlSeconds }: ChunkRow) =>
      byRule !== Number.POSITIVE_INFINITY &&
      (ttlSeconds ?? Number.POSITIVE_INFINITY) > byRule + OUTLIVES_SECONDS;
    return {
      minChunks: this.#minChunks,
      isSettled: ({ seq, written }) => seq < before && written < before,
      isDirty: (chunk) => outlives(chunk) || hasErased(chunk, voided),
      isRepetitive,
    };
  }

  /** Never rejects: what could not be merged is as good as before. */
  async #work(): Promise<void> {
    for (const [key, { userId, day, dueMs }] of this.#waiting) {
      if (this.#recurring.isClosed) return;
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
    const { statements, check } = this.#options;
    check();
    const asOfMs = Date.now();
    // In this order: erasures that go are gone after the chunks that they cover.
    const voided = new Voided(await statements.erasures(userId));
    const chunks = await statements.chunks(userId, day);
    const rules = this.#rules(asOfMs, { day, voided });
    const exchange = {
      written: ((asOfMs - this.#settledMs / 2) * 1000) as Stamp,
      untilMs: asOfMs + MAX_WRITE_MS,
    };
    for (const run of runsToMerge(chunks, rules)) {
      if (this.#recurring.isClosed) return;
      check();
      if (Date.now() > exchange.untilMs) return this.#enqueue(userId, day, 0);
      const userDay = { userId, day, ttlSeconds: this.#ttlSeconds(day, run) };
      await this.#replace(userDay, run, { voided, exchange });
      // What is left may be worth another, with what comes next to it now.
      if (run.some(({ readings }) => readings >= LARGE_READINGS)) {
        this.#enqueue(userId, day, this.#settledMs);
      }
    }
    if (chunks.some((chunk) => !rules.isSettled(chunk) && rules.isDirty(chunk))) {
      this.#enqueue(userId, day, this.#settledMs);
    }
  }

  /** No longer than the longest-lived source: nor is the day in the list of days. 0 is for ever. */
  #ttlSeconds(day: EpochDay, run: readonly ChunkRow[]): number {
    const longest = Math.max(
      ...run.map(({ ttlSeconds }) => ttlSeconds ?? Number.POSITIVE_INFINITY),
    );
    const byRule = this.#options.ttlSeconds(day) || Number.POSITIVE_INFINITY;
    const shorter = Math.min(longest, byRule);
    return shorter === Number.POSITIVE_INFINITY ? 0 : Math.max(1, shorter);
  }

  async #replace(
    userDay: UserDay,
    run: readonly ChunkRow[],
    { voided, exchange }: { readonly voided: Voided; readonly exchange: Exchange },
  ): Promise<void> {
    const { statements, observer } = this.#options;
    const { seq, writer } = run.at(-1) as ChunkRow;
    const startedMs = performance.now();
    const name = nameBehind(writer);
    const merged = mergedChunks(run, voided).map((columns, at) => ({
      ...{ columns, seq, writer: `${name}.${String(at).padStart(3, '0')}` },
    }));
    await statements.replaceChunks(userDay, run, merged, exchange);
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

/** Whether at least half of the readings repeat the identity of others. */
const isRepetitive = (chunks: readonly ChunkRow[]): boolean => {
  const rows = dayColumns(chunks);
  return !areApart(chunks, rows) && 2 * identitiesIn(rows) <= rows.timestamps.length;
};

/** Whether a chunk has readings that are erased. */
const hasErased = (chunk: ChunkRow, voided: Voided): boolean => {
  if (chunk.seq > voided.newest) return false;
  return withoutErased(dayColumns([chunk]), [chunk], voided).timestamps.length < chunk.readings;
};

const keyOf = (userId: string, day: EpochDay): string => `${day} ${userId}`;

import type { EpochDay } from '../../readings/reading.ts';
import { StoreUnavailableError } from '../reading-store.ts';
import type { StoreObserver } from '../store-observer.ts';
import { chunksOf, type DayRun, type UserDayRuns } from './chunk.ts';
import type { DayTrust } from './day-trust.ts';
import { FairQueue } from './fair-queue.ts';
import type { Stamp, Stamps } from './stamps.ts';
import type { NewChunk, Statements, UserDay } from './statements.ts';

/**
 * So many writes are under way at once: what a driver sends at most to one connection, and what
 * keeps three small nodes busy.
 */
const MAX_IN_FLIGHT = 512;
/** And so many of one batch: what else comes meanwhile waits behind no more in the nodes. */
const MAX_OF_BATCH = 128;
/**
 * A write that took longer since it got its stamp is not acknowledged: a merge, which looks at
 * chunks that are older than some minutes, may have been done without it.
 */
export const MAX_WRITE_MS = 30_000;

interface Waiting {
  /** What was accepted with it. */
  readonly batch: object;
  readonly runs: readonly DayRun[];
  readonly readings: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** The way to one partition: one write at a time, and what comes meanwhile goes with the next. */
interface Lane {
  readonly userId: string;
  readonly day: EpochDay;
  waiting: Waiting[];
  isBusy: boolean;
}

export interface ChunkWriterOptions {
  readonly statements: Statements;
  readonly stamps: Stamps;
  readonly trust: DayTrust;
  /** The name of this process. */
  readonly writer: string;
  /** How long rows of a day are kept; 0 is for ever. */
  readonly ttlSeconds: (day: EpochDay) => number;
  readonly observer: Pick<StoreObserver, 'committed'>;
  /** Told of each chunk that is written, and how many readings it has. */
  readonly onChunk: (userId: string, day: EpochDay, readings: number) => void;
}

/**
 * Writes readings as chunks. Those of one user and day that come while an earlier write of them is
 * under way are gathered into one chunk, as a log gathers records for one fsync.
 */
export class ChunkWriter {
  readonly #options: ChunkWriterOptions;
  readonly #lanes = new Map<string, Lane>();
  /** Lanes that wait for their turn, by the batches that wait in them. */
  readonly #ready = new FairQueue<Lane>(MAX_OF_BATCH);
  #inFlight = 0;
  #isPumping = false;
  #waitingReadings = 0;
  #onIdle: (() => void) | undefined;

  constructor(options: ChunkWriterOptions) {
    this.#options = options;
  }

  /** Readings that are not acknowledged yet. */
  get waitingReadings(): number {
    return this.#waitingReadings;
  }

  /**
   * Resolves when all of a batch is stored. Rejects with a {@link StoreUnavailableError} when that is
   * not known, once all has been tried; it may be stored then, and may be sent again.
   */
  async write(userDays: readonly UserDayRuns[]): Promise<void> {
    const batch = {};
    const outcomes = await Promise.allSettled(userDays.map((one) => this.#wait(batch, one)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  #wait(batch: object, { userId, day, runs }: UserDayRuns): Promise<void> {
    return new Promise((resolve, reject) => {
      const readings = runs.reduce((sum, { heartRates }) => sum + heartRates.length, 0);
      this.#waitingReadings += readings;
      const key = `${day} ${userId}`;
      let lane = this.#lanes.get(key);
      if (lane === undefined) {
        lane = { userId, day, waiting: [], isBusy: false };
        this.#lanes.set(key, lane);
      }
      lane.waiting.push({ batch, runs, readings, resolve, reject });
      // Also when it waits for the turn of another batch, which may come later.
      if (!lane.isBusy) this.#ready.push(batch, lane);
      this.#pumpLater();
    });
  }

  /** Resolves when nothing is under way any more. */
  async idle(): Promise<void> {
    if (this.#lanes.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
    });
  }

  /** After what else this turn of the event loop brings, which may be of the same lanes. */
  #pumpLater(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => {
      this.#isPumping = false;
      this.#pump();
    });
  }

  #pump(): void {
    while (this.#inFlight < MAX_IN_FLIGHT) {
      const next = this.#ready.take();
      if (next === undefined) return;
      const { name: batch, item: lane } = next;
      // Another batch's turn has come first, and took along what waited there.
      if (lane.isBusy || lane.waiting.length === 0) this.#ready.done(batch);
      else void this.#drive(lane, batch);
    }
  }

  /** Never rejects: what goes wrong is told to those who wait. */
  async #drive(lane: Lane, batch: object): Promise<void> {
    this.#inFlight++;
    lane.isBusy = true;
    const taken = lane.waiting;
    lane.waiting = [];
    try {
      await this.#store(lane, taken);
      for (const { resolve } of taken) resolve();
    } catch (error) {
      for (const { reject } of taken) reject(error);
    }
    this.#inFlight--;
    for (const { readings } of taken) this.#waitingReadings -= readings;
    lane.isBusy = false;
    this.#ready.done(batch);
    for (const waiting of lane.waiting) this.#ready.push(waiting.batch, lane);
    if (lane.waiting.length === 0) this.#lanes.delete(`${lane.day} ${lane.userId}`);
    if (this.#lanes.size === 0) this.#onIdle?.();
    this.#pumpLater();
  }

  async #store({ userId, day }: Lane, taken: readonly Waiting[]): Promise<void> {
    const { stamps, writer, observer, onChunk } = this.#options;
    const startedMs = performance.now();
    const userDay = { userId, day, ttlSeconds: this.#options.ttlSeconds(day) };
    const chunks = chunksOf(taken.flatMap(({ runs }) => runs)).map(
      (columns): NewChunk => ({ columns, seq: stamps.next(), writer }),
    );
    const [first, last] = [chunks[0], chunks.at(-1)];
    if (first === undefined || last === undefined) return;
    await this.#listDay(userDay, last.seq);
    await this.#insert(userDay, chunks);
    const durationMs = performance.now() - startedMs;
    if (Math.max(stamps.ageMs(first.seq), durationMs) > MAX_WRITE_MS) {
      throw new StoreUnavailableError('It took too long to store the readings.', 1);
    }
    const readings = taken.reduce((sum, one) => sum + one.readings, 0);
    const bytes = chunks.reduce((sum, { columns }) => sum + columns.timestamps.length * 18, 0);
    observer.committed({ readings, bytes, durationMs });
    for (const { columns } of chunks) onChunk(userId, day, columns.timestamps.length);
  }

  /**
   * Before the readings: a crash in between leaves a day that is empty, not readings that no erasure
   * would find. With the last stamp: while one of the chunks lives, so does the day.
   */
  async #listDay(userDay: UserDay, stamp: Stamp): Promise<void> {
    const { statements, trust } = this.#options;
    const { userId, day } = userDay;
    if (trust.covers(userId, day, stamp)) return;
    await statements.insertDay(userDay, stamp);
    trust.wrote(userId, day, stamp);
  }

  async #insert(userDay: UserDay, chunks: readonly NewChunk[]): Promise<void> {
    const { statements, trust } = this.#options;
    try {
      await Promise.all(chunks.map((chunk) => statements.insertChunk(userDay, chunk)));
    } catch (error) {
      // Some may come to light later. When it is tried again, the day is listed with a later stamp.
      trust.forget(userDay.userId, userDay.day);
      throw error;
    }
  }
}

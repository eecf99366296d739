import type { Erasure } from './readings/erasure.ts';
import type { EpochDay } from './readings/reading.ts';
import type { ReadingBatch } from './readings/reading-batch.ts';
import {
  type DayScan,
  type ReadingStore,
  type ScannedDay,
  type ScanRequest,
  type StoreHealth,
  StoreUnavailableError,
} from './storage/reading-store.ts';

const NOT_OPEN = 'The storage is being opened.';
const CLOSING = 'The service is stopping.';
const RETRY_AFTER_SECONDS = 1;
const NOTHING_YET = {
  unflushedReadings: 0,
  segments: 0,
  parts: 0,
  oldestUnflushedMs: 0,
  mostPartsOfDay: 0,
  mergeDebtBytes: 0,
  currentStepMs: 0,
} as const;

const notOpen = () => new StoreUnavailableError(NOT_OPEN, RETRY_AFTER_SECONDS);

/**
 * A store that is not open yet, so that the service can already answer and say so. Until it is
 * open, and again once it is to close, it is unavailable; in between it is the store itself.
 */
export class OpeningStore implements ReadingStore {
  readonly #openStore: (signal: AbortSignal) => Promise<ReadingStore>;
  readonly #abort = new AbortController();
  #opening: Promise<ReadingStore> | undefined;
  #store: ReadingStore | undefined;
  #isClosing = false;

  /** `openStore` may reject with its signal's reason when that tells it to end. */
  constructor(openStore: (signal: AbortSignal) => Promise<ReadingStore>) {
    this.#openStore = openStore;
  }

  /** Rejects as the store does when it cannot be opened, and when it is closed meanwhile. */
  async open(): Promise<void> {
    this.#opening ??= this.#openStore(this.#abort.signal);
    this.#store = await this.#opening;
  }

  // Not async: one more promise for each reading is 1 % of what it takes.
  append(batch: ReadingBatch): Promise<void> {
    return this.#store?.append(batch) ?? Promise.reject(notOpen());
  }

  async checkDay(day: EpochDay, refusal?: Error): Promise<boolean> {
    return this.#opened.checkDay(day, refusal);
  }

  async erase(erasure: Erasure): Promise<number> {
    return this.#opened.erase(erasure);
  }

  scan(request: ScanRequest): AsyncIterable<DayScan> {
    return this.#opened.scan(request);
  }

  scanBackwards(request: ScanRequest): AsyncIterable<ScannedDay> {
    return this.#opened.scanBackwards(request);
  }

  intakeDay(): EpochDay | undefined {
    return this.#store?.intakeDay();
  }

  health(): StoreHealth {
    const health = this.#store?.health();
    if (health !== undefined && !this.#isClosing) return health;
    const reasons = [this.#isClosing ? CLOSING : NOT_OPEN];
    return { ...(health ?? NOTHING_YET), state: 'unavailable', reasons };
  }

  /** From now on it says that it is unavailable; requests under way are still served. */
  announceClosing(): void {
    this.#isClosing = true;
  }

  async close(): Promise<void> {
    this.announceClosing();
    // A log may take minutes to replay, and what was not replayed is there for the next start.
    this.#abort.abort();
    await (await this.#outcome())?.close();
  }

  /** The store, if opening it was begun and not broken off. */
  async #outcome(): Promise<ReadingStore | undefined> {
    try {
      return await this.#opening;
    } catch (error) {
      if (isAbort(error)) return undefined;
      throw error;
    }
  }

  get #opened(): ReadingStore {
    if (this.#store !== undefined) return this.#store;
    throw notOpen();
  }
}

/** What an aborted signal makes of it, and Node's own functions. */
const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

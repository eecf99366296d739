import type { Reading, ReadingInput } from '../data.ts';
import { HeartRateApiError } from '../errors.ts';
import type { HeartRateClient } from '../heart-rate-client.ts';
import { numberFrom } from '../options.ts';
import { withTexts } from '../times.ts';
import type { QueueStore } from './queue-store.ts';
import { isOfReadings, type RejectedReadings, rejectedOf } from './rejected.ts';
import { WaitingReadings } from './waiting-readings.ts';

/** Nothing was lost: all that is queued stays, and is sent again later. */
export interface FailedSending {
  readonly type: 'failed';
  readonly error: unknown;
  /** How many readings wait. */
  readonly queued: number;
}

/** What `onError` is told. */
export type QueueError = RejectedReadings | FailedSending;

export interface ReadingQueueOptions {
  /** Sent as soon as there are so many. 1 to 10,000; default 1,000. */
  readonly maxBatch?: number;
  /** How long a reading waits for others at most. Default 1,000. */
  readonly flushIntervalMs?: number;
  /** How many may wait, those included that the store had. Default 100,000. */
  readonly maxQueued?: number;
  /** Is told what did not succeed. It must not throw. */
  readonly onError: (error: QueueError) => void;
  /** Keeps what waits beyond a restart. Without one it is in memory alone. */
  readonly store?: QueueStore;
}

/**
 * Sends readings in batches: in the order in which they were added, one batch at a time. A batch
 * is tried as often as the client tries a call; when that fails it stays first, and is sent again
 * after a wait that doubles up to a minute. Invalid readings hold nothing up: the service skips
 * them, and `onError` is told.
 */
export interface ReadingQueue {
  /** How many readings wait, those included that are on their way. */
  readonly size: number;
  /**
   * Resolves when one reading, or each of a list, is queued: with a store, when it is kept there.
   * Rejects with `QueueFullError`, and takes none of them, when too many would wait.
   */
  add(readings: ReadingInput | readonly ReadingInput[]): Promise<void>;
  /** Sends all that was added until now. Rejects when it cannot, and the queue goes on by itself. */
  flush(): Promise<void>;
  /**
   * Takes no more, sends what waits and closes the store. Rejects when not all could be sent; the
   * next queue with the same store sends the rest.
   */
  close(): Promise<void>;
}

/** The longest wait after failures in a row, unless the service asks for more. */
const MAX_WAIT_MS = 60_000;
const FIRST_WAIT_MS = 500;

const MEMORY: QueueStore = {
  load: async () => [],
  append: async () => undefined,
  remove: async () => undefined,
  close: async () => undefined,
};

/** The service will not take any reading of such a batch. */
const isRefusedFor = ({ status, problem }: HeartRateApiError, length: number): boolean =>
  (status === 400 && isOfReadings(problem.errors ?? [])) || (status === 413 && length === 1);

class BatchQueue implements ReadingQueue {
  readonly #client: Pick<HeartRateClient, 'ingestBatch'>;
  readonly #waiting: WaitingReadings;
  readonly #maxBatch: number;
  readonly #flushIntervalMs: number;
  readonly #onError: (error: QueueError) => void;
  /** Less than `maxBatch` when the readings have too many bytes. */
  #batchLimit: number;
  #sending: Promise<void> | undefined;
  /** Of all readings that ever left the queue. */
  #left = 0;
  #waitMs = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(client: Pick<HeartRateClient, 'ingestBatch'>, options: ReadingQueueOptions) {
    const { maxBatch = 1_000, flushIntervalMs = 1_000, maxQueued = 100_000 } = options;
    if (typeof options.onError !== 'function') throw new TypeError('onError must be a function');
    this.#client = client;
    this.#maxBatch = numberFrom(1, 'maxBatch', maxBatch, 10_000);
    this.#flushIntervalMs = numberFrom(0, 'flushIntervalMs', flushIntervalMs);
    this.#onError = options.onError;
    this.#batchLimit = this.#maxBatch;
    this.#waiting = new WaitingReadings(
      options.store ?? MEMORY,
      numberFrom(1, 'maxQueued', maxQueued),
    );
    this.#waiting.loaded.then(
      () => this.#schedule(),
      (error: unknown) => this.#onError({ type: 'failed', error, queued: 0 }),
    );
  }

  get size(): number {
    return this.#waiting.size;
  }

  async add(given: ReadingInput | readonly ReadingInput[]): Promise<void> {
    if (this.#isClosed) throw new Error('The queue is closed');
    // Taken as it is now, whatever becomes of the object.
    const readings = [given].flat().map<Reading>(withTexts);
    await this.#waiting.add(readings);
    this.#schedule();
  }

  async flush(): Promise<void> {
    await this.#waiting.settled();
    const target = this.#left + this.#waiting.length;
    while (this.#left < target) await this.#sendNext();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    try {
      await this.flush();
    } finally {
      await this.#waiting.close();
    }
  }

  /** Sends soon, or at once when there is a whole batch and nothing failed. */
  #schedule(): void {
    if (this.#isClosed || this.#sending !== undefined || this.size === 0) return;
    const isFull = this.size >= this.#batchLimit && this.#waitMs === 0;
    if (this.#timer !== undefined && !isFull) return;
    clearTimeout(this.#timer);
    const waitMs = isFull ? 0 : Math.max(this.#flushIntervalMs, this.#waitMs);
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // `onError` is told of each failure where it happens.
      this.flush().catch(() => undefined);
    }, waitMs);
  }

  /** One batch; whoever asks while it is on its way waits for that one. */
  #sendNext(): Promise<void> {
    this.#sending ??= this.#sendBatch().finally(() => {
      this.#sending = undefined;
      this.#schedule();
    });
    return this.#sending;
  }

  async #sendBatch(): Promise<void> {
    const batch = this.#waiting.first(this.#batchLimit);
    try {
      const rejected = await this.#deliver(batch);
      if (rejected === 'too large') {
        this.#batchLimit = Math.ceil(batch.length / 2);
        return;
      }
      await this.#waiting.removeFirst(batch.length);
      this.#left += batch.length;
      this.#batchLimit = this.#maxBatch;
      this.#waitMs = 0;
      if (rejected !== undefined) this.#onError(rejected);
    } catch (error) {
      const askedMs = (error instanceof HeartRateApiError && error.retryAfterMs) || 0;
      this.#waitMs = Math.max(
        Math.min(MAX_WAIT_MS, Math.max(FIRST_WAIT_MS, this.#waitMs * 2)),
        askedMs,
      );
      this.#onError({ type: 'failed', error, queued: this.size });
      throw error;
    }
  }

  /** Resolves when the service has them, but for those that it rejected. */
  async #deliver(batch: readonly Reading[]): Promise<RejectedReadings | 'too large' | undefined> {
    try {
      const { rejected, errors } = await this.#client.ingestBatch(batch, { onInvalid: 'skip' });
      return rejected === 0 ? undefined : rejectedOf(batch, rejected, errors);
    } catch (error) {
      if (!(error instanceof HeartRateApiError)) throw error;
      if (isRefusedFor(error, batch.length)) {
        const errors = error.problem.errors ?? [{ pointer: '/readings/0', detail: error.message }];
        return rejectedOf(batch, batch.length, errors);
      }
      if (error.status !== 413) throw error;
      return 'too large';
    }
  }
}

/**
 * A queue of readings that sends them with a client.
 *
 * @example
 * const queue = createReadingQueue(client, { onError: console.error });
 * await queue.add(reading);
 * await queue.close();
 *
 * @throws TypeError without `onError`.
 * @throws RangeError when a number makes no sense.
 */
export const createReadingQueue = (
  client: Pick<HeartRateClient, 'ingestBatch'>,
  options: ReadingQueueOptions,
): ReadingQueue => new BatchQueue(client, options);

import { StoreUnavailableError } from '../storage/reading-store.ts';
import type { LatestReading, LatestRequest } from './latest-reading.ts';
import type { VersionedRead } from './read-versions.ts';
import { Semaphore } from './semaphore.ts';
import type { SeriesPiece } from './series-piece.ts';
import type { SeriesQuery, SeriesRequest } from './series-query.ts';
import type { DeviceSummary, DevicesRequest } from './user-devices.ts';

export interface QueryLimits {
  /** So many queries are under way at once: each holds some days and their files. */
  readonly maxQueries: number;
  /** So many more may wait for one of them to end. */
  readonly maxQueuedQueries: number;
}

/** Most queries take milliseconds, so a second later there is room, or there is too much load. */
const RETRY_AFTER_SECONDS = 1;

type Queries = Pick<SeriesQuery, 'run' | 'latest' | 'devices' | 'forget'>;

/**
 * Queries, of which only so many run at once, from when they begin to when all of the result was
 * taken. Others wait in the order they came; one whose client has left does not wait any more.
 * Each rejects as the query does, and with {@link StoreUnavailableError} when too many wait already.
 */
export class LimitedQueries implements Queries {
  readonly #queries: Queries;
  readonly #slots: Semaphore;
  readonly #maxQueued: number;

  constructor(queries: Queries, { maxQueries, maxQueuedQueries }: QueryLimits) {
    this.#queries = queries;
    this.#slots = new Semaphore(maxQueries);
    this.#maxQueued = maxQueuedQueries;
  }

  /** How many are under way. */
  get running(): number {
    return this.#slots.taken;
  }

  /** How many wait. */
  get queued(): number {
    return this.#slots.waiting;
  }

  async *run(
    request: SeriesRequest,
    signal?: AbortSignal,
    read?: VersionedRead,
  ): AsyncGenerator<readonly SeriesPiece[]> {
    this.#checkQueue();
    await this.#slots.acquire(signal);
    try {
      yield* this.#queries.run(request, signal, read);
    } finally {
      this.#slots.release();
    }
  }

  latest(
    request: LatestRequest,
    signal?: AbortSignal,
    read?: VersionedRead,
  ): Promise<LatestReading | undefined> {
    return this.#inTurn(signal, () => this.#queries.latest(request, signal, read));
  }

  devices(request: DevicesRequest, signal?: AbortSignal): Promise<DeviceSummary[]> {
    return this.#inTurn(signal, () => this.#queries.devices(request, signal));
  }

  forget(userId: string): void {
    this.#queries.forget(userId);
  }

  async #inTurn<T>(signal: AbortSignal | undefined, query: () => Promise<T>): Promise<T> {
    this.#checkQueue();
    return this.#slots.run(query, signal);
  }

  #checkQueue(): void {
    if (this.#slots.isFull && this.#slots.waiting >= this.#maxQueued) {
      throw new StoreUnavailableError('There are too many queries.', RETRY_AFTER_SECONDS);
    }
  }
}

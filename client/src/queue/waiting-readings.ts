import type { Reading } from '../data.ts';
import type { QueueStore } from './queue-store.ts';

/** There is no room: nothing was added. Add again later, or give up what matters least. */
export class QueueFullError extends Error {
  override readonly name = 'QueueFullError';
}

/** The readings of a queue, the oldest first: those that its store has, in memory too. */
export class WaitingReadings {
  readonly #store: QueueStore;
  readonly #maxQueued: number;
  #list: Reading[] = [];
  /** Those on their way into the store. */
  #adding = 0;
  /** Rejects when the store could not be read; then nothing can be added or removed. */
  readonly loaded: Promise<void>;
  /** The last call of the store, which ends before the next one begins. */
  #last: Promise<unknown>;

  constructor(store: QueueStore, maxQueued: number) {
    this.#store = store;
    this.#maxQueued = maxQueued;
    this.loaded = this.#load();
    this.#last = this.loaded;
  }

  async #load(): Promise<void> {
    this.#list = [...(await this.#store.load())];
  }

  /** How many can be sent. */
  get length(): number {
    return this.#list.length;
  }

  /** With those that are being added. */
  get size(): number {
    return this.#list.length + this.#adding;
  }

  first(count: number): readonly Reading[] {
    return this.#list.slice(0, count);
  }

  /** Resolves when they are in the store. Rejects, and takes none, when there is no room. */
  async add(readings: readonly Reading[]): Promise<void> {
    await this.loaded;
    if (this.size + readings.length > this.#maxQueued) {
      throw new QueueFullError(`No more than ${this.#maxQueued} readings may wait`);
    }
    this.#adding += readings.length;
    await this.#inTurn(async () => {
      try {
        await this.#store.append(readings);
        for (const reading of readings) this.#list.push(reading);
      } finally {
        this.#adding -= readings.length;
      }
    });
  }

  /** Forgets the oldest. When the store cannot, they stay, and may be sent again. */
  removeFirst(count: number): Promise<void> {
    return this.#inTurn(async () => {
      await this.#store.remove(count);
      this.#list.splice(0, count);
    });
  }

  /** Resolves when all that was added until now is in. */
  settled(): Promise<void> {
    return this.#inTurn(() => this.loaded);
  }

  close(): Promise<void> {
    return this.#inTurn(() => this.#store.close());
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    // Whoever asked for the last call is told how it ended; this one may do better.
    const run = this.#last.then(task, task);
    this.#last = run;
    return run;
  }
}

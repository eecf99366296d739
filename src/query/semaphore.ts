import { ClientGoneError } from './client-gone.ts';

/** Lets at most so many tasks run at once; the others wait their turn, first come, first served. */
export class Semaphore {
  readonly #slots: number;
  #free: number;
  /** In the order in which they came. */
  readonly #waiting = new Set<() => void>();

  constructor(slots: number) {
    this.#slots = slots;
    this.#free = slots;
  }

  /** How many slots are in use. */
  get taken(): number {
    return this.#slots - this.#free;
  }

  /** How many wait for a slot. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Whether who comes now has to wait. */
  get isFull(): boolean {
    return this.#free === 0;
  }

  /**
   * Resolves when there is a slot, which is to be given back by {@link release}. Rejects with
   * {@link ClientGoneError} when `signal` is aborted before that.
   */
  async acquire(signal?: AbortSignal): Promise<void> {
    await this.#enter(signal);
  }

  /** The slot goes straight to the next in line, so that no newcomer can slip in between. */
  release(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#free++;
      return;
    }
    this.#waiting.delete(next);
    next();
  }

  /**
   * Runs the task when its turn comes, at once when there is a slot; settles as the task does, or
   * as {@link acquire} when that rejects.
   */
  async run<T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const turn = this.#enter(signal);
    if (turn !== undefined) await turn;
    try {
      return await task();
    } finally {
      this.release();
    }
  }

  /** Takes a slot, or a place in the line; undefined when there was a slot. */
  #enter(signal?: AbortSignal): Promise<void> | undefined {
    if (signal?.aborted) throw new ClientGoneError();
    if (this.isFull) return this.#turn(signal);
    this.#free--;
    return undefined;
  }

  #turn(signal?: AbortSignal): Promise<void> {
    return new Promise<void>((resolve, reject) => {
      const leave = () => {
        this.#waiting.delete(turn);
        reject(new ClientGoneError());
      };
      const turn = () => {
        signal?.removeEventListener('abort', leave);
        resolve();
      };
      this.#waiting.add(turn);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}

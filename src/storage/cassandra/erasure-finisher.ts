import type { StoreObserver } from '../store-observer.ts';
import { Recurring } from './recurring.ts';
import type { Stamp } from './stamps.ts';
import { BUCKETS, type Statements, type UnfinishedErasure } from './statements.ts';

export interface ErasureFinisherOptions {
  readonly statements: Pick<
    Statements,
    'unfinishedErasures' | 'days' | 'hasChunks' | 'deleteDay' | 'deleteUnfinishedErasure'
  >;
  /** @throws when the clock is not to be trusted. */
  readonly check: () => void;
  /** How old an entry in the list of days is that nobody relies on any more. */
  readonly untrustedMs: number;
  readonly intervalMs: number;
  readonly observer: Pick<StoreObserver, 'failed'>;
}

/**
 * Removes the entries in the list of days that erasures had to leave there, as somebody might rely
 * on them, whichever process the erasures were asked of. `DayTrust` says why that is safe. Two
 * processes may do the same at once, and any may do it again.
 */
export class ErasureFinisher {
  readonly #options: ErasureFinisherOptions;
  readonly #recurring: Recurring;
  /** All up to here is finished: what is gone is not looked through again and again. */
  #finished = 0 as Stamp;

  constructor(options: ErasureFinisherOptions) {
    this.#options = options;
    this.#recurring = new Recurring(() => this.#work(), options.intervalMs);
  }

  /** Ends what is under way; what waits is left to others, or to the next start. */
  close(): Promise<void> {
    return this.#recurring.close();
  }

  /** Never rejects: what was left is as good as before, and looked at again. */
  async #work(): Promise<void> {
    try {
      await this.finish();
    } catch (error) {
      this.#options.observer.failed({ what: 'an erasure could not be finished', error });
    }
  }

  /** Finishes all erasures that are old enough. Rejects, after all others, when one could not be. */
  async finish(): Promise<void> {
    const { check, untrustedMs } = this.#options;
    check();
    const until = ((Date.now() - untrustedMs) * 1000) as Stamp;
    const failures: unknown[] = [];
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      await this.#finishBucket(bucket, until, failures).catch((error: unknown) => {
        failures.push(error);
      });
      if (this.#recurring.isClosed) return;
    }
    if (failures.length > 0) throw failures[0];
    this.#finished = until;
  }

  async #finishBucket(bucket: number, until: Stamp, failures: unknown[]): Promise<void> {
    const { statements } = this.#options;
    for await (const one of statements.unfinishedErasures(bucket, this.#finished, until)) {
      if (this.#recurring.isClosed) return;
      try {
        await this.#finishOne(one);
      } catch (error) {
        failures.push(error);
      }
    }
  }

  async #finishOne(one: UnfinishedErasure): Promise<void> {
    const { statements } = this.#options;
    const { userId, seq } = one;
    const [first, last] = [one.days[0], one.days.at(-1)];
    if (first !== undefined && last !== undefined) {
      const erased = new Set(one.days);
      for (const day of await statements.days(userId, first, last)) {
        // Of others it is not known that what was there before is void.
        if (!erased.has(day) || (await statements.hasChunks(userId, day))) continue;
        await statements.deleteDay(userId, day, seq);
      }
    }
    await statements.deleteUnfinishedErasure(one);
  }
}

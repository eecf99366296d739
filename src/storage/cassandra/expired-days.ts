import { LRUCache } from 'lru-cache';
import type { EpochDay } from '../../readings/reading.ts';
import type { StoreObserver } from '../store-observer.ts';
import type { Expiry } from './expiry.ts';
import { Recurring } from './recurring.ts';
import type { Stamp } from './stamps.ts';
import type { Statements } from './statements.ts';

const INTERVAL_MS = 1_000;
/** A user is looked at once in so long. */
const LOOK_AGAIN_MS = 86_400_000;
/** Of so many it is known that they were, at some 150 bytes each. */
const MAX_LOOKED = 100_000;
/** So many wait at most; what is more is seen again. */
const MAX_WAITING = 10_000;

export interface ExpiredDaysOptions {
  readonly statements: Pick<Statements, 'days' | 'expireDay'>;
  readonly expiry: Pick<Expiry, 'lastOver'>;
  /** @throws StoreUnavailableError when the clock is not to be trusted. */
  readonly check: () => void;
  readonly observer: Pick<StoreObserver, 'failed'>;
  /** How often it is looked who waits; each second when left out. */
  readonly intervalMs?: number;
}

/**
 * Removes days that are over, of users who are read or written, in the background, one after the
 * other. Mostly there are none, as rows expire by themselves: those are left that were written
 * when days were kept for longer.
 */
export class ExpiredDays {
  readonly #options: ExpiredDaysOptions;
  readonly #looked = new LRUCache<string, true>({ max: MAX_LOOKED, ttl: LOOK_AGAIN_MS });
  readonly #waiting = new Set<string>();
  readonly #recurring: Recurring;

  constructor(options: ExpiredDaysOptions) {
    this.#options = options;
    const { intervalMs = INTERVAL_MS } = options;
    this.#recurring = new Recurring(() => this.#work(), intervalMs);
  }

  /** The user has been read or written. */
  saw(userId: string): void {
    if (this.#options.expiry.lastOver() === undefined || this.#looked.has(userId)) return;
    if (this.#waiting.size < MAX_WAITING) this.#waiting.add(userId);
  }

  /** Ends what is under way; who waits is left. */
  close(): Promise<void> {
    return this.#recurring.close();
  }

  /** Never rejects: what could not be removed is hidden as before, and looked at when seen again. */
  async #work(): Promise<void> {
    for (const userId of this.#waiting) {
      this.#waiting.delete(userId);
      try {
        await this.#remove(userId);
        this.#looked.set(userId, true);
      } catch (error) {
        this.#options.observer.failed({ what: 'days that are over could not be removed', error });
        // What is true of one is true of the next: they are seen again.
        this.#waiting.clear();
      }
      if (this.#recurring.isClosed) return;
    }
  }

  async #remove(userId: string): Promise<void> {
    const { statements, expiry, check } = this.#options;
    check();
    const last = expiry.lastOver();
    if (last === undefined) return;
    for (const day of await statements.days(userId, 0 as EpochDay, last)) {
      if (this.#recurring.isClosed) return;
      // A clock that was set since would remove what is not over at all.
      check();
      await statements.expireDay(userId, day, (Date.now() * 1000) as Stamp);
    }
  }
}

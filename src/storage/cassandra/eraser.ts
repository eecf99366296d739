import { setTimeout as sleep } from 'node:timers/promises';
import { type Erasure, includesErasure, isOfWholeUser } from '../../readings/erasure.ts';
import type { EpochDay, EpochMicros } from '../../readings/reading.ts';
import { ALL_TIME } from '../../readings/time-range.ts';
import { dayOf } from '../../readings/timestamp.ts';
import { inParallel } from '../in-parallel.ts';
import { StoreUnavailableError } from '../reading-store.ts';
import { MAX_WRITE_MS } from './chunk-writer.ts';
import { dayColumns, identitiesIn, rowsWithin, withoutErased } from './day-columns.ts';
import type { Stamp } from './stamps.ts';
import type { Statements } from './statements.ts';
import { type StampedErasure, Voided } from './voided.ts';

/** So many days at once. */
const DAYS_AT_ONCE = 8;
/** How far an erasure's stamp is ahead of the clock, in times of what clocks may be off. */
const AHEAD_OF_SKEWS = 3;
/** And how long its answer is held: then every process gives later stamps. */
const WAIT_OF_SKEWS = 5;

export interface EraserOptions {
  readonly statements: Statements;
  readonly writer: string;
  readonly maxClockSkewMs: number;
  /** How old an entry in the list of days is that nobody relies on any more; see `DayTrust`. */
  readonly untrustedMs: number;
  /** @throws StoreUnavailableError when the clock is not to be trusted. */
  readonly check: () => void;
  /** Told of each day that has readings still which are void from now on. */
  readonly onErased: (userId: string, day: EpochDay) => void;
}

/** What an erasure covers before it. */
interface Found {
  readonly count: number;
  readonly days: readonly EpochDay[];
  /** Nothing at all is known of it. */
  readonly isEmpty: boolean;
}

/**
 * Erases with one stamp T: what was stamped up to it is void, and what comes later lives, whatever
 * else is under way and in whatever order nodes hear of it. T is ahead of all stamps that any
 * process has given before, and the answer is held until every process gives later ones.
 */
export class Eraser {
  readonly #options: EraserOptions;
  /** How many it has carried out: two may have one stamp, and each is a row of its own. */
  #erasures = 0;

  constructor(options: EraserOptions) {
    this.#options = options;
  }

  /**
   * Resolves with the number of identities that were found before. Rejects with a
   * {@link StoreUnavailableError}: parts may be erased then, and to ask again finishes it.
   */
  async erase(erasure: Erasure): Promise<number> {
    const { maxClockSkewMs, check, onErased } = this.#options;
    const { count, isEmpty, days } = await this.#count(erasure);
    const isWhole = isOfWholeUser(erasure);
    if (isWhole ? isEmpty : count === 0) {
      // Another erasure may have made it so, whose stamp is ahead of what is accepted now.
      await sleep(WAIT_OF_SKEWS * maxClockSkewMs + 1);
      check();
      return 0;
    }
    const stamp = this.#stamp();
    const writer = `${this.#options.writer}.${this.#erasures++}`;
    const last = isWhole
      ? await this.#eraseUser(erasure.userId, stamp, writer)
      : await this.#note({ ...erasure, seq: stamp, writer });
    const answerAtMs = last / 1000 + (WAIT_OF_SKEWS - AHEAD_OF_SKEWS) * maxClockSkewMs;
    await sleep(Math.max(0, answerAtMs - Date.now()) + 1);
    // Its own clock may have been set while it waited, or before and not seen to be off until now.
    check();
    if (isWhole) return count;
    refuseLate(stamp);
    for (const day of days) onErased(erasure.userId, day);
    return count;
  }

  /**
   * Another's clock may be ahead of the cluster's by as much as this one is behind, and stamps may
   * be ahead of a clock by as much again.
   */
  #stamp(): Stamp {
    const { maxClockSkewMs, check } = this.#options;
    check();
    return ((Date.now() + AHEAD_OF_SKEWS * maxClockSkewMs) * 1000) as Stamp;
  }

  /**
   * And lets go of earlier ones that it includes, so that to erase again and again costs nothing.
   * Resolves with its stamp.
   */
  async #note(erasure: StampedErasure): Promise<Stamp> {
    const { statements } = this.#options;
    await statements.insertErasure(erasure);
    const earlier = (await statements.erasures(erasure.userId)).filter(
      (one) => one.seq < erasure.seq && includesErasure(erasure, one),
    );
    await inParallel(DAYS_AT_ONCE, earlier, (one) => statements.deleteErasure(one, one.seq));
    return erasure.seq;
  }

  /** Resolves with the last of its stamps. */
  async #eraseUser(userId: string, seq: Stamp, writer: string): Promise<Stamp> {
    const { statements, untrustedMs, maxClockSkewMs } = this.#options;
    const untrusted = (seq - (untrustedMs + AHEAD_OF_SKEWS * maxClockSkewMs) * 1000) as Stamp;
    // Day by day, not the user's index as a whole: a day that a write adds meanwhile stays known.
    const { days, erasures } = await this.#known({ userId });
    // Each with a stamp of its own moment: what a merge puts there a minute later has a later one.
    await inParallel(DAYS_AT_ONCE, days, async (day) => {
      const own = this.#stamp();
      await statements.deleteChunks(userId, day, own);
      refuseLate(own);
    });
    // Now that all of these days is void up to a stamp of its own, and before it is answered.
    const last = this.#stamp();
    if (days.length > 0) {
      await statements.insertUnfinishedErasure({ userId, days, seq: last, writer });
    }
    await inParallel(DAYS_AT_ONCE, days, (day) => statements.deleteDay(userId, day, untrusted));
    await inParallel(DAYS_AT_ONCE, erasures, (erasure) => statements.deleteErasure(erasure, seq));
    return last;
  }

  async #known({ userId, range = ALL_TIME }: Erasure) {
    const { statements } = this.#options;
    const last = dayOf((range.endMicros - 1) as EpochMicros);
    const [days, erasures] = await Promise.all([
      statements.days(userId, dayOf(range.startMicros), last),
      statements.erasures(userId),
    ]);
    return { days, erasures };
  }

  async #count(erasure: Erasure): Promise<Found> {
    const { userId, deviceId, range = ALL_TIME } = erasure;
    const { days, erasures } = await this.#known(erasure);
    const voided = new Voided(erasures);
    const covered: EpochDay[] = [];
    let count = 0;
    await inParallel(DAYS_AT_ONCE, days, async (day) => {
      const chunks = await this.#options.statements.chunks(userId, day);
      const valid = withoutErased(dayColumns(chunks), chunks, voided);
      const identities = identitiesIn(rowsWithin(valid, range, deviceId));
      if (identities > 0) covered.push(day);
      count += identities;
    });
    return { count, days: covered, isEmpty: days.length === 0 && erasures.length === 0 };
  }
}

/**
 * A merge that has not seen what was stamped so long ago may have outlived it.
 * @throws StoreUnavailableError
 */
const refuseLate = (stamp: Stamp): void => {
  if (Date.now() - stamp / 1000 <= MAX_WRITE_MS) return;
  throw new StoreUnavailableError('The erasure took too long.', 1);
};

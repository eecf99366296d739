import { LRUCache } from 'lru-cache';
import type { EpochDay } from '../../readings/reading.ts';
import type { Stamp } from './stamps.ts';

/**
 * For so long after the stamp of its own entry in the list of days a process writes chunks of that
 * day without writing the entry again. Devices that send each minute gain by it, and an erased user
 * is named in the list for little longer. All processes in front of one keyspace must know of a
 * longer time before one has it: that would be another version of the schema.
 */
export const DAY_TRUST_MS = 600_000;
/** So many days at most, of some 200 bytes each; of others the entry is written again. */
const MAX_DAYS = 300_000;

/**
 * Which days this process has put into the list of days itself, and with what stamp.
 *
 * Why no acknowledged chunk can lose its day's entry: only erasures take entries away, and they take
 * none that anybody may still trust. Let a chunk with stamp c be written on the strength of an entry
 * with stamp e, so c < e + trust, and be acknowledged, which is no later than `MAX_WRITE_MS` after c.
 * `untrusted` is the trust, that limit and what clocks may differ by, and more.
 * - An erasure at clock n with stamp T > n voids all chunks of each day up to T or later, what merges
 *   make of them included, as each removal has a stamp of its own moment and ends soon after. Then
 *   it removes entries up to n - `untrusted`. If e is among them, c lies before n, and the chunk is
 *   void itself. An entry that is younger than that, or that is written behind its back, stays.
 * - Later than T + `untrusted`, entries up to T are removed of those days that have no chunk then
 *   ({@link ErasureFinisher}). If e is among them, so late every chunk that relies on it is either
 *   stored, and found, and the entry stays; or never acknowledged. What comes between that look and
 *   the removal relies on an entry that was written after T, which a removal up to T leaves alone.
 */
export class DayTrust {
  readonly #trustMicros: number;
  readonly #stamps = new LRUCache<string, Stamp>({ max: MAX_DAYS });

  constructor(trustMs: number) {
    this.#trustMicros = trustMs * 1000;
  }

  /** Whether chunks up to this stamp need no entry but the one that is there. */
  covers(userId: string, day: EpochDay, stamp: Stamp): boolean {
    const written = this.#stamps.get(keyOf(userId, day));
    return written !== undefined && stamp - written < this.#trustMicros;
  }

  /** A quorum has the entry. */
  wrote(userId: string, day: EpochDay, stamp: Stamp): void {
    this.#stamps.set(keyOf(userId, day), stamp);
  }

  /** The next write of the day puts it into the list again. */
  forget(userId: string, day: EpochDay): void {
    this.#stamps.delete(keyOf(userId, day));
  }
}

const keyOf = (userId: string, day: EpochDay): string => `${day} ${userId}`;

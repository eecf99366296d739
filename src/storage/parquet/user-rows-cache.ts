import type pl from 'nodejs-polars';
import type { Part } from './part-catalog.ts';

/** At 40 bytes a row this is 60 MB: 500 users' days of two devices with a reading a minute each. */
const MAX_ROWS = 1_500_000;

interface Entry {
  readonly userId: string;
  readonly rows: pl.DataFrame;
}

/**
 * What parts hold of users, the least recently asked for given up first. For days that change: a
 * part never does, while what is in memory beside it comes and goes.
 */
export class UserRowsCache {
  readonly #entries = new Map<string, Entry>();
  readonly #maxRows: number;
  #rows = 0;

  constructor(maxRows = MAX_ROWS) {
    this.#maxRows = maxRows;
  }

  get({ path }: Part, userId: string): pl.DataFrame | undefined {
    const key = keyOf(path, userId);
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    // Put in anew, so that it is the last to be given up.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.rows;
  }

  set({ path }: Part, userId: string, rows: pl.DataFrame): void {
    const key = keyOf(path, userId);
    this.#remove(key);
    this.#entries.set(key, { userId, rows });
    this.#rows += weightOf(rows);
    for (const oldest of this.#entries.keys()) {
      if (this.#rows <= this.#maxRows) break;
      this.#remove(oldest);
    }
  }

  /** Lets go of an erased user's readings. */
  forget(userId: string): void {
    for (const [key, entry] of this.#entries) if (entry.userId === userId) this.#remove(key);
  }

  #remove(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#rows -= weightOf(entry.rows);
  }
}

const keyOf = (path: string, userId: string): string => `${path}\n${userId}`;

/** An entry of no rows takes room as well. */
const weightOf = ({ height }: pl.DataFrame): number => height + 50;

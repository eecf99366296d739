import { LRUCache } from 'lru-cache';
import type pl from 'nodejs-polars';
import type { TimeRange } from '../../readings/reading.ts';
import { isWithin } from '../../readings/time-range.ts';
import type { PartFile } from './part-file.ts';

/** At 40 bytes a row this is 60 MB: 300 users' days of two devices with a reading a minute each. */
const MAX_ROWS = 1_500_000;

interface Entry {
  readonly userId: string;
  /** The rows are all that the part holds of the user in this range. */
  readonly range: TimeRange;
  readonly rows: pl.DataFrame;
}

/**
 * What parts hold of users, the least recently asked for given up first. For days that change: a
 * part never does, while what is in memory beside it comes and goes.
 */
export class UserRowsCache {
  readonly #entries: LRUCache<string, Entry>;

  constructor(maxRows = MAX_ROWS) {
    this.#entries = new LRUCache({ maxSize: maxRows, sizeCalculation: weightOf });
  }

  /** All rows of the range, and perhaps others. */
  get(part: PartFile, userId: string, range: TimeRange): pl.DataFrame | undefined {
    const entry = this.#entries.get(keyOf(part, userId));
    return entry !== undefined && isWithin(range, entry.range) ? entry.rows : undefined;
  }

  /** Takes the place of what was known of the part and the user. */
  set(part: PartFile, userId: string, range: TimeRange, rows: pl.DataFrame): void {
    this.#entries.set(keyOf(part, userId), { userId, range, rows });
  }

  /** Lets go of an erased user's readings. */
  forget(userId: string): void {
    const ofUser = [...this.#entries].filter(([, entry]) => entry.userId === userId);
    for (const [key] of ofUser) this.#entries.delete(key);
  }
}

const keyOf = ({ path }: PartFile, userId: string): string => `${path}\n${userId}`;

/** A frame takes 60 kB even when it has hardly any rows, as much as this many. */
const FRAME_ROWS = 1_500;

const weightOf = ({ rows }: Entry): number => rows.height + FRAME_ROWS;

import type { DayVersion } from '../storage/reading-store.ts';
import { RecentlyUsed } from './recently-used.ts';
import type { SeriesPiece } from './series-piece.ts';
import { weightOfVersion } from './version-weight.ts';

/**
 * At 50 bytes a row, and 90 of the text that is made of it, this is 42 MB: the minutes of 200 users'
 * days.
 */
const MAX_ROWS = 300_000;

/**
 * So much of it one query may fill anew, or a year of minutes would sweep out everybody's days to
 * be too large itself: two weeks of minutes, or years of hours and days.
 */
const SHARE_OF_QUERY = 1 / 16;

/** A finished day, and as of when it is true. */
export interface KnownDay {
  readonly version: DayVersion;
  /** Ascending; none of them empty. */
  readonly pieces: readonly SeriesPiece[];
}

/** What one query adds to what is known. */
export interface CacheShare {
  /** Keeps a day in place of what was known under its key, unless the query has had its share. */
  keep(key: string, day: KnownDay): void;
}

/** An entry of no rows takes room as well, and so does its version. */
const weightOf = ({ pieces, version }: KnownDay): number =>
  pieces.reduce((rows, { counts }) => rows + counts.length, 8 + weightOfVersion(version));

/** Finished days of series. */
export class SeriesCache {
  readonly #days: RecentlyUsed<KnownDay>;

  constructor(maxRows = MAX_ROWS) {
    this.#days = new RecentlyUsed(maxRows, weightOf);
  }

  get(key: string): KnownDay | undefined {
    return this.#days.get(key);
  }

  /** For a query that begins. */
  share(): CacheShare {
    let left = this.#days.maxWeight * SHARE_OF_QUERY;
    return {
      keep: (key, day) => {
        if (!this.#days.has(key)) {
          left -= weightOf(day);
          if (left < 0) return;
        }
        this.#days.set(key, day);
      },
    };
  }

  /** Lets go of all whose key begins so. */
  forget(prefix: string): void {
    this.#days.forget(prefix);
  }
}

import { LRUCache } from 'lru-cache';
import type { DayVersion } from '../storage/reading-store.ts';
import type { SeriesPiece } from './series-piece.ts';

/**
 * At 50 bytes a row, and 90 of the text that is made of it, this is 70 MB: the minutes of 350 users'
 * days.
 */
const MAX_ROWS = 500_000;

/** A finished day, and as of when it is true. */
export interface KnownDay {
  readonly version: DayVersion;
  /** Ascending; none of them empty. */
  readonly answer: readonly SeriesPiece[];
}

/** An entry of no rows takes room as well. */
const weightOf = ({ answer }: KnownDay): number =>
  answer.reduce((rows, { counts }) => rows + counts.length, 10);

/** Finished days of series, the least recently used given up first. */
export const createSeriesCache = (maxRows = MAX_ROWS): LRUCache<string, KnownDay> =>
  new LRUCache({ maxSize: maxRows, sizeCalculation: weightOf });

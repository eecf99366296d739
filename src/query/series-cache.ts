import { LRUCache } from 'lru-cache';
import type { SeriesDay } from './series-day.ts';

/**
 * At 45 bytes a row, and 90 of the text that is made of it, this is 70 MB: the minutes of 350 users'
 * days.
 */
const MAX_ROWS = 500_000;

interface Entry {
  readonly version: readonly unknown[];
  readonly answer: SeriesDay;
}

/**
 * Finished days of series, the least recently used given up first. An answer is true as long as
 * the store says the same version of its day as when it was worked out.
 */
export class SeriesCache {
  readonly #entries: LRUCache<string, Entry>;

  constructor(maxRows = MAX_ROWS) {
    this.#entries = new LRUCache({ maxSize: maxRows, sizeCalculation: weightOf });
  }

  get(key: string, version: readonly unknown[]): SeriesDay | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (isSame(entry.version, version)) return entry.answer;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, version: readonly unknown[], answer: SeriesDay): void {
    this.#entries.set(key, { version, answer });
  }
}

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** An entry of no rows takes room as well. */
const weightOf = ({ answer }: Entry): number => answer.counts.length + 10;

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
  readonly #entries = new Map<string, Entry>();
  readonly #maxRows: number;
  #rows = 0;

  constructor(maxRows = MAX_ROWS) {
    this.#maxRows = maxRows;
  }

  get(key: string, version: readonly unknown[]): SeriesDay | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#remove(key, entry);
    if (!isSame(entry.version, version)) return undefined;
    // Put in anew, so that it is the last to be given up.
    this.#add(key, entry);
    return entry.answer;
  }

  set(key: string, version: readonly unknown[], answer: SeriesDay): void {
    const known = this.#entries.get(key);
    if (known !== undefined) this.#remove(key, known);
    this.#add(key, { version, answer });
    for (const [oldest, entry] of this.#entries) {
      if (this.#rows <= this.#maxRows) break;
      this.#remove(oldest, entry);
    }
  }

  #add(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    this.#rows += weightOf(entry);
  }

  #remove(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#rows -= weightOf(entry);
  }
}

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

/** An entry of no rows takes room as well. */
const weightOf = ({ answer }: Entry): number => answer.counts.length + 10;

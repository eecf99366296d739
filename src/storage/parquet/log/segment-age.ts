export interface SegmentAgeOptions {
  /** A segment is due when nothing was recorded in it for so long. */
  readonly quietMs: number;
  /** … or when its first record is so old, however busy it is. */
  readonly maxMs: number;
  /** May be called more than once for a segment. */
  readonly onDue: () => void;
}

/**
 * Tells when the open segment is to be closed: soon when nothing more comes, so that a first
 * reading is in Parquet within seconds, and later when it is busy, so that it makes few large parts.
 */
export class SegmentAge {
  readonly #options: SegmentAgeOptions;
  #sinceMs: number | undefined;
  #quietTimer: NodeJS.Timeout | undefined;
  #maxTimer: NodeJS.Timeout | undefined;

  constructor(options: SegmentAgeOptions) {
    this.#options = options;
  }

  /** When the first record was made, by `performance.now()`; undefined while there is none. */
  get sinceMs(): number | undefined {
    return this.#sinceMs;
  }

  recorded(): void {
    if (this.#sinceMs !== undefined) {
      this.#quietTimer?.refresh();
      return;
    }
    const { quietMs, maxMs, onDue } = this.#options;
    this.#sinceMs = performance.now();
    this.#quietTimer = setTimeout(onDue, quietMs);
    this.#maxTimer = setTimeout(onDue, maxMs);
  }

  closed(): void {
    this.#sinceMs = undefined;
    clearTimeout(this.#quietTimer);
    clearTimeout(this.#maxTimer);
  }
}

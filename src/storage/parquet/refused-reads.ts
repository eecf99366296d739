import type { StoreObserver } from '../store-observer.ts';
import { systemReason } from '../system-error.ts';

/** So long after the last one health tells of them, and so often at most a failure is reported. */
const TOLD_MS = 60_000;

/**
 * Reads of parts that the system refused, for want of file descriptors or memory, and went on
 * refusing. Each was answered 503, which tells the asker and nobody else.
 */
export class RefusedReads {
  readonly #observer: Pick<StoreObserver, 'failed'>;
  #last: { readonly atMs: number; readonly error: unknown } | undefined;
  #reportedAtMs = Number.NEGATIVE_INFINITY;

  constructor(observer: Pick<StoreObserver, 'failed'>) {
    this.#observer = observer;
  }

  add(error: unknown): void {
    const atMs = performance.now();
    this.#last = { atMs, error };
    // Each query is refused as long as it lasts.
    if (atMs - this.#reportedAtMs < TOLD_MS) return;
    this.#reportedAtMs = atMs;
    this.#observer.failed({ what: 'reading Parquet', error });
  }

  /** In words for the operator, which anybody may read; undefined when none was refused of late. */
  get trouble(): string | undefined {
    if (this.#last === undefined || performance.now() - this.#last.atMs >= TOLD_MS)
      return undefined;
    const why = systemReason(this.#last.error) ?? 'the log says why';
    return `readings could not be read from Parquet in the last minute: ${why}`;
  }
}

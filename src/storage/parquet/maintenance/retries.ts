/** How long after the first failure a subject waits; each further one doubles it, up to the limit. */
export const RETRY_LIMIT = 60;

interface Failure {
  readonly error: unknown;
  readonly waitMs: number;
  readonly dueAtMs: number;
}

/**
 * What failed of late, by what it was done to, and when each may be tried again: first after
 * `retryMs`, then after twice as long each time, up to {@link RETRY_LIMIT} times `retryMs`.
 */
export class Retries {
  readonly #retryMs: number;
  readonly #failures = new Map<unknown, Failure>();

  constructor(retryMs: number) {
    this.#retryMs = retryMs;
  }

  get size(): number {
    return this.#failures.size;
  }

  has(subject: unknown): boolean {
    return this.#failures.has(subject);
  }

  /** What went wrong last; undefined when nothing is to be tried again. */
  get lastError(): unknown {
    return [...this.#failures.values()].at(-1)?.error;
  }

  /** In how many milliseconds the next may be tried again; undefined when none waits. */
  get soonestMs(): number | undefined {
    if (this.#failures.size === 0) return undefined;
    const due = Math.min(...[...this.#failures.values()].map(({ dueAtMs }) => dueAtMs));
    return Math.max(0, due - performance.now());
  }

  isWaiting(subject: unknown): boolean {
    const failure = this.#failures.get(subject);
    return failure !== undefined && failure.dueAtMs > performance.now();
  }

  failed(subject: unknown, error: unknown): void {
    const waited = this.#failures.get(subject)?.waitMs;
    const waitMs =
      waited === undefined ? this.#retryMs : Math.min(2 * waited, RETRY_LIMIT * this.#retryMs);
    this.#failures.delete(subject);
    this.#failures.set(subject, { error, waitMs, dueAtMs: performance.now() + waitMs });
  }

  succeeded(subject: unknown): void {
    this.#failures.delete(subject);
  }

  /**
   * Lets go of those that might have been tried at a time and were not: there was no more need to.
   * One that came due after it has not been looked at yet.
   */
  forgetDueAt(timeMs: number): void {
    for (const [subject, { dueAtMs }] of this.#failures) {
      if (dueAtMs <= timeMs) this.#failures.delete(subject);
    }
  }
}

import { HeartRateConnectionError } from './errors.ts';
import { parseRetryAfter } from './retry-after.ts';
import { wait, withTimeout } from './timing.ts';

/** When a request is made again. All are finite numbers and not negative. */
export interface RetryPolicy {
  /** Requests at most, the first one included; 1 means no retry. */
  readonly attempts: number;
  /** The longest wait before the second request; it doubles with each further one. */
  readonly baseDelayMs: number;
  /** No wait is longer. A server that asks for more is not asked again: its error is thrown. */
  readonly maxDelayMs: number;
}

/** Answers that say "not now": the same request may well succeed a little later. */
const RETRYABLE_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

export const isRetryable = (status: number): boolean => RETRYABLE_STATUSES.has(status);

/**
 * The wait after the n-th failure (counted from 1): exponential, half of it random, so that many
 * clients that failed together do not come back together.
 */
export const backoffMs = (failures: number, policy: RetryPolicy, random = Math.random): number => {
  const ceilingMs = Math.min(policy.maxDelayMs, policy.baseDelayMs * 2 ** (failures - 1));
  return (ceilingMs * (1 + random())) / 2;
};

/**
 * True when no response came, so that asking again may help. `fetch` reports every such failure,
 * also a body that breaks off, as a TypeError; a timeout is ours.
 */
export const isConnectionFailure = (error: unknown): error is Error =>
  error instanceof TypeError || (error instanceof DOMException && error.name === 'TimeoutError');

/** Node's own message is a bare "fetch failed"; what happened is in its cause. */
const reasonOf = (error: Error): string =>
  (error.cause instanceof Error && error.cause.message) || error.message;

export const connectionErrorOf = (what: string, error: Error): HeartRateConnectionError =>
  new HeartRateConnectionError(`${what}: ${reasonOf(error)}`, { cause: error });

export interface AttemptOptions {
  readonly retry: RetryPolicy;
  /** For each attempt, from the first byte sent to the last byte read. */
  readonly timeoutMs: number;
  /** For all of it; infinite for none. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Makes the request until a response comes that is worth having, and returns that response; the last
 * one also when it is an error. Every attempt calls `request` anew, so bodies are never reused.
 *
 * Rejects with {@link HeartRateConnectionError} when the last attempt brought no response, and with
 * the signal's reason as soon as it aborts, be it in a request or in the wait between two.
 */
export const requestWithRetries = async <Result extends { readonly response: Response }>(
  request: (signal: AbortSignal) => Promise<Result>,
  { retry, timeoutMs, deadlineMs, signal }: AttemptOptions,
): Promise<Result> => {
  const startMs = performance.now();
  const leftMs = (): number => Math.max(0, deadlineMs - (performance.now() - startMs));
  for (let attempt = 1; ; attempt++) {
    let delayMs = backoffMs(attempt, retry);
    try {
      const result = await withTimeout(Math.min(timeoutMs, leftMs()), signal, request);
      const { status, headers } = result.response;
      if (attempt >= retry.attempts || !isRetryable(status)) return result;
      const askedMs = parseRetryAfter(headers.get('retry-after'), Date.now()) ?? 0;
      delayMs += askedMs; // on top of it, so that not all come at the same moment, and none early
      if (askedMs > retry.maxDelayMs || delayMs >= leftMs()) return result;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof SyntaxError) {
        throw new HeartRateConnectionError('The response is not JSON', { cause: error });
      }
      if (!isConnectionFailure(error)) throw error;
      if (attempt >= retry.attempts || delayMs >= leftMs()) {
        throw connectionErrorOf(`No response in ${attempt} attempts`, error);
      }
    }
    await wait(delayMs, signal);
  }
};

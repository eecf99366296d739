import type { RetryPolicy } from './retry.ts';
import { MAX_TIMER_MS } from './timing.ts';

const DEFAULT_RETRY: RetryPolicy = { attempts: 5, baseDelayMs: 200, maxDelayMs: 30_000 };
const DEFAULT_TIMEOUT_MS = 30_000;
/** The service lets 15 s pass at most: two keep-alives may be late or lost. */
const DEFAULT_IDLE_TIMEOUT_MS = 40_000;

// Plain JavaScript may pass anything, and numbers that were computed may be NaN. Either would
// show itself only in the first call that fails, as a request without end or without time.

const numberBetween = (name: string, value: number, min: number, max: number): number => {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new RangeError(`${name} must be a number from ${min} to ${max}, not ${String(value)}`);
};

/** @throws RangeError when timers could not keep it. */
export const timeoutMsOf = (timeoutMs: number = DEFAULT_TIMEOUT_MS): number =>
  numberBetween('timeoutMs', timeoutMs, 1, MAX_TIMER_MS);

/** @throws RangeError when timers could not keep it. */
export const idleTimeoutMsOf = (idleTimeoutMs: number = DEFAULT_IDLE_TIMEOUT_MS): number =>
  numberBetween('idleTimeoutMs', idleTimeoutMs, 1, MAX_TIMER_MS);

/** @throws RangeError when there would be no attempt, attempts without end, or no such wait. */
export const retryPolicyOf = (retry: Partial<RetryPolicy> = {}): RetryPolicy => {
  const attempts = retry.attempts ?? DEFAULT_RETRY.attempts;
  if (!Number.isSafeInteger(attempts) || attempts < 1) {
    throw new RangeError(`retry.attempts must be a whole number from 1, not ${String(attempts)}`);
  }
  const baseDelayMs = retry.baseDelayMs ?? DEFAULT_RETRY.baseDelayMs;
  const maxDelayMs = retry.maxDelayMs ?? DEFAULT_RETRY.maxDelayMs;
  return {
    attempts,
    baseDelayMs: numberBetween('retry.baseDelayMs', baseDelayMs, 0, MAX_TIMER_MS),
    maxDelayMs: numberBetween('retry.maxDelayMs', maxDelayMs, 0, MAX_TIMER_MS),
  };
};

/** @throws TypeError when requests could not be made of it. */
export const baseUrlOf = (text: string): string => {
  // `localhost:8000` is a URL too, of the scheme `localhost`.
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`baseUrl must begin with http:// or https://, not be "${text}"`);
  }
  if (/[?#]/.test(url.href)) {
    throw new TypeError('baseUrl must end with its path: paths of the service are added to it');
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError('baseUrl must have no user and password: send them in a header');
  }
  return url.href;
};

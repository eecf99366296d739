import type { HeaderSource, HeartRateClientOptions } from './heart-rate-client.ts';
import type { RetryPolicy } from './retry.ts';
import { MAX_TIMER_MS } from './timing.ts';

const DEFAULT_RETRY: RetryPolicy = { attempts: 5, baseDelayMs: 200, maxDelayMs: 30_000 };
const DEFAULT_TIMEOUT_MS = 30_000;

// Plain JavaScript may pass anything, and numbers that were computed may be NaN. Either would
// show itself only in the first call that fails, as a request without end or without time.

const refusal = (name: string, expected: string, value: unknown): string =>
  `${name} must be ${expected}, not ${String(value)}`;

/** @throws RangeError for what is no number of the range; the default limit is that of timers. */
export const numberFrom = (
  min: number,
  name: string,
  value: number,
  max = MAX_TIMER_MS,
): number => {
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw new RangeError(refusal(name, `a number from ${min} to ${max}`, value));
};

/** @throws RangeError when timers could not keep it. */
export const timeoutMsOf = (timeoutMs?: number, fallbackMs = DEFAULT_TIMEOUT_MS): number =>
  numberFrom(1, 'timeoutMs', timeoutMs ?? fallbackMs);

/** @throws RangeError when it would be over at once; without one the call may take for ever. */
export const deadlineMsOf = (deadlineMs?: number, fallbackMs = Number.POSITIVE_INFINITY): number =>
  numberFrom(1, 'deadlineMs', deadlineMs ?? fallbackMs, Number.POSITIVE_INFINITY);

/**
 * @throws RangeError when there would be no attempt, attempts without end, or no such wait.
 * @throws TypeError when it is no policy.
 */
export const retryPolicyOf = (
  retry: Partial<RetryPolicy> = {},
  fallback = DEFAULT_RETRY,
): RetryPolicy => {
  if (typeof retry !== 'object' || retry === null) {
    throw new TypeError(refusal('retry', 'an object', retry));
  }
  const attempts = retry.attempts ?? fallback.attempts;
  if (!Number.isSafeInteger(attempts) || attempts < 1) {
    throw new RangeError(refusal('retry.attempts', 'a whole number from 1', attempts));
  }
  const waitOf = (name: 'baseDelayMs' | 'maxDelayMs'): number =>
    numberFrom(0, `retry.${name}`, retry[name] ?? fallback[name]);
  return { attempts, baseDelayMs: waitOf('baseDelayMs'), maxDelayMs: waitOf('maxDelayMs') };
};

/** @throws TypeError for any other choice, or for another case of its letters. */
export const skipsInvalid = (onInvalid: 'reject' | 'skip' = 'reject'): boolean => {
  if (onInvalid === 'reject' || onInvalid === 'skip') return onInvalid === 'skip';
  throw new TypeError(refusal('onInvalid', 'reject or skip', onInvalid));
};

type Fetch = NonNullable<HeartRateClientOptions['fetch']>;

/** @throws TypeError when it cannot be called. */
export const fetchOf = (given: Fetch = (request) => fetch(request)): Fetch => {
  if (typeof given === 'function') return given;
  throw new TypeError(refusal('fetch', 'a function', given));
};

const checkedHeaders = (given: unknown): Headers => {
  if (!(given instanceof Object)) throw new TypeError(refusal('headers', 'an object', given));
  for (const [name, value] of Object.entries(given)) {
    // Headers would send the word "undefined".
    if (typeof value !== 'string') {
      throw new TypeError(refusal(`The header ${name}`, 'a text', value));
    }
  }
  return new Headers(given as Record<string, string>);
};

const headersGivenBy = async (source: () => unknown): Promise<Headers> => {
  const given = await source();
  try {
    return checkedHeaders(given);
  } catch (cause) {
    // Not a TypeError, which is what `fetch` throws when asking again may help.
    throw new RangeError(`headers(): ${cause}`, { cause });
  }
};

/**
 * What gives the headers of a request: those of `before`, or `source` in their place.
 *
 * @throws TypeError at once when some can be seen to be malformed.
 */
export const headersFrom = (
  source: HeaderSource = {},
  before: () => Promise<Headers> = async () => new Headers(),
): (() => Promise<Headers>) => {
  const given = typeof source === 'function' ? source : checkedHeaders(source);
  return async () => {
    const headers = await before();
    const own = typeof given === 'function' ? await headersGivenBy(given) : given;
    own.forEach((value, name) => {
      headers.set(name, value);
    });
    return headers;
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

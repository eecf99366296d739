import createFetchClient from 'openapi-fetch';
import type { components, operations, paths } from '../generated/openapi-types.ts';
import { HeartRateApiError, HeartRateConnectionError, isProblem } from './errors.ts';
import { DEFAULT_RETRY, type RetryPolicy, requestWithRetries } from './retry.ts';

export type { components, operations, paths } from '../generated/openapi-types.ts';
export { HeartRateApiError, HeartRateConnectionError, type Problem } from './errors.ts';
export type { RetryPolicy } from './retry.ts';

/** One measurement; `timestamp` is ISO 8601, `heart_rate` in beats a minute. */
export type Reading = components['schemas']['HeartRateReading'];
/** A person's series: one row for each bucket that holds a reading. */
export type Series = components['schemas']['HeartRateSeries'];
/** Which series: `user_id` and the half-open range `start <= t < end`, perhaps more. */
export type SeriesQuery = operations['queryHeartRate']['parameters']['query'];
/** Which readings are to be erased: `user_id` alone for all, or only a device or a range of it. */
export type ErasureQuery = operations['eraseReadings']['parameters']['query'];
/** A device and how much it is trusted: the lower, the more. */
export type DevicePriority = components['schemas']['DevicePriority'];
/** State of the service and its storage. */
export type Health = components['schemas']['Health'];

export interface HeartRateClientOptions {
  /** Where it is, absolute: `http://127.0.0.1:8000`; `location.origin` in pages of its origin. */
  readonly baseUrl: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For each attempt, until its answer is read to the end. Default 30,000. */
  readonly timeoutMs?: number;
  /** Default: 5 attempts, waits of 200 ms that double, none longer than 30 s. */
  readonly retry?: Partial<RetryPolicy>;
  /** Makes the requests instead of the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

export interface CallOptions {
  /** Ends the call, also between two attempts; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Every method but `erase` and `health` asks again when no answer came (connection refused or
 * lost, timeout) or the answer was 408, 429, 502, 503 or 504. It waits at least as long as
 * `Retry-After` says.
 *
 * Sending readings is asked again as well, although it is a POST: a reading is identified by user,
 * device and timestamp, and the same reading again changes nothing. So a request whose answer was
 * lost can be repeated without harm, whether or not it had been stored. What needs care is a
 * *different* value for the same identity, where the last one accepted wins: send the correction
 * only after the call with the first value has ended.
 *
 * Rejections: {@link HeartRateApiError} when the service refused or could not;
 * {@link HeartRateConnectionError} when it could not be reached; the signal's reason on abort.
 */
export interface HeartRateClient {
  /** Resolves once the reading is on disk and visible to queries. */
  ingest(reading: Reading, options?: CallOptions): Promise<void>;

  /**
   * Stores all readings or, on any error answer, none; resolves like {@link ingest}.
   *
   * A batch is never split, because two requests would not be all or nothing. More readings than
   * the service takes at once (10,000), or none, are refused by the service.
   */
  ingestBatch(readings: readonly Reading[], options?: CallOptions): Promise<void>;

  /** The series, or null when the range holds no reading (the service answers 404). */
  query(query: SeriesQuery, options?: CallOptions): Promise<Series | null>;

  /** The devices whose priority is known, the most trusted first. */
  devices(options?: CallOptions): Promise<readonly DevicePriority[]>;

  /**
   * Erases readings of a user for good, and resolves with how many there were; 0 for none. All of
   * them with `user_id` alone; only those of `device_id`, or with `start <= t < end`, where these
   * are given. Either end of the range may be left out.
   *
   * Asked once, never again: a second request would also erase what was accepted after the first.
   */
  erase(which: ErasureQuery, options?: CallOptions): Promise<number>;

  /**
   * The state of the service as it is now: asked once, never again. Rejects with a
   * {@link HeartRateApiError} of status 503 while the service cannot take readings.
   */
  health(options?: CallOptions): Promise<Health>;
}

/** What openapi-fetch makes of an answer: `data` of a success, else `error`, the body. */
interface Answer<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** A 404 that is no problem comes from something else: a proxy, or a wrong baseUrl. */
const isNothingFound = ({ response, error }: Answer<unknown>): boolean =>
  response.status === 404 && isProblem(error);

const dataOf = <Data>({ data, error, response }: Answer<Data>): Data => {
  if (data !== undefined) return data;
  if (!response.ok) throw new HeartRateApiError(response, error);
  throw new HeartRateConnectionError(`The answer (${response.status}) has no body`);
};

/**
 * A client of the heart-rate service, for Node and browsers.
 *
 * @example
 * const client = createHeartRateClient({ baseUrl: 'http://127.0.0.1:8000' });
 * await client.ingest({
 *   user_id: 'user_123',
 *   device_id: 'device_a',
 *   timestamp: '2024-01-15T10:00:00Z',
 *   heart_rate: 75,
 * });
 * const day = { start: '2024-01-15T00:00:00Z', end: '2024-01-16T00:00:00Z' };
 * const series = await client.query({ user_id: 'user_123', ...day });
 *
 * @throws TypeError at once when `baseUrl` is not absolute or a header is malformed.
 */
export const createHeartRateClient = (options: HeartRateClientOptions): HeartRateClient => {
  const { timeoutMs = 30_000 } = options;
  const retry: RetryPolicy = { ...DEFAULT_RETRY, ...options.retry };
  const once: RetryPolicy = { ...retry, attempts: 1 };
  const api = createFetchClient<paths>({
    baseUrl: new URL(options.baseUrl).href,
    headers: new Headers(options.headers),
    fetch: options.fetch ?? ((request) => fetch(request)),
  });

  const call = <Data>(
    request: (signal: AbortSignal) => Promise<Answer<Data>>,
    { signal }: CallOptions = {},
    policy = retry,
  ): Promise<Answer<Data>> => requestWithRetries(request, { retry: policy, timeoutMs, signal });

  return {
    async ingest(reading, callOptions) {
      dataOf(
        await call(
          (signal) => api.POST('/metrics/heart-rate', { body: reading, signal }),
          callOptions,
        ),
      );
    },

    async ingestBatch(readings, callOptions) {
      const body = { readings: [...readings] };
      dataOf(
        await call(
          (signal) => api.POST('/metrics/heart-rate/batch', { body, signal }),
          callOptions,
        ),
      );
    },

    async query(query, callOptions) {
      const answer = await call(
        (signal) => api.GET('/metrics/heart-rate', { params: { query }, signal }),
        callOptions,
      );
      return isNothingFound(answer) ? null : dataOf(answer);
    },

    async devices(callOptions) {
      const answer = await call((signal) => api.GET('/devices', { signal }), callOptions);
      return dataOf(answer).devices;
    },

    async erase(which, callOptions) {
      const params = { query: which };
      const answer = await call(
        (signal) => api.DELETE('/metrics/heart-rate', { params, signal }),
        callOptions,
        once,
      );
      return isNothingFound(answer) ? 0 : dataOf(answer).count;
    },

    async health(callOptions) {
      return dataOf(await call((signal) => api.GET('/health', { signal }), callOptions, once));
    },
  };
};

import createFetchClient from 'openapi-fetch';
import type { components, operations, paths } from '../../generated/openapi-types.ts';
import { HeartRateApiError, HeartRateConnectionError, isProblemOfType } from './errors.ts';
import {
  hasDevices,
  isAccepted,
  isBatchAccepted,
  isBatchPartlyAccepted,
  isDeviceList,
  isDevicesOf,
  isErased,
  isHealth,
  isReadingOf,
  isSeriesOf,
} from './expected-body.ts';
import { followStream, type LiveEvent } from './live/follow.ts';
import { baseUrlOf, idleTimeoutMsOf, retryPolicyOf, timeoutMsOf } from './options.ts';
import { type RetryPolicy, requestWithRetries } from './retry.ts';

export type { components, operations, paths } from '../../generated/openapi-types.ts';
export {
  HeartRateApiError,
  HeartRateConnectionError,
  type Problem,
  type ProblemType,
} from './errors.ts';
export type { LiveEvent } from './live/follow.ts';
export type { RetryPolicy } from './retry.ts';

/** One measurement; `timestamp` is ISO 8601, `heart_rate` in beats a minute. */
export type Reading = components['schemas']['HeartRateReading'];
/** A person's series: one row for each bucket that holds a reading. */
export type Series = components['schemas']['HeartRateSeries'];
/** Which series: `user_id` and the half-open range `start <= t < end`, perhaps more. */
export type SeriesQuery = operations['queryHeartRate']['parameters']['query'];
/** Whose readings: of `userId`, perhaps of one device. */
export interface LatestQuery {
  readonly userId: string;
  readonly deviceId?: string;
}
/** Whose readings are followed. */
export type FollowQuery = LatestQuery;
/** A reading as it was stored; `timestamp` is in UTC. */
export type StoredReading = components['schemas']['StoredReading'];
/** What there is of a device of a person's in a range; `days` are UTC days. */
export type UserDevice = components['schemas']['UserDevice'];
/** Whose devices: `user_id` and the half-open range `start <= t < end`. */
export type UserDevicesQuery = operations['listUserDevices']['parameters']['query'];
/** What became of a batch. */
export interface BatchResult {
  /** How many readings were stored: all, unless invalid ones were skipped. */
  readonly count: number;
  /** How many were invalid and so not stored. */
  readonly rejected: number;
  /** What is wrong with those, in the order of the batch, cut to 20 entries. */
  readonly errors: readonly components['schemas']['ProblemError'][];
}
/** Which readings are to be erased: `user_id` alone for all, or only a device or a range of it. */
export type ErasureQuery = operations['eraseReadings']['parameters']['query'];
/** A device and how much it is trusted: the lower, the more. */
export type DevicePriority = components['schemas']['DevicePriority'];
export type DeviceList = components['schemas']['DeviceList'];
/** State of the service and its storage. */
export type Health = components['schemas']['Health'];

export interface HeartRateClientOptions {
  /**
   * Where it is, beginning with `http://` or `https://`: `http://127.0.0.1:8000`;
   * `location.origin` in pages of its origin.
   */
  readonly baseUrl: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For each attempt, until its response is read to the end. At least 1; default 30,000. */
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

export interface BatchOptions extends CallOptions {
  /**
   * What happens to a batch with invalid readings. `reject`, the default: nothing is stored.
   * `skip`: the valid readings are stored.
   */
  readonly onInvalid?: 'reject' | 'skip';
}

export interface FollowOptions extends CallOptions {
  /**
   * A connection on which nothing came for so long is taken for dead. The service says something
   * at least every 15 s. At least 1; default 40,000.
   */
  readonly idleTimeoutMs?: number;
}

/**
 * Every method but `erase` and `health` asks again when no response came (connection refused or
 * lost, timeout) or the response was 408, 429, 502, 503 or 504. It waits at least as long as
 * `Retry-After` says.
 *
 * Sending readings is asked again as well, although it is a POST: a reading is identified by user,
 * device and timestamp, and the same reading again changes nothing. So a request whose response was
 * lost can be repeated without harm, whether or not it had been stored. What needs care is a
 * *different* value for the same identity, where the last one accepted wins: send the correction
 * only after the call with the first value has ended.
 *
 * Rejections: {@link HeartRateApiError} when the service refused or could not;
 * {@link HeartRateConnectionError} when it could not be reached, or what responded is not the
 * service; the signal's reason on abort.
 */
export interface HeartRateClient {
  /** Resolves once the reading is on disk and visible to queries. */
  ingest(reading: Reading, options?: CallOptions): Promise<void>;

  /**
   * Stores all readings or none, or with `onInvalid: 'skip'` those that are valid. Resolves like
   * {@link ingest}, and rejects if none was stored.
   *
   * A batch is never split, because two requests would not be all or nothing. More readings than
   * the service takes at once (10,000), or none, are refused by the service.
   */
  ingestBatch(readings: readonly Reading[], options?: BatchOptions): Promise<BatchResult>;

  /** The series, or null when the service says that the range holds no reading. */
  query(query: SeriesQuery, options?: CallOptions): Promise<Series | null>;

  /**
   * The most recent reading, of several devices' at that instant the most trusted one's; null when
   * the service says that there is none.
   */
  latest(which: LatestQuery, options?: CallOptions): Promise<StoredReading | null>;

  /**
   * A person's readings as they are accepted, and what becomes of the connection. It connects when
   * the first event is asked for, and again when the connection is lost, as often as it takes; it
   * then goes on after the last event, or says by a `reset` that readings may be missing.
   *
   * To leave the loop closes the connection. When the signal aborts, the loop throws its reason.
   * It also throws what asking again does not mend: that the service refuses, or is another one.
   * Somebody who takes the events too slowly is cut off by the service, and goes on like that.
   *
   * @example
   * for await (const event of client.follow({ userId: 'user_123' }, { signal })) {
   *   if (event.type === 'reading') show(event.reading);
   *   if (event.type === 'reset') await showSeries();
   * }
   *
   * @throws RangeError at once when `idleTimeoutMs` makes no sense.
   */
  follow(which: FollowQuery, options?: FollowOptions): AsyncGenerator<LiveEvent, void, void>;

  /** The devices that have readings of a person in the range, by id; an empty list for none. */
  userDevices(query: UserDevicesQuery, options?: CallOptions): Promise<readonly UserDevice[]>;

  /** The devices whose priority is known, the most trusted first. */
  devices(options?: CallOptions): Promise<readonly DevicePriority[]>;

  /**
   * All that decides between devices: those of {@link devices}, and the prefixes of ids that have a
   * priority. Of those that an id begins with the longest counts, unless the device is listed.
   */
  devicePriorities(options?: CallOptions): Promise<DeviceList>;

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

/** What openapi-fetch makes of a response: `data` of a success, else `error`, the body. */
interface Result<Data> {
  readonly data?: Data;
  readonly error?: unknown;
  readonly response: Response;
}

/** The service looked and found nothing. Any other 404 is of a wrong baseUrl, or of a proxy. */
const isNothingFound = ({ response, error }: Result<unknown>): boolean =>
  response.status === 404 && isProblemOfType(error, 'urn:problem:heart-rate:no-readings');

const dataOf = <Data>(
  { data, error, response }: Result<Data>,
  isExpected: (body: unknown) => boolean,
): Data => {
  if (!response.ok) throw new HeartRateApiError(response, error);
  // The contract has no other success.
  if (response.status === 200 && data !== undefined && isExpected(data)) return data;
  const what = data === undefined ? 'no body' : 'a body that is not of the heart-rate service';
  throw new HeartRateConnectionError(`The response (${response.status}) has ${what}`);
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
 * @throws TypeError at once when `baseUrl` is no http or https address or a header is malformed.
 * @throws RangeError at once when `timeoutMs` or a number of `retry` makes no sense.
 */
export const createHeartRateClient = (options: HeartRateClientOptions): HeartRateClient => {
  const timeoutMs = timeoutMsOf(options.timeoutMs);
  const retry = retryPolicyOf(options.retry);
  const once: RetryPolicy = { ...retry, attempts: 1 };
  const api = createFetchClient<paths>({
    baseUrl: baseUrlOf(options.baseUrl),
    headers: new Headers(options.headers),
    fetch: options.fetch ?? ((request) => fetch(request)),
  });

  const call = <Data>(
    request: (signal: AbortSignal) => Promise<Result<Data>>,
    { signal }: CallOptions = {},
    policy = retry,
  ): Promise<Result<Data>> => requestWithRetries(request, { retry: policy, timeoutMs, signal });

  return {
    async ingest(reading, callOptions) {
      const result = await call(
        (signal) => api.POST('/metrics/heart-rate', { body: reading, signal }),
        callOptions,
      );
      dataOf(result, isAccepted);
    },

    async ingestBatch(readings, callOptions) {
      const body = { readings: [...readings] };
      const skips = callOptions?.onInvalid === 'skip';
      const params = skips ? { query: { on_invalid: 'skip' } as const } : {};
      const result = await call(
        (signal) => api.POST('/metrics/heart-rate/batch', { body, params, signal }),
        callOptions,
      );
      const isExpected = (skips ? isBatchPartlyAccepted : isBatchAccepted)(body.readings.length);
      const { count, rejected = 0, errors = [] } = dataOf(result, isExpected);
      return { count, rejected, errors };
    },

    async query(query, callOptions) {
      const result = await call(
        (signal) => api.GET('/metrics/heart-rate', { params: { query }, signal }),
        callOptions,
      );
      return isNothingFound(result) ? null : dataOf(result, isSeriesOf(query.user_id));
    },

    async latest({ userId, deviceId }, callOptions) {
      const ofDevice = deviceId === undefined ? {} : { device_id: deviceId };
      const params = { query: { user_id: userId, ...ofDevice } };
      const result = await call(
        (signal) => api.GET('/metrics/heart-rate/latest', { params, signal }),
        callOptions,
      );
      return isNothingFound(result) ? null : dataOf(result, isReadingOf(userId));
    },

    follow({ userId, deviceId }, { signal, idleTimeoutMs } = {}) {
      const ofDevice = deviceId === undefined ? {} : { device_id: deviceId };
      const query = { user_id: userId, ...ofDevice };
      const settings = { userId, retry, timeoutMs, idleTimeoutMs: idleTimeoutMsOf(idleTimeoutMs) };
      return followStream(
        (lastEventId, connection) => {
          const header = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
          const params = { query, header };
          const init = { params, parseAs: 'stream', signal: connection } as const;
          return api.GET('/metrics/heart-rate/stream', init);
        },
        { ...settings, signal },
      );
    },

    async userDevices(query, callOptions) {
      const result = await call(
        (signal) => api.GET('/metrics/heart-rate/devices', { params: { query }, signal }),
        callOptions,
      );
      return isNothingFound(result) ? [] : dataOf(result, isDevicesOf(query.user_id)).devices;
    },

    async devices(callOptions) {
      const result = await call((signal) => api.GET('/devices', { signal }), callOptions);
      return dataOf(result, hasDevices).devices;
    },

    async devicePriorities(callOptions) {
      const result = await call((signal) => api.GET('/devices', { signal }), callOptions);
      return dataOf(result, isDeviceList);
    },

    async erase(which, callOptions) {
      const params = { query: which };
      const result = await call(
        (signal) => api.DELETE('/metrics/heart-rate', { params, signal }),
        callOptions,
        once,
      );
      return isNothingFound(result) ? 0 : dataOf(result, isErased).count;
    },

    async health(callOptions) {
      const result = await call((signal) => api.GET('/health', { signal }), callOptions, once);
      return dataOf(result, isHealth);
    },
  };
};

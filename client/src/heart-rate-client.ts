import type {
  BatchResult,
  DeviceList,
  DevicePriority,
  ErasureQuery,
  ExportQuery,
  FollowQuery,
  Health,
  LatestQuery,
  ReadingInput,
  Series,
  SeriesQuery,
  StoredReading,
  UserDevice,
  UserDevicesQuery,
} from './data.ts';
import type { LiveEvent } from './live/live-event.ts';
import type { RetryPolicy } from './retry.ts';

/** Headers by name, or what gives them: it is asked before each request, say for a fresh token. */
export type HeaderSource = HeaderValues | (() => HeaderValues | Promise<HeaderValues>);
type HeaderValues = Readonly<Record<string, string>>;

/** How a request is made and how long it may take. */
export interface RequestOptions {
  /**
   * Sent with every request; of a call, beside the client's or in the place of those of the same
   * name. What the function throws ends the call, unless it is what `fetch` throws without a
   * connection.
   */
  readonly headers?: HeaderSource;
  /** For each attempt, until its response is read to the end. At least 1; default 30,000. */
  readonly timeoutMs?: number;
  /**
   * For the whole call, with all attempts and the waits between them. No attempt begins that would
   * begin later; how the last one ended is how the call ends. At least 1; none by default.
   */
  readonly deadlineMs?: number;
  /** Default: 5 attempts, waits of 200 ms that double, none longer than 30 s. */
  readonly retry?: Partial<RetryPolicy>;
}

export interface HeartRateClientOptions extends RequestOptions {
  /**
   * Where it is, beginning with `http://` or `https://`: `http://127.0.0.1:8000`;
   * `location.origin` in pages of its origin.
   */
  readonly baseUrl: string;
  /** Makes the requests instead of the global `fetch`. */
  readonly fetch?: (request: Request) => Promise<Response>;
}

/** What is given here takes the place of what the client was made with, for this call. */
export interface CallOptions extends RequestOptions {
  /** Ends the call, also between two attempts; it then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Of a call that is never made again by itself. */
export type SingleCallOptions = Omit<CallOptions, 'retry'>;

export interface BatchOptions extends CallOptions {
  /**
   * What happens to a batch with invalid readings. `reject`, the default: nothing is stored.
   * `skip`: the valid readings are stored.
   */
  readonly onInvalid?: 'reject' | 'skip';
}

/** `retry` tells how long the waits are: there is no last attempt. `timeoutMs` is for connecting. */
export interface FollowOptions extends Omit<CallOptions, 'deadlineMs'> {
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
 * service; the signal's reason on abort. A TypeError or RangeError when options make no sense.
 */
export interface HeartRateClient {
  /** Resolves once the reading is on disk and visible to queries. */
  ingest(reading: ReadingInput, options?: CallOptions): Promise<void>;

  /**
   * Stores all readings or none, or with `onInvalid: 'skip'` those that are valid. Resolves like
   * {@link ingest}, and rejects if none was stored.
   *
   * A batch is never split, because two requests would not be all or nothing. More readings than
   * the service takes at once (10,000), or none, are refused by the service.
   */
  ingestBatch(readings: readonly ReadingInput[], options?: BatchOptions): Promise<BatchResult>;

  /**
   * The series, or null when the service says that the range holds no reading.
   *
   * A range that is longer than the service takes at once (400 days) is asked for in parts, one
   * after the other, which are joined: no bucket is cut. The parts are of different moments.
   */
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
   * for await (const event of client.follow({ user_id: 'user_123' }, { signal })) {
   *   if (event.type === 'reading') show(event.reading);
   *   if (event.type === 'reset') await showSeries();
   * }
   */
  follow(which: FollowQuery, options?: FollowOptions): AsyncGenerator<LiveEvent, void, void>;

  /**
   * A person's readings as they were stored, sorted by time, of a range of any length; none when
   * there is none. They are read as they are taken, so that any number of them fits. To leave the
   * loop closes the connection. It is tried again only until the response begins: when it breaks
   * off later, the loop throws a {@link HeartRateConnectionError}. `timeoutMs` is for the beginning
   * and then for each wait for more.
   *
   * @example
   * for await (const reading of client.export({ user_id: 'user_123' })) write(reading);
   */
  export(which: ExportQuery, options?: CallOptions): AsyncGenerator<StoredReading, void, void>;

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
  erase(which: ErasureQuery, options?: SingleCallOptions): Promise<number>;

  /**
   * The state of the service as it is now: asked once, never again. Rejects with a
   * {@link HeartRateApiError} of status 503 while the service cannot take readings.
   */
  health(options?: SingleCallOptions): Promise<Health>;
}

import type { StoredReading } from '../data.ts';
import { HeartRateApiError, HeartRateConnectionError } from '../errors.ts';
import { isReadingOf } from '../expected-body.ts';
import {
  backoffMs,
  connectionErrorOf,
  isConnectionFailure,
  isRetryable,
  type RetryPolicy,
} from '../retry.ts';
import { MAX_TIMER_MS, wait, withTimeout } from '../timing.ts';
import { type EventBlock, EventStreamParser } from './event-stream.ts';
import type { LiveEvent } from './live-event.ts';

/** Asks for the events after an id, or from now on. */
export type OpenStream = (
  lastEventId: string | undefined,
  signal: AbortSignal,
) => Promise<{
  readonly data?: ReadableStream<Uint8Array> | null;
  readonly error?: unknown;
  readonly response: Response;
}>;

export interface FollowSettings {
  readonly userId: string;
  readonly retry: RetryPolicy;
  /** Until the response begins. */
  readonly timeoutMs: number;
  /** Without a byte, a keep-alive included. */
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What lasted so long was a success, also when no reading came. */
const STABLE_MS = 5_000;

/** What is known of the stream from one connection to the next. */
interface Position {
  wasOpen: boolean;
  lastEventId: string | undefined;
}

const parsed = (data: string): unknown => {
  try {
    return JSON.parse(data);
  } catch (cause) {
    throw new HeartRateConnectionError('An event is not JSON', { cause });
  }
};

/** The event of a block. Names that are not known yet are of a later version: no event. */
const eventOf = ({ type, data }: EventBlock, userId: string): LiveEvent | undefined => {
  if (data === undefined) return undefined;
  if (type === 'reset') return { type };
  if (type !== 'reading') return undefined;
  const reading = parsed(data);
  if (isReadingOf(userId)(reading)) {
    return { type, reading: reading as StoredReading };
  }
  throw new HeartRateConnectionError('An event is not a reading of the user');
};

const bodyOf = ({
  data,
  error,
  response,
}: Awaited<ReturnType<OpenStream>>): ReadableStream<Uint8Array> => {
  if (!response.ok) throw new HeartRateApiError(response, error);
  const type = response.headers.get('content-type') ?? '';
  // Another media type is of another service, and its body no events.
  if (data && response.status === 200 && /^text\/event-stream\b/i.test(type)) return data;
  throw new HeartRateConnectionError(`The response (${response.status}) has no events`);
};

/** The events of one connection, until it ends. It is closed when nobody takes them any more. */
async function* connected(
  open: OpenStream,
  position: Position,
  { userId, timeoutMs, idleTimeoutMs, signal }: FollowSettings,
): AsyncGenerator<LiveEvent, void, void> {
  const connection = new AbortController();
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  try {
    const { lastEventId } = position;
    const openIt = () => open(lastEventId, connection.signal);
    reader = bodyOf(await withTimeout(timeoutMs, signal, openIt)).getReader();
    const read = reader.read.bind(reader);
    yield { type: 'open' };
    // The connection before gave no id to go on from.
    if (position.wasOpen && position.lastEventId === undefined) yield { type: 'reset' };
    position.wasOpen = true;
    const parser = new EventStreamParser();
    for (;;) {
      const { done, value } = await withTimeout(idleTimeoutMs, signal, read);
      if (done) return;
      for (const block of parser.push(value)) {
        // An empty id takes back those before (WHATWG HTML 9.2.6).
        if (block.id !== undefined) position.lastEventId = block.id || undefined;
        const event = eventOf(block, userId);
        if (event !== undefined) yield event;
      }
    }
  } finally {
    // What reads no further is cancelled as well: the signal is lost where the caller's `fetch`
    // passes it on (Node holds a request's signal weakly). A stream that failed stays failed.
    reader?.cancel().catch(() => undefined);
    connection.abort();
  }
}

/** Why a connection ended, when the next one may do better; throws what will not get better. */
const lossOf = (error: unknown): HeartRateApiError | HeartRateConnectionError => {
  if (error instanceof HeartRateApiError && isRetryable(error.status)) return error;
  if (!isConnectionFailure(error)) throw error;
  return connectionErrorOf('The stream was cut off', error);
};

/**
 * The events of a person's stream, connected again whenever the connection is lost and going on
 * after the last event, until nobody takes them any more or the signal aborts. It waits between
 * connections as between attempts, and at least as long as `Retry-After` says.
 *
 * Rejects with {@link HeartRateApiError} when the service refuses, with
 * {@link HeartRateConnectionError} when what responds is not the service, and with the signal's
 * reason.
 */
export async function* followStream(
  open: OpenStream,
  settings: FollowSettings,
): AsyncGenerator<LiveEvent, void, void> {
  const { retry, signal } = settings;
  const position: Position = { wasOpen: false, lastEventId: undefined };
  let failures = 0;
  for (;;) {
    const startedAtMs = performance.now();
    let error: HeartRateApiError | HeartRateConnectionError;
    try {
      for await (const event of connected(open, position, settings)) {
        signal?.throwIfAborted();
        if (event.type === 'reading') failures = 0;
        yield event;
      }
      error = new HeartRateConnectionError('The service ended the stream');
    } catch (reason) {
      signal?.throwIfAborted();
      error = lossOf(reason);
    }
    if (performance.now() - startedAtMs > STABLE_MS) failures = 0;
    failures++;
    yield { type: 'lost', error };
    const askedMs = (error instanceof HeartRateApiError && error.retryAfterMs) || 0;
    const delayMs = backoffMs(failures, retry) + askedMs;
    await wait(Math.min(delayMs, MAX_TIMER_MS), signal);
  }
}

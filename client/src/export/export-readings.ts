import type { ExportQuery, StoredReading } from '../data.ts';
import { HeartRateApiError, HeartRateConnectionError } from '../errors.ts';
import { isReadingOf } from '../expected-body.ts';
import type { CallOptions } from '../heart-rate-client.ts';
import { connectionErrorOf, isConnectionFailure } from '../retry.ts';
import { withTexts } from '../times.ts';
import { withTimeout } from '../timing.ts';
import { isNothingFound, type Transport } from '../transport.ts';

/** Many times what a reading of the service has: what is longer is of something else. */
const MAX_LINE_LENGTH = 65_536;

/** The lines of a text that comes in pieces cut anywhere; the last one may be without its end. */
async function* linesOf(
  read: () => Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>,
): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { done, value } = await read();
    const lines = (rest + decoder.decode(value, { stream: !done })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (done) break;
    if (rest.length > MAX_LINE_LENGTH) {
      throw new HeartRateConnectionError('The lines are longer than those of the service');
    }
  }
  if (rest !== '') yield rest;
}

const readingOf = (line: string, isExpected: (body: unknown) => boolean): StoredReading => {
  let reading: unknown;
  try {
    reading = JSON.parse(line);
  } catch (cause) {
    throw new HeartRateConnectionError('A line is not JSON', { cause });
  }
  if (isExpected(reading)) return reading as StoredReading;
  throw new HeartRateConnectionError('A line is not a reading of the user');
};

/** The readings of an export of the service, as they come. */
export async function* exportReadings(
  transport: Transport,
  which: ExportQuery,
  options?: CallOptions,
): AsyncGenerator<StoredReading, void, void> {
  const { timeoutMs, deadlineMs, signal } = transport.settingsOf(options);
  const startMs = performance.now();
  const params = { query: { ...withTexts(which), format: 'ndjson' } as const };
  const result = await transport.call(
    (parts) =>
      transport.api.GET('/metrics/heart-rate/export', { params, parseAs: 'stream', ...parts }),
    options,
  );
  if (isNothingFound(result)) return;
  const { data, response, error } = result;
  if (!response.ok) throw new HeartRateApiError(response, error);
  const type = response.headers.get('content-type') ?? '';
  if (!data || !/^application\/x-ndjson\b/i.test(type)) {
    throw new HeartRateConnectionError(`The response (${response.status}) has no readings`);
  }
  const reader: ReadableStreamDefaultReader<Uint8Array> = data.getReader();
  const read = () => {
    const leftMs = Math.max(0, deadlineMs - (performance.now() - startMs));
    return withTimeout(Math.min(timeoutMs, leftMs), signal, () => reader.read());
  };
  try {
    const isExpected = isReadingOf(which.user_id);
    for await (const line of linesOf(read)) yield readingOf(line, isExpected);
  } catch (reason) {
    signal?.throwIfAborted();
    throw isConnectionFailure(reason) ? connectionErrorOf('The export broke off', reason) : reason;
  } finally {
    // What failed stays failed; the rest is closed.
    reader.cancel().catch(() => undefined);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  type CallOptions,
  createHeartRateClient,
  HeartRateApiError,
  type HeartRateClient,
  type HeartRateClientOptions,
  HeartRateConnectionError,
  type SingleCallOptions,
} from '../../../client/src/index.ts';
import {
  accepted,
  breakOff,
  hangUp,
  json,
  neverAnswer,
  type Step,
  startScriptedServer,
  unavailable,
} from '../../support/scripted-server.ts';

const READING = {
  user_id: 'user_123',
  device_id: 'device_a',
  timestamp: '2024-01-15T10:00:00Z',
  heart_rate: 75,
};
const QUERY = {
  user_id: 'user_123',
  start: '2024-01-15T12:00:00+02:00',
  end: '2024-01-16T00:00:00Z',
};
const NO_READINGS = {
  type: 'urn:problem:heart-rate:no-readings',
  title: 'No readings',
  status: 404,
};

/** A server that does these steps, and a client of it that waits only a moment between attempts. */
const connect = async (
  steps: readonly Step[],
  { retry, ...options }: Partial<HeartRateClientOptions> = {},
) => {
  const server = await startScriptedServer(...steps);
  const client = createHeartRateClient({
    baseUrl: server.baseUrl,
    retry: { attempts: 4, baseDelayMs: 2, ...retry },
    ...options,
  });
  return { ...server, client };
};

/** What a call was rejected with; fails when it was not. */
const rejectionOf = async (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    (value) => expect.fail(`resolved with ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );

const apiErrorOf = async (call: Promise<unknown>): Promise<HeartRateApiError> => {
  const error = await rejectionOf(call);
  expect(error).toBeInstanceOf(HeartRateApiError);
  return error as HeartRateApiError;
};

/** A row of a series. */
const BUCKET = { timestamp: '2024-01-15T10:00:00Z', heart_rate: 75, device_id: 'device_a' };

describe('requests', () => {
  test('a reading is posted as it is', async () => {
    const { client, received } = await connect([accepted]);
    expect(await client.ingest(READING)).toBeUndefined();
    expect(received).toMatchObject([{ method: 'POST', url: '/metrics/heart-rate' }]);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual(READING);
  });

  test('a batch is one request', async () => {
    const { client, received } = await connect([json(200, { status: 'accepted', count: 2 })]);
    expect(await client.ingestBatch([READING, READING])).toEqual({
      count: 2,
      rejected: 0,
      errors: [],
    });
    expect(received).toMatchObject([{ method: 'POST', url: '/metrics/heart-rate/batch' }]);
    expect(JSON.parse(received[0]?.body ?? '')).toEqual({ readings: [READING, READING] });
  });

  test('a batch may leave out what is not valid', async () => {
    const errors = [{ pointer: '/readings/1/heart_rate', detail: 'must be at most 220' }];
    const result = { count: 1, rejected: 1, errors };
    const { client, received } = await connect([json(200, { status: 'accepted', ...result })]);
    expect(await client.ingestBatch([READING, READING], { onInvalid: 'skip' })).toEqual(result);
    expect(received).toMatchObject([{ url: '/metrics/heart-rate/batch?on_invalid=skip' }]);
  });

  test('a query is escaped: a plus stays a plus', async () => {
    const series = { user_id: 'user_123', data: [BUCKET], count: 1 };
    const { client, received } = await connect([json(200, series)]);
    expect(await client.query(QUERY)).toEqual(series);
    const url = new URL(received[0]?.url ?? '', 'http://service');
    expect(Object.fromEntries(url.searchParams)).toEqual(QUERY);
  });

  test('the latest reading is asked of a user, perhaps of one device', async () => {
    const LATEST = { ...READING, user_id: 'Zoë' };
    const { client, received } = await connect([json(200, LATEST), json(404, NO_READINGS)]);
    expect(await client.latest({ user_id: 'Zoë' })).toEqual(LATEST);
    expect(await client.latest({ user_id: 'u', device_id: 'd' })).toBeNull();
    expect(received.map(({ url }) => url)).toEqual([
      '/metrics/heart-rate/latest?user_id=Zo%C3%AB',
      '/metrics/heart-rate/latest?user_id=u&device_id=d',
    ]);
  });

  test('the devices of a user are asked of a range, and none is an empty list', async () => {
    const device = { device_id: 'a', first: QUERY.start, last: QUERY.end, readings: 2, days: 1 };
    const list = json(200, { user_id: 'user_123', devices: [device] });
    const { client, received } = await connect([list, json(404, NO_READINGS)]);
    expect(await client.userDevices(QUERY)).toEqual([device]);
    expect(await client.userDevices(QUERY)).toEqual([]);
    const url = new URL(received[0]?.url ?? '', 'http://service');
    expect(url.pathname).toBe('/metrics/heart-rate/devices');
    expect(Object.fromEntries(url.searchParams)).toEqual(QUERY);
  });

  test('devices come without their envelope', async () => {
    const devices = [{ device_id: 'device_a', priority: 1 }];
    const { client } = await connect([json(200, { devices })]);
    expect(await client.devices()).toEqual(devices);
  });

  test('device priorities are devices and prefixes', async () => {
    const list = {
      devices: [{ device_id: 'device_a', priority: 1 }],
      prefixes: [{ prefix: 'polar-', priority: 2 }],
    };
    const { client, received } = await connect([json(200, list)]);
    expect(await client.devicePriorities()).toEqual(list);
    expect(received).toMatchObject([{ method: 'GET', url: '/devices' }]);
  });

  test('an erasure of less names the device and the range, as far as they are given', async () => {
    const answer = json(200, { status: 'erased', count: 2 });
    const { client, received } = await connect([answer, answer]);
    const start = '2024-01-15T10:00:00+02:00';
    expect(await client.erase({ user_id: 'u', device_id: 'd', start })).toBe(2);
    expect(await client.erase({ user_id: 'u', end: '2024-01-15T10:00:00Z' })).toBe(2);
    expect(
      received.map(({ url }) => Object.fromEntries(new URL(url, 'http://x').searchParams)),
    ).toEqual([
      { user_id: 'u', device_id: 'd', start },
      { user_id: 'u', end: '2024-01-15T10:00:00Z' },
    ]);
  });

  test('an erasure names the user and tells how many readings there were', async () => {
    const { client, received } = await connect([json(200, { status: 'erased', count: 12 })]);
    expect(await client.erase({ user_id: 'Zoë & co' })).toBe(12);
    const url = '/metrics/heart-rate?user_id=Zo%C3%AB%20%26%20co';
    expect(received).toMatchObject([{ method: 'DELETE', url }]);
  });

  test('headers go with every request, and a base path is kept', async () => {
    const echo: Step = (response, { headers }) =>
      json(200, { devices: [{ device_id: headers.authorization, priority: 1 }] })(
        response,
        response.req,
      );
    const server = await startScriptedServer(echo);
    const client = createHeartRateClient({
      baseUrl: `${server.baseUrl}/api/`,
      headers: { authorization: 'Bearer secret' },
    });
    expect(await client.devices()).toMatchObject([{ device_id: 'Bearer secret' }]);
    expect(server.received[0]?.url).toBe('/api/devices');
  });

  test('headers of a function are asked for before each attempt', async () => {
    let token = 0;
    const headers = async () => ({ authorization: `Bearer ${++token}` });
    const { client, received } = await connect([unavailable(), accepted], { headers });
    await client.ingest(READING);
    expect(received.map((request) => request.headers.authorization)).toEqual([
      'Bearer 1',
      'Bearer 2',
    ]);
  });

  test('what the function throws ends the call', async () => {
    const reason = new Error('signed out');
    const headers = () => Promise.reject(reason);
    const { client, received } = await connect([accepted], { headers });
    await expect(client.ingest(READING)).rejects.toBe(reason);
    expect(received).toEqual([]);
  });

  test.each([{ a: undefined }, { 'not a name': 'x' }, undefined, 'x'])(
    'a function that gives %j ends the call',
    async (value) => {
      let calls = 0;
      const headers = () => {
        calls++;
        return value as unknown as Record<string, string>;
      };
      const { client, received } = await connect([accepted], { headers });
      await expect(client.ingest(READING)).rejects.toThrow(RangeError);
      expect(calls).toBe(1);
      expect(received).toEqual([]);
    },
  );

  test('headers of a call stand beside the client’s, or in their place', async () => {
    const { client, received } = await connect([accepted], { headers: { a: '1', b: '1' } });
    await client.ingest(READING, { headers: () => ({ B: '2', c: '2' }) });
    await client.ingest(READING);
    expect(received[0]?.headers).toMatchObject({ a: '1', b: '2', c: '2' });
    expect(received[1]?.headers).toMatchObject({ a: '1', b: '1' });
    expect(received[1]?.headers).not.toHaveProperty('c');
  });

  test('a Date is sent as a timestamp', async () => {
    const at = new Date('2024-01-15T10:00:00.123Z');
    const batch = json(200, { status: 'accepted', count: 2 });
    const series = json(200, { user_id: 'user_123', data: [BUCKET], count: 1 });
    const erased = json(200, { status: 'erased', count: 1 });
    const { client, received } = await connect([accepted, batch, series, erased]);
    await client.ingest({ ...READING, timestamp: at });
    await client.ingestBatch([{ ...READING, timestamp: at }, READING]);
    await client.query({ user_id: 'user_123', start: at, end: QUERY.end });
    await client.erase({ user_id: 'user_123', end: at });
    const text = '2024-01-15T10:00:00.123Z';
    const [single, both] = received.slice(0, 2).map(({ body }) => JSON.parse(body));
    expect(single).toEqual({ ...READING, timestamp: text });
    expect(both).toEqual({ readings: [{ ...READING, timestamp: text }, READING] });
    const [asked, erasure] = received.slice(2).map(({ url }) => new URL(url, 'http://x'));
    expect(asked?.searchParams.get('start')).toBe(text);
    expect(erasure?.searchParams.get('end')).toBe(text);
  });

  test('a Date that is none is refused', async () => {
    const { client, received } = await connect([accepted]);
    const timestamp = new Date('yesterday');
    await expect(client.ingest({ ...READING, timestamp })).rejects.toThrow(/timestamp is no valid/);
    const query = { ...QUERY, start: timestamp };
    await expect(client.query(query)).rejects.toThrow(/start is no valid Date/);
    expect(received).toEqual([]);
  });

  test('a base URL or a header that cannot work is refused at once', () => {
    expect(() => createHeartRateClient({ baseUrl: '/api' })).toThrow(TypeError);
    const headers = { 'not a name': 'x' };
    expect(() => createHeartRateClient({ baseUrl: 'http://h', headers })).toThrow(TypeError);
  });
});

describe('asking again', () => {
  test.each([408, 429, 502, 503, 504])('after %i, with the body intact', async (status) => {
    const { client, received } = await connect([json(status, {}), json(status, {}), accepted]);
    await client.ingest(READING);
    const bodies = received.map(({ body }) => JSON.parse(body));
    expect(bodies).toEqual([READING, READING, READING]);
  });

  test.each([400, 401, 404, 413, 415, 500, 501])('not after %i', async (status) => {
    const { client, received } = await connect([json(status, {}), accepted]);
    expect((await apiErrorOf(client.ingest(READING))).status).toBe(status);
    expect(received).toHaveLength(1);
  });

  test('a batch is sent again as it was, whatever became of the list', async () => {
    const readings = [READING];
    const grow: Step = (response, request) => {
      readings.push(READING);
      unavailable()(response, request);
    };
    const { client, received } = await connect([grow, json(200, { status: 'accepted', count: 1 })]);
    await client.ingestBatch(readings);
    expect(received.map(({ body }) => JSON.parse(body))).toEqual([
      { readings: [READING] },
      { readings: [READING] },
    ]);
  });

  test.each([
    ['the connection is lost', hangUp],
    ['the answer breaks off', breakOff],
  ])('a POST too, when %s', async (_, fault) => {
    const { client, received } = await connect([fault, fault, accepted]);
    await client.ingest(READING);
    expect(received.map(({ body }) => JSON.parse(body))).toEqual([READING, READING, READING]);
  });

  test('a query, when the answer breaks off', async () => {
    const series = { user_id: 'user_123', data: [BUCKET], count: 1 };
    const { client } = await connect([breakOff, json(200, series)]);
    expect(await client.query(QUERY)).toEqual(series);
  });

  test('waits as long as Retry-After says', async () => {
    const { client, received } = await connect([unavailable({ 'retry-after': '1' }), accepted]);
    await client.ingest(READING);
    const [first, second] = received;
    expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(1000);
  });

  test('waits until the date that Retry-After says', async () => {
    // The header has whole seconds, so this is between 1 and 2 seconds from now.
    const until = new Date(Math.floor(Date.now() / 1000) * 1000 + 2000);
    const header = { 'retry-after': until.toUTCString() };
    const { client } = await connect([unavailable(header), accepted]);
    await client.ingest(READING);
    expect(Date.now()).toBeGreaterThanOrEqual(until.getTime());
  });

  test('gives up at once when it would have to wait too long', async () => {
    const { client, received } = await connect([unavailable({ 'retry-after': '31' }), accepted]);
    expect((await apiErrorOf(client.ingest(READING))).status).toBe(503);
    expect(received).toHaveLength(1);
  });

  test('ends with the last error answer', async () => {
    const { client, received } = await connect([hangUp, unavailable()]);
    expect((await apiErrorOf(client.ingest(READING))).status).toBe(503);
    expect(received).toHaveLength(4);
  });

  test('one attempt means no second one', async () => {
    const { client, received } = await connect([unavailable()], { retry: { attempts: 1 } });
    await apiErrorOf(client.ingest(READING));
    expect(received).toHaveLength(1);
  });

  test.each([
    ['the service cannot', unavailable()],
    ['the answer is lost', hangUp],
  ])('an erasure never, when %s', async (_, fault) => {
    const { client, received } = await connect([fault, json(200, { count: 1 })]);
    await rejectionOf(client.erase({ user_id: 'user_123' }));
    expect(received).toHaveLength(1);
  });

  test('health tells how it is now', async () => {
    const { client, received } = await connect([unavailable(), json(200, {})]);
    expect((await apiErrorOf(client.health())).status).toBe(503);
    expect(received).toHaveLength(1);
  });
});

describe('no answer', () => {
  test('says how often it asked and why it failed', async () => {
    const { client, received } = await connect([hangUp]);
    const error = await rejectionOf(client.ingest(READING));
    expect(error).toBeInstanceOf(HeartRateConnectionError);
    expect(error).toMatchObject({ message: expect.stringContaining('4 attempts') });
    expect(error).toMatchObject({ cause: expect.any(TypeError) });
    expect(received).toHaveLength(4);
  });

  test('names a port where nobody listens', async () => {
    const retry = { attempts: 1 };
    const client = createHeartRateClient({ baseUrl: 'http://127.0.0.1:1', retry });
    await expect(client.health()).rejects.toThrow(/ECONNREFUSED|bad port/);
  });

  test('each attempt has its own time', async () => {
    const steps = [neverAnswer, neverAnswer, accepted];
    const { client, received } = await connect(steps, { timeoutMs: 60 });
    await client.ingest(READING);
    expect(received).toHaveLength(3);
  });

  test('the time covers the body', async () => {
    const stall: Step = (response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).write('{');
    };
    const { client } = await connect([stall], { timeoutMs: 60, retry: { attempts: 1 } });
    const error = await rejectionOf(client.ingest(READING));
    expect(error).toBeInstanceOf(HeartRateConnectionError);
    expect(error).toMatchObject({ cause: { name: 'TimeoutError' } });
  });

  test('a mistake in the caller’s fetch is not taken for a lost connection', async () => {
    const mistake = new RangeError('a mistake');
    let calls = 0;
    const fetch = (): Promise<Response> => {
      calls++;
      return Promise.reject(mistake);
    };
    const { client } = await connect([accepted], { fetch });
    await expect(client.ingest(READING)).rejects.toBe(mistake);
    expect(calls).toBe(1);
  });
});

describe('options of a call', () => {
  test('take the place of the client’s', async () => {
    const { client, received } = await connect([unavailable()], { retry: { attempts: 3 } });
    await apiErrorOf(client.ingest(READING, { retry: { attempts: 1 } }));
    expect(received).toHaveLength(1);
    await apiErrorOf(client.ingest(READING, { retry: { baseDelayMs: 1 } }));
    expect(received).toHaveLength(4);
  });

  test('timeoutMs is for each attempt', async () => {
    const { client, received } = await connect([neverAnswer, neverAnswer, accepted]);
    await client.ingest(READING, { timeoutMs: 100 });
    expect(received).toHaveLength(3);
  });

  test('an erasure or a look at health is made once, whatever its options', async () => {
    const { client, received } = await connect([unavailable()]);
    const options: CallOptions = { retry: { attempts: 3 } };
    await apiErrorOf(client.erase({ user_id: 'u' }, options as SingleCallOptions));
    await apiErrorOf(client.health(options as SingleCallOptions));
    expect(received).toHaveLength(2);
  });

  test.each<[string, object, typeof TypeError | typeof RangeError]>([
    ['timeoutMs', { timeoutMs: 0 }, RangeError],
    ['deadlineMs', { deadlineMs: Number.NaN }, RangeError],
    ['retry', { retry: null }, TypeError],
    ['retry.attempts', { retry: { attempts: 0 } }, RangeError],
    ['header a', { headers: { a: undefined } }, TypeError],
    ['onInvalid', { onInvalid: 'Skip' }, TypeError],
    ['onInvalid', { onInvalid: 1 }, TypeError],
  ])('%s of %j is refused before any request', async (name, options, kind) => {
    const { client, received } = await connect([accepted]);
    const error = await rejectionOf(client.ingestBatch([READING], options));
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ message: expect.stringContaining(name) });
    expect(received).toEqual([]);
  });
});

describe('a deadline', () => {
  test('ends the attempt that is under way, and no other is made', async () => {
    const { client, received } = await connect([neverAnswer]);
    const startMs = performance.now();
    const error = await rejectionOf(client.ingest(READING, { deadlineMs: 100 }));
    expect(error).toBeInstanceOf(HeartRateConnectionError);
    expect(error).toMatchObject({ cause: { name: 'TimeoutError' } });
    expect(performance.now() - startMs).toBeLessThan(1_000);
    expect(received).toHaveLength(1);
  });

  test('is not waited for: a wait that would pass it is not begun', async () => {
    const steps = [unavailable({ 'retry-after': '5' })];
    const { client, received } = await connect(steps, { deadlineMs: 2_000 });
    const startMs = performance.now();
    expect((await apiErrorOf(client.ingest(READING))).retryAfterMs).toBe(5_000);
    expect(performance.now() - startMs).toBeLessThan(1_000);
    expect(received).toHaveLength(1);
  });

  test('of a call takes the place of the client’s', async () => {
    const steps = [unavailable({ 'retry-after': '1' }), accepted];
    const { client, received } = await connect(steps, { deadlineMs: 100 });
    await client.ingest(READING, { deadlineMs: 10_000 });
    expect(received).toHaveLength(2);
  });
});

describe('abort', () => {
  const reason = new Error('the user left');

  test('before the call: no request is made', async () => {
    const { client, received } = await connect([accepted]);
    const signal = AbortSignal.abort(reason);
    await expect(client.ingest(READING, { signal })).rejects.toBe(reason);
    expect(received).toEqual([]);
  });

  test('in the middle of a request: no other is made', async () => {
    const controller = new AbortController();
    const { client, received } = await connect([() => controller.abort(reason), accepted]);
    const { signal } = controller;
    await expect(client.query(QUERY, { signal })).rejects.toBe(reason);
    await sleep(30);
    expect(received).toHaveLength(1);
  });

  test('by the caller’s own deadline is not taken for a lost connection', async () => {
    const { client, received } = await connect([neverAnswer], { retry: { attempts: 1 } });
    const signal = AbortSignal.timeout(1_000);
    const error = await rejectionOf(client.ingest(READING, { signal }));
    expect(error).toBe(signal.reason);
    expect(received).toHaveLength(1);
  });

  test('in the wait between two attempts', async () => {
    const controller = new AbortController();
    const { client, received } = await connect([unavailable({ 'retry-after': '20' }), accepted]);
    const call = rejectionOf(client.ingest(READING, controller));
    await expect.poll(() => received.length).toBe(1);
    await sleep(50); // the answer is there by now, and the wait has begun
    const startMs = performance.now();
    controller.abort(reason);
    expect(await call).toBe(reason);
    expect(performance.now() - startMs).toBeLessThan(1000);
    expect(received).toHaveLength(1);
  });
});

describe('errors', () => {
  test('carry the problem', async () => {
    const problem = {
      type: 'about:blank',
      title: 'Bad Request',
      status: 400,
      detail: 'The request is not valid.',
      errors: [
        { pointer: '/heart_rate', detail: 'must be at most 220' },
        { pointer: '/timestamp', detail: 'is no date' },
      ],
    };
    const { client } = await connect([json(400, problem, { 'x-request-id': 'r-1' })]);
    const error = await apiErrorOf(client.ingest(READING));
    expect(error).toMatchObject({ status: 400, problem, requestId: 'r-1' });
    expect(error.message).toBe(
      '400 Bad Request: The request is not valid. (/heart_rate: must be at most 220) and 1 more',
    );
  });

  test('are made of what a proxy says', async () => {
    const html = `<html><title>Bad gateway</title>${'x'.repeat(1000)}</html>`;
    const proxy: Step = (response) => {
      response.writeHead(502, { 'content-type': 'text/html' }).end(html);
    };
    const { client } = await connect([proxy]);
    const error = await apiErrorOf(client.ingest(READING));
    const { problem } = error;
    expect(problem).toMatchObject({ type: 'about:blank', title: 'Bad Gateway', status: 502 });
    expect(problem.detail).toBe(html.slice(0, 200));
    expect(error.requestId).toBeUndefined();
  });

  test('are made of the status when nothing is said', async () => {
    // As over HTTP/2, which has no status text.
    const fetch = async (): Promise<Response> => new Response(null, { status: 500 });
    const { client } = await connect([accepted], { fetch });
    const { problem, message } = await apiErrorOf(client.ingest(READING));
    expect(problem).toEqual({ type: 'about:blank', title: 'HTTP 500', status: 500 });
    expect(message).toBe('500 HTTP 500');
  });

  test('an empty range is null', async () => {
    const { client } = await connect([json(404, NO_READINGS)]);
    expect(await client.query(QUERY)).toBeNull();
  });

  test('an erasure that finds nothing is 0', async () => {
    const { client } = await connect([json(404, NO_READINGS)]);
    expect(await client.erase({ user_id: 'nobody' })).toBe(0);
  });

  test.each([
    ['a wrong base path', { ...NO_READINGS, type: 'urn:problem:heart-rate:no-such-path' }],
    ['a gateway', { type: 'about:blank', title: 'Not Found', status: 404 }],
    ['a gateway that names no type', { title: 'No readings', status: 404 }],
    ['another service', { ...NO_READINGS, type: 'https://example.org/no-readings' }],
    ['a page', 'no such page'],
    ['nothing', null],
  ])('a 404 of %s is an error', async (_, body) => {
    const { client } = await connect([json(404, body)]);
    expect((await apiErrorOf(client.query(QUERY))).status).toBe(404);
    expect((await apiErrorOf(client.erase({ user_id: 'user_123' }))).status).toBe(404);
  });

  test('a problem that names no type is about:blank', async () => {
    const { client } = await connect([json(404, { title: 'Not Found', status: 404 })]);
    const { problem } = await apiErrorOf(client.query(QUERY));
    expect(problem).toEqual({ type: 'about:blank', title: 'Not Found', status: 404 });
  });

  test('no readings, with another status, is an error', async () => {
    const { client } = await connect([json(410, NO_READINGS)]);
    expect((await apiErrorOf(client.erase({ user_id: 'user_123' }))).status).toBe(410);
  });
});

describe('a 200 of something else does not pass for an answer', () => {
  const refusalOf = async (step: Step, call: (client: HeartRateClient) => Promise<unknown>) => {
    const { client, received } = await connect([step]);
    const error = await rejectionOf(call(client));
    expect(error).toBeInstanceOf(HeartRateConnectionError);
    expect(received).toHaveLength(1);
    return error as HeartRateConnectionError;
  };
  const CALLS: readonly [string, (client: HeartRateClient) => Promise<unknown>][] = [
    ['ingest', (client) => client.ingest(READING)],
    ['ingestBatch', (client) => client.ingestBatch([READING])],
    ['skip', (client) => client.ingestBatch([READING, READING], { onInvalid: 'skip' })],
    ['query', (client) => client.query(QUERY)],
    ['latest', (client) => client.latest({ user_id: 'user_123' })],
    ['userDevices', (client) => client.userDevices(QUERY)],
    ['erase', (client) => client.erase({ user_id: 'user_123' })],
    ['devices', (client) => client.devices()],
    ['devicePriorities', (client) => client.devicePriorities()],
    ['health', (client) => client.health()],
  ];

  describe.each(CALLS)('%s', (_, call) => {
    test.each([
      ['a page', '<html>Please sign in</html>', 'not JSON'],
      ['nothing', '', 'no body'],
      ['{}', '{}', 'not of the heart-rate service'],
      ['null', 'null', 'not of the heart-rate service'],
      ['a list', '[]', 'not of the heart-rate service'],
      ['another status', '{"status":"maybe","count":1}', 'not of the heart-rate service'],
    ])('%s', async (_, body, message) => {
      const error = await refusalOf((response) => response.end(body), call);
      expect(error.message).toContain(message);
    });
  });

  const series = { user_id: 'user_123', data: [BUCKET], count: 1 };
  const error = { pointer: '/readings/0', detail: 'is not JSON' };
  const skipped = (fields: object) => ({ status: 'accepted', rejected: 0, errors: [], ...fields });
  test.each([
    ['no data', 'query', { ...series, data: undefined }],
    ['data that is no list', 'query', { ...series, data: {} }],
    [
      'a row without a value',
      'query',
      { ...series, data: [BUCKET, { ...BUCKET, heart_rate: null }], count: 2 },
    ],
    ['fewer readings than were sent', 'ingestBatch', { status: 'accepted', count: 0 }],
    ['more readings than were sent', 'ingestBatch', { status: 'accepted', count: 2 }],
    ['nothing about rejected ones', 'skip', { status: 'accepted', count: 2 }],
    ['a reading too few', 'skip', skipped({ count: 1, rejected: 0 })],
    ['a reading too many', 'skip', skipped({ count: 2, rejected: 1, errors: [error] })],
    ['none stored', 'skip', skipped({ count: 0, rejected: 2, errors: [error] })],
    ['a negative number', 'skip', skipped({ count: 3, rejected: -1 })],
    ['halves', 'skip', skipped({ count: 1.5, rejected: 0.5, errors: [error] })],
    ['a rejected one without a reason', 'skip', skipped({ count: 1, rejected: 1 })],
    ['a reason without a rejected one', 'skip', skipped({ count: 2, errors: [error] })],
    ['a reason of another form', 'skip', skipped({ count: 1, rejected: 1, errors: ['x'] })],
    ['accepted for erased', 'erase', { status: 'accepted', count: 1 }],
    ['no count', 'erase', { status: 'erased' }],
    ['nothing erased', 'erase', { status: 'erased', count: 0 }],
    ['less than nothing erased', 'erase', { status: 'erased', count: -1 }],
    ['half a reading erased', 'erase', { status: 'erased', count: 0.5 }],
    ['the series of another', 'query', { ...series, user_id: 'user_124' }],
    ['a series of no buckets', 'query', { ...series, data: [], count: 0 }],
    ['another number of buckets', 'query', { ...series, count: 2 }],
    ['a device without priority', 'devices', { devices: [{ device_id: 'device_a' }] }],
    ['no prefixes', 'devicePriorities', { devices: [] }],
    ['no storage', 'health', { status: 'ok', reasons: [], version: '1', uptime_seconds: 1 }],
  ])('%s, for %s', async (_, name, body) => {
    const call = CALLS.find(([known]) => known === name)?.[1];
    if (call === undefined) return expect.fail(name);
    await refusalOf(json(200, body), call);
  });
});

test('no success but 200 counts', async () => {
  const { client } = await connect([json(201, { status: 'accepted' })]);
  await expect(client.ingest(READING)).rejects.toThrow(HeartRateConnectionError);
});

describe('options are refused when the client is made', () => {
  const BASE = { baseUrl: 'http://127.0.0.1:8000' };

  test.each([
    ['localhost:8000', 'must begin with http:// or https://, not be "localhost:8000"'],
    ['127.0.0.1:8000', 'must begin with http:// or https://'],
    ['/api', 'must begin with http:// or https://'],
    ['', 'must begin with http:// or https://'],
    ['ftp://127.0.0.1', 'must begin with http:// or https://'],
    ['http://', 'must begin with http:// or https://'],
    ['http://127.0.0.1/?tenant=1', 'must end with its path'],
    ['http://127.0.0.1/#top', 'must end with its path'],
    ['http://127.0.0.1?', 'must end with its path'],
    ['http://127.0.0.1/#', 'must end with its path'],
    ['http://user:secret@127.0.0.1', 'must have no user and password'],
  ])('baseUrl %j', (baseUrl, message) => {
    expect(() => createHeartRateClient({ baseUrl })).toThrow(TypeError);
    expect(() => createHeartRateClient({ baseUrl })).toThrow(message);
  });

  test.each<[string, object]>([
    ['fetch must be a function, not 5', { fetch: 5 }],
    ['retry must be an object, not null', { retry: null }],
    ['retry must be an object, not 3', { retry: 3 }],
    ['The header a must be a text, not undefined', { headers: { a: undefined } }],
    ['headers must be an object, not x', { headers: 'x' }],
    ['headers must be an object, not null', { headers: null }],
  ])('%s', (message, options) => {
    const make = () => createHeartRateClient({ ...BASE, ...options });
    expect(make).toThrow(TypeError);
    expect(make).toThrow(message);
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '3', null])(
    'attempts %j',
    (attempts) => {
      const retry = { attempts } as { attempts: number };
      const make = () => createHeartRateClient({ ...BASE, retry });
      if (attempts === null) return expect(make).not.toThrow(); // as if it were left out
      expect(make).toThrow(/retry.attempts must be a whole number/);
    },
  );

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, '3'])(
    'timeoutMs %j',
    (value) => {
      const timeoutMs = value as number;
      expect(() => createHeartRateClient({ ...BASE, timeoutMs })).toThrow(/timeoutMs must be a/);
    },
  );

  test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('waits of %j', (value) => {
    for (const name of ['baseDelayMs', 'maxDelayMs']) {
      const retry = { [name]: value };
      expect(() => createHeartRateClient({ ...BASE, retry })).toThrow(`retry.${name} must be a`);
    }
  });

  test('what is undefined is as if it were left out', async () => {
    const retry = { attempts: undefined, baseDelayMs: 1 } as { baseDelayMs: number };
    const { client, received } = await connect([hangUp], { retry, timeoutMs: undefined } as object);
    await rejectionOf(client.ingest(READING));
    expect(received).toHaveLength(5);
  });
});

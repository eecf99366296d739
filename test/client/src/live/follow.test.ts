import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  createHeartRateClient,
  type FollowOptions,
  HeartRateApiError,
  type HeartRateClientOptions,
  HeartRateConnectionError,
  type LiveEvent,
} from '../../../../client/src/index.ts';
import { LiveReadings } from '../../../../src/query/live/live-readings.ts';
import { startCuttingProxy } from '../../../support/cutting-proxy.ts';
import {
  hangUp,
  json,
  neverAnswer,
  type Step,
  startScriptedServer,
  unavailable,
} from '../../../support/scripted-server.ts';
import { openTestServer, type TestServer } from '../../../support/test-server.ts';

const READING = {
  user_id: 'user_123',
  device_id: 'device_a',
  timestamp: '2024-01-15T10:00:00Z',
  heart_rate: 75,
};

const readingEvent = (id: string, heartRate: number): string =>
  `event: reading\nid: ${id}\ndata: ${JSON.stringify({ ...READING, heart_rate: heartRate })}\n\n`;

const begin = (response: ServerResponse): ServerResponse =>
  response.writeHead(200, { 'content-type': 'text/event-stream' });

/** Says this, and goes on without a word. */
const events =
  (text: string): Step =>
  (response) => {
    begin(response).write(text);
  };
/** Says this, and ends the stream. */
const endedEvents =
  (text: string): Step =>
  (response) => {
    begin(response).end(text);
  };

/** The same told by its rates and types. */
const told = (event: LiveEvent): string | number =>
  event.type === 'reading' ? event.reading.heart_rate : event.type;

type Options = Partial<HeartRateClientOptions> & FollowOptions;

/** What somebody is told who follows these steps, up to some number of events. */
const follow = async (steps: readonly Step[], count: number, options: Options = {}) => {
  const { signal, idleTimeoutMs, ...clientOptions } = options;
  const server = await startScriptedServer(...steps);
  const retry = { baseDelayMs: 2 };
  const client = createHeartRateClient({ baseUrl: server.baseUrl, retry, ...clientOptions });
  const list: LiveEvent[] = [];
  const followOptions = {
    ...(signal === undefined ? {} : { signal }),
    ...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
  };
  for await (const event of client.follow({ user_id: 'user_123' }, followOptions)) {
    if (list.push(event) === count) break;
  }
  return { list, told: list.map(told), received: server.received };
};

const failureOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

describe('a connection that is lost', () => {
  test('is made again after the last event', async () => {
    const first = endedEvents(readingEvent('s-1', 70) + readingEvent('s-2', 71));
    const { list, told, received } = await follow([first, events(readingEvent('s-3', 72))], 6);
    expect(told).toEqual(['open', 70, 71, 'lost', 'open', 72]);
    expect(list[1]).toEqual({ type: 'reading', reading: { ...READING, heart_rate: 70 } });
    expect(list[3]).toMatchObject({ error: { message: 'The service ended the stream' } });
    expect(received.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 's-2']);
    expect(received[0]).toMatchObject({ url: '/metrics/heart-rate/stream?user_id=user_123' });
  });

  test('goes on after an id that came without an event', async () => {
    const steps = [endedEvents('id: s-7\n\n: keep-alive\nid: s-9\n\n'), events('id: s-9\n\n')];
    const { received, told } = await follow(steps, 3);
    expect(told).toEqual(['open', 'lost', 'open']);
    expect(received.map(({ headers }) => headers['last-event-id'])).toEqual([undefined, 's-9']);
  });

  test('goes on after the last whole event when one is cut off', async () => {
    const half = readingEvent('s-2', 71).slice(0, -1);
    const steps = [endedEvents(readingEvent('s-1', 70) + half), events(readingEvent('s-2', 71))];
    const { told, received } = await follow(steps, 5);
    expect(told).toEqual(['open', 70, 'lost', 'open', 71]);
    expect(received[1]?.headers['last-event-id']).toBe('s-1');
  });

  test('is a reset when there was no id to go on from, but not when none was ever open', async () => {
    const steps = [hangUp, endedEvents(': hello\n\n'), events(readingEvent('s-1', 70))];
    const { told } = await follow(steps, 6);
    expect(told).toEqual(['lost', 'open', 'lost', 'open', 'reset', 70]);
  });

  test('is noticed when nothing comes for too long, not when keep-alives come', async () => {
    const alive: Step = (response) => {
      begin(response).write('id: s-1\n\n');
      const timer = setInterval(() => response.write(': keep-alive\n\n'), 20);
      setTimeout(() => response.write(readingEvent('s-2', 70)), 300);
      setTimeout(() => clearInterval(timer), 320);
      response.on('close', () => clearInterval(timer));
    };
    const { told, list } = await follow([alive, events('id: s-2\n\n')], 4, { idleTimeoutMs: 150 });
    expect(told).toEqual(['open', 70, 'lost', 'open']);
    expect(list[2]).toMatchObject({ error: { cause: { name: 'TimeoutError' } } });
  });

  test('is made again when no response comes in time', async () => {
    const { told } = await follow([neverAnswer, events('id: s-1\n\n')], 2, { timeoutMs: 60 });
    expect(told).toEqual(['lost', 'open']);
  });

  test('is made again as long as it takes, with longer waits', async () => {
    const retry = { baseDelayMs: 20, attempts: 1 };
    const steps = [hangUp, hangUp, hangUp, hangUp, events('id: s-1\n\n')];
    const { told, received } = await follow(steps, 5, { retry });
    expect(told).toEqual(['lost', 'lost', 'lost', 'lost', 'open']);
    // At least half of 20, 40, 80 and 160 ms.
    expect((received[4]?.atMs ?? 0) - (received[0]?.atMs ?? 0)).toBeGreaterThan(149);
  });

  test('after a reading the waits begin anew', async () => {
    const one = endedEvents(readingEvent('s-1', 70));
    const retry = { baseDelayMs: 20, maxDelayMs: 60_000 };
    // Doubled each time, the last would be 10 s and more.
    const { received } = await follow([...Array(10).fill(one), events('')], 31, { retry });
    expect(received).toHaveLength(11);
    expect((received[10]?.atMs ?? 0) - (received[0]?.atMs ?? 0)).toBeLessThan(2_000);
  });

  test.each([408, 429, 502, 503, 504])('is made again after %i', async (status) => {
    const { told, list } = await follow([json(status, {}), events('id: s-1\n\n')], 2);
    expect(told).toEqual(['lost', 'open']);
    expect(list[0]).toMatchObject({ error: { status } });
  });

  test('is made again when Retry-After says', async () => {
    const steps = [unavailable({ 'retry-after': '1' }), events('id: s-1\n\n')];
    const { received } = await follow(steps, 2, { retry: { maxDelayMs: 5 } });
    expect((received[1]?.atMs ?? 0) - (received[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(1_000);
  });
});

describe('what is not mended by asking again is thrown', () => {
  test.each([400, 401, 404, 421, 500])('%i', async (status) => {
    const error = await failureOf(follow([json(status, { title: 'No', status })], 9));
    expect(error).toBeInstanceOf(HeartRateApiError);
    expect(error).toMatchObject({ status, problem: { title: 'No' } });
  });

  test.each<[string, Step]>([
    ['another media type', json(200, { status: 'accepted' })],
    [
      'no body',
      (response) =>
        response.writeHead(200, { 'content-type': 'text/event-stream', 'content-length': 0 }).end(),
    ],
    ['an event that is not JSON', events('event: reading\ndata: {\n\n')],
    ['an event that is no reading', events('event: reading\ndata: {}\n\n')],
    ['a reading of another', events(readingEvent('s', 70).replace('user_123', 'user_124'))],
    ['an event without end', events(`data: ${'x'.repeat(70_000)}`)],
  ])('%s', async (_, step) => {
    expect(await failureOf(follow([step], 9))).toBeInstanceOf(HeartRateConnectionError);
  });
});

test('events of other names are passed over', async () => {
  const text = `event: later\ndata: {}\n\ndata: x\n\nevent: reading\n\n${readingEvent('s', 70)}`;
  expect((await follow([events(text)], 2)).told).toEqual(['open', 70]);
});

describe('an end', () => {
  /** Tells when the connection is closed by the client. */
  const watched = (text: string) => {
    const state = { isClosed: false };
    const step: Step = (response) => {
      begin(response).write(text);
      response.on('close', () => {
        state.isClosed = true;
      });
    };
    return { state, step };
  };

  test('by leaving the loop closes the connection', async () => {
    const { state, step } = watched(readingEvent('s-1', 70));
    await follow([step], 2);
    await expect.poll(() => state.isClosed).toBe(true);
  });

  test('by leaving the loop closes it also where `fetch` knows nothing of signals', async () => {
    const { state, step } = watched(readingEvent('s-1', 70));
    const fetchUrl = ({ url }: Request) => fetch(url);
    await follow([step], 2, { fetch: fetchUrl });
    await expect.poll(() => state.isClosed).toBe(true);
  });

  test('by the signal throws its reason and closes the connection', async () => {
    const { state, step } = watched('id: s-1\n\n');
    const controller = new AbortController();
    const reason = new Error('the user left');
    setTimeout(() => controller.abort(reason), 100);
    expect(await failureOf(follow([step], 9, controller))).toBe(reason);
    await expect.poll(() => state.isClosed).toBe(true);
  });

  test('by the signal in the wait for the next connection is at once', async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort('left'), 100);
    const retry = { baseDelayMs: 30_000 };
    const { signal } = controller;
    expect(await failureOf(follow([hangUp], 9, { retry, signal }))).toBe('left');
  });

  test('by a signal before it begins makes no request', async () => {
    const server = await startScriptedServer(events(''));
    const client = createHeartRateClient({ baseUrl: server.baseUrl });
    const signal = AbortSignal.abort('left');
    const next = client.follow({ user_id: 'u' }, { signal }).next();
    expect(await failureOf(next)).toBe('left');
    expect(server.received).toEqual([]);
  });

  test('by the signal also ends what has come and was not taken yet', async () => {
    const text = readingEvent('s-1', 70) + readingEvent('s-2', 71);
    const server = await startScriptedServer(events(text));
    const client = createHeartRateClient({ baseUrl: server.baseUrl });
    const controller = new AbortController();
    const list = client.follow({ user_id: 'user_123' }, controller);
    await list.next();
    expect((await list.next()).value).toMatchObject({ reading: { heart_rate: 70 } });
    controller.abort('left');
    expect(await failureOf(list.next())).toBe('left');
  });
});

test.each([0, -1, Number.NaN, 2 ** 31, '3'])('idleTimeoutMs %j is refused', async (value) => {
  const client = createHeartRateClient({ baseUrl: 'http://127.0.0.1:8000' });
  const idleTimeoutMs = value as number;
  const next = client.follow({ user_id: 'u' }, { idleTimeoutMs }).next();
  await expect(next).rejects.toThrow(/idleTimeoutMs must be a number from 1/);
});

test('headers of a function are asked for before each connection', async () => {
  let token = 0;
  const headers = () => ({ authorization: `Bearer ${++token}` });
  const { received } = await follow([hangUp, events('id: s-1\n\n')], 2, { headers });
  const sent = received.map((request) => request.headers.authorization);
  expect(sent).toEqual(['Bearer 1', 'Bearer 2']);
});

describe('of a service', () => {
  const open = async (live = new LiveReadings({ maxStreams: 10 })): Promise<TestServer> => {
    const server = await openTestServer({ live });
    onTestFinished(() => server.close());
    return server;
  };
  const clientOf = ({ url }: { readonly url: string }) =>
    createHeartRateClient({ baseUrl: url, retry: { baseDelayMs: 5 } });

  test('each accepted reading is told as it was stored, of one device if asked so', async () => {
    const server = await open();
    const client = clientOf(server);
    const all = client.follow({ user_id: 'user_123' });
    const ofDevice = client.follow({ user_id: 'user_123', device_id: 'device_b' });
    expect((await all.next()).value).toEqual({ type: 'open' });
    expect((await ofDevice.next()).value).toEqual({ type: 'open' });
    await client.ingest({ ...READING, timestamp: '2024-01-15T12:00:00+02:00' });
    await client.ingest({ ...READING, user_id: 'other' });
    await client.ingest({ ...READING, device_id: 'device_b' });
    expect((await all.next()).value).toEqual({ type: 'reading', reading: READING });
    const ofB = { type: 'reading', reading: { ...READING, device_id: 'device_b' } };
    expect((await all.next()).value).toEqual(ofB);
    expect((await ofDevice.next()).value).toEqual(ofB);
    await all.return();
    await ofDevice.return();
  });

  test('leaving the loop frees the place among its streams', async () => {
    const server = await open(new LiveReadings({ maxStreams: 1 }));
    const client = clientOf(server);
    for (let turn = 0; turn < 3; turn++) {
      for await (const event of client.follow({ user_id: 'user_123' })) {
        if (event.type === 'open') break;
      }
    }
    const first = client.follow({ user_id: 'user_123' });
    const second = client.follow({ user_id: 'user_123' });
    await expect.poll(async () => (await first.next()).value?.type).toBe('open');
    expect((await second.next()).value).toMatchObject({ type: 'lost', error: { status: 503 } });
    await first.return();
    await second.return();
  });

  test('no reading is lost or told twice where the connection is cut off', async () => {
    const server = await open();
    const proxy = await startCuttingProxy(server.url);
    const follower = clientOf(proxy);
    const writer = clientOf(server);
    const rates: number[] = [];
    const list = follower.follow({ user_id: 'user_123' });
    await list.next();
    const expected = Array.from({ length: 60 }, (_, index) => 60 + index);
    const write = async (): Promise<void> => {
      for (const heart_rate of expected) {
        await writer.ingest({ ...READING, heart_rate });
        if (heart_rate % 7 !== 0) continue;
        proxy.cut();
        await sleep(5);
      }
    };
    const written = write();
    while (rates.length < expected.length) {
      const { value } = await list.next();
      expect(value?.type).not.toBe('reset');
      if (value?.type === 'reading') rates.push(value.reading.heart_rate);
    }
    await written;
    await list.return();
    expect(rates).toEqual(expected);
  });

  test('a service that began anew says reset', async () => {
    const live = new LiveReadings({ maxStreams: 10 });
    const server = await open(live);
    const next = await open();
    let address = server.url;
    const client = createHeartRateClient({
      baseUrl: server.url,
      retry: { baseDelayMs: 5 },
      fetch: (request) => fetch(new Request(request.url.replace(server.url, address), request)),
    });
    const told: string[] = [];
    for await (const event of client.follow({ user_id: 'user_123' })) {
      if (told.push(event.type) === 1) await client.ingest(READING);
      if (event.type === 'reset') break;
      if (event.type !== 'reading') continue;
      address = next.url;
      live.close();
    }
    expect(told).toEqual(['open', 'reading', 'lost', 'open', 'reset']);
  });

  test('a user that cannot be is refused', async () => {
    const next = clientOf(await open())
      .follow({ user_id: '' })
      .next();
    await expect(next).rejects.toMatchObject({ status: 400, name: 'HeartRateApiError' });
  });
});

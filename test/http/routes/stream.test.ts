import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { LiveReadings, type LiveReadingsOptions } from '../../../src/query/live/live-readings.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { READING } from '../../support/test-service.ts';
import { openSocket } from '../../support/wire.ts';

const SINGLE = '/metrics/heart-rate';
const STREAM = `${SINGLE}/stream?user_id=user_123`;

const openServer = async (options: Partial<LiveReadingsOptions> = {}): Promise<TestServer> => {
  const server = await openTestServer({ live: new LiveReadings({ maxStreams: 10, ...options }) });
  onTestFinished(() => server.close());
  return server;
};

interface Event {
  readonly event?: string;
  readonly id?: string;
  readonly data?: string;
}

/** A client of a stream: its events, as they come. */
class Follower {
  readonly #blocks: AsyncGenerator<string>;
  readonly #left = new AbortController();
  readonly #response: Promise<Response>;

  constructor(server: TestServer, path = STREAM, lastEventId?: string) {
    const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
    this.#response = fetch(server.url + path, { headers, signal: this.#left.signal });
    this.#blocks = this.#read();
    onTestFinished(() => this.leave());
  }

  async *#read(): AsyncGenerator<string> {
    const decoder = new TextDecoder();
    let text = '';
    const { body } = await this.#response;
    for await (const bytes of body as AsyncIterable<Uint8Array>) {
      text += decoder.decode(bytes, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      yield* blocks;
    }
  }

  /** The next block, comments without their text. */
  async next(): Promise<Event | undefined> {
    const { done, value } = await this.#blocks.next();
    if (done) return undefined;
    const fields = value.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2));
    return Object.fromEntries(fields.filter(([name]) => name !== ''));
  }

  async rates(count: number): Promise<unknown[]> {
    const rates: unknown[] = [];
    while (rates.length < count) {
      const { event, data = '' } = (await this.next()) ?? {};
      if (event === 'reading') rates.push(JSON.parse(data).heart_rate);
    }
    return rates;
  }

  leave(): void {
    this.#left.abort();
  }
}

const post = async (server: TestServer, rate: number, changes = {}): Promise<void> => {
  const answer = await server.postJson(SINGLE, { ...READING, heart_rate: rate, ...changes });
  expect(answer.status).toBe(200);
};

test('each accepted reading of the user is one event, also one that is sent again', async () => {
  const server = await openServer();
  const follower = new Follower(server);
  expect(await follower.next()).toEqual({ id: expect.any(String) });
  await post(server, 70);
  await post(server, 99, { user_id: 'other' });
  await post(server, 70);
  const readings = [71, 72].map((heart_rate) => ({ ...READING, heart_rate }));
  await server.postJson(`${SINGLE}/batch`, { readings });
  const first = await follower.next();
  expect({ ...first, data: JSON.parse(first?.data ?? '') }).toEqual({
    event: 'reading',
    id: expect.any(String),
    data: { ...READING, heart_rate: 70 },
  });
  expect(await follower.rates(3)).toEqual([70, 71, 72]);
});

test('with a device only its readings are told', async () => {
  const server = await openServer();
  const follower = new Follower(server, `${STREAM}&device_id=device_b`);
  await follower.next();
  await post(server, 70);
  await post(server, 80, { device_id: 'device_b' });
  expect(await follower.rates(1)).toEqual([80]);
});

test('who was cut off goes on without a gap or a repeat, also in the middle of a batch', async () => {
  const server = await openServer();
  const follower = new Follower(server);
  await follower.next();
  const readings = [70, 71, 72].map((heart_rate) => ({ ...READING, heart_rate }));
  await server.postJson(`${SINGLE}/batch`, { readings });
  const first = await follower.next();
  follower.leave();
  await post(server, 73);
  const again = new Follower(server, STREAM, first?.id);
  expect(await again.rates(3)).toEqual([71, 72, 73]);
});

test('who has only had a keep-alive goes on from there', async () => {
  const server = await openServer({ keepAliveMs: 30 });
  const follower = new Follower(server);
  await follower.next();
  await post(server, 99, { user_id: 'other' });
  await sleep(60);
  const { id, event } = (await follower.next()) ?? {};
  expect(event).toBeUndefined();
  follower.leave();
  await post(server, 70);
  expect(await new Follower(server, STREAM, id).rates(1)).toEqual([70]);
});

test.each([
  ['of another run of the service', '0123456789ab-0'],
  ['that is none', 'x'],
])('an id %s is answered with a reset, and then what comes', async (_, id) => {
  const server = await openServer();
  const follower = new Follower(server, STREAM, id);
  expect(await follower.next()).toMatchObject({ event: 'reset', id: expect.any(String) });
  await post(server, 70);
  expect(await follower.rates(1)).toEqual([70]);
});

test('an id after which not all is remembered is answered with a reset', async () => {
  const server = await openServer({ historyBytes: 1_000 });
  const first = new Follower(server);
  const { id } = (await first.next()) ?? {};
  for (let rate = 70; rate < 75; rate++) await post(server, rate);
  expect(await new Follower(server, STREAM, id).next()).toMatchObject({ event: 'reset' });
});

test('erased readings are not told to who goes on', async () => {
  const server = await openServer();
  const follower = new Follower(server);
  const { id } = (await follower.next()) ?? {};
  await post(server, 70);
  await post(server, 80, { device_id: 'device_b' });
  await server.ask('DELETE', `${SINGLE}?user_id=user_123&device_id=device_a`);
  await post(server, 90);
  expect(await new Follower(server, STREAM, id).rates(2)).toEqual([80, 90]);
});

test('who does not read is cut off, and readings go on being taken', async () => {
  const server = await openServer({ maxPendingBytes: 10_000 });
  const socket = await openSocket(server.url);
  const closed = new Promise((resolve) => socket.once('end', resolve).once('error', resolve));
  onTestFinished(() => void socket.destroy());
  socket.write(`GET ${STREAM} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  socket.pause();
  const { live } = server.service;
  const readings = Array.from({ length: 5_000 }, () => READING);
  for (let sent = 0; live.dropped === 0 && sent < 60; sent++) {
    await server.postJson(`${SINGLE}/batch`, { readings });
  }
  expect([live.dropped, live.streams]).toEqual([1, 0]);
  socket.resume();
  await closed;
  const metrics = await (await server.get('/metrics')).text();
  expect(metrics).toContain('heart_rate_streams_dropped_total 1');
});

test('more streams than may be are refused, until one has left', async () => {
  const server = await openServer({ maxStreams: 1 });
  const first = new Follower(server);
  await first.next();
  const refused = await server.get(STREAM);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect((await server.ask('HEAD', STREAM)).status).toBe(200);
  first.leave();
  while (server.service.live.streams > 0) await sleep(5);
  await new Follower(server).next();
});

test('streams end when the service stops, and do not hold it up', async () => {
  const server = await openServer();
  const follower = new Follower(server);
  await follower.next();
  const startedMs = performance.now();
  server.service.live.close();
  expect(await follower.next()).toBeUndefined();
  expect((await server.get(STREAM)).status).toBe(503);
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});

import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { test as baseTest, expect } from 'vitest';
import type { HttpServices } from '../../src/http/http-app.ts';
import { CONNECTION_LIMITS, type ConnectionLimits, listen } from '../../src/http/server.ts';
import { until } from '../support/store.ts';
import { openTestService, READING } from '../support/test-service.ts';
import { parseResponse } from '../support/wire.ts';

type Open = (
  limits: Partial<ConnectionLimits>,
  overrides?: Partial<HttpServices>,
) => Promise<{ url: string; dropped(): number; stored(): number }>;

// Each of the tests mostly waits.
const test = baseTest.extend<{ open: Open }>({
  open: async ({ onTestFinished }, use) => use((...given) => openFor(onTestFinished, ...given)),
}).concurrent;

const openFor = async (
  onTestFinished: (close: () => Promise<void>) => void,
  limits: Partial<ConnectionLimits>,
  overrides: Partial<HttpServices> = {},
) => {
  const service = await openTestService(overrides);
  const address = { host: '127.0.0.1', port: 0 };
  const server = await listen(service.app, address, {
    ...CONNECTION_LIMITS,
    drainTimeoutMs: 100,
    ...limits,
  });
  onTestFinished(async () => {
    service.live.close();
    await server.close();
    await service.close();
  });
  return { url: server.url, dropped: server.dropped, stored: service.stored };
};

/** Its side ends with the service's. */
const openSocket = async (url: string): Promise<Socket> => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1'); // It may be closed while more is sent.
  await once(socket, 'connect');
  return socket;
};

/** All that comes until the connection is closed. */
const received = async (socket: Socket): Promise<string> => {
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
  });
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
  return text;
};

const postHead = (bytes: number) =>
  'POST /metrics/heart-rate HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n' +
  `Content-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`;
const READING_BYTES = 6_000;
const BODY = JSON.stringify(READING).padEnd(READING_BYTES, ' ');

const SLOW_BODIES = { bodyGraceMs: 500, minBodyBytesPerSecond: 1_000, requestTimeoutMs: 60_000 };

test('a body that trickles in is not waited for', async ({ open }) => {
  const { url, stored } = await open(SLOW_BODIES);
  const socket = await openSocket(url);
  const startMs = performance.now();
  const answer = received(socket);
  socket.write(postHead(READING_BYTES));
  for (let sent = 0; !socket.destroyed && performance.now() - startMs < 8_000; sent++) {
    socket.write(BODY[sent] ?? ' ');
    await sleep(20);
  }
  expect(socket.destroyed).toBe(true);
  expect(parseResponse(await answer).status).toBe(408);
  expect(performance.now() - startMs).toBeGreaterThan(SLOW_BODIES.bodyGraceMs);
  expect(stored()).toBe(0);
});

test('a body that is slow but comes is taken', async ({ open }) => {
  const { url, stored } = await open(SLOW_BODIES);
  const socket = await openSocket(url);
  const answer = received(socket);
  socket.write(postHead(READING_BYTES));
  for (let at = 0; at < READING_BYTES; at += 300) {
    socket.write(BODY.slice(at, at + 300));
    await sleep(150);
  }
  expect(parseResponse(await answer).status).toBe(200);
  expect(stored()).toBe(1);
});

test.for([100, 60_000])(
  'who takes nothing of a response for two seconds, of %d ms allowed',
  async (readTimeoutMs, { open }) => {
    const { url } = await open({ readTimeoutMs });
    const socket = await openSocket(url);
    const head = 'GET /docs/scalar.js HTTP/1.1\r\nHost: localhost\r\n';
    const lastHead = `${head}Connection: close\r\n\r\n`;
    // More than the system keeps for a connection.
    const requests = 10;
    socket.pause();
    socket.write(`${head}\r\n`.repeat(requests - 1) + lastHead);
    await sleep(2_000);
    const heads = (await received(socket)).split('HTTP/1.1 200').length - 1;
    if (readTimeoutMs === 100) expect(heads).toBeLessThan(requests);
    else expect(heads).toBe(requests);
  },
);

test('who waits for the service is not cut off', async ({ open }) => {
  const overrides = {
    userReadings: { latest: () => sleep(1_000, undefined), devices: async () => [] },
  };
  const { url } = await open({ readTimeoutMs: 100 }, overrides);
  const answer = await fetch(`${url}/metrics/heart-rate/latest?user_id=ann`);
  expect(answer.status).toBe(404);
});

test('nor is who follows readings and hears nothing', async ({ open }) => {
  const { url } = await open({ readTimeoutMs: 100 });
  const socket = await openSocket(url);
  socket.write('GET /metrics/heart-rate/stream?user_id=ann HTTP/1.1\r\nHost: localhost\r\n\r\n');
  let isClosed = false;
  socket.resume().on('close', () => {
    isClosed = true;
  });
  await sleep(1_000);
  expect(isClosed).toBe(false);
  socket.destroy();
});

test('an idle connection is still closed', async ({ open }) => {
  const { url } = await open({ keepAliveTimeoutMs: 50 });
  const socket = await openSocket(url);
  socket.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const startMs = performance.now();
  expect(parseResponse(await received(socket)).status).toBe(200);
  // Node adds up to a second.
  expect(performance.now() - startMs).toBeLessThan(4_000);
});

test('so many connections are open at once, and one more is closed', async ({ open }) => {
  const { url, dropped } = await open({ maxConnections: 2 });
  const [first, second] = [await openSocket(url), await openSocket(url)];
  const third = await openSocket(url);
  third.write('GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect([await received(third), dropped()]).toEqual(['', 1]);
  first.destroy();
  second.write('GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  expect(parseResponse(await received(second)).status).toBe(200);
  await until('there is room again', async () => {
    const next = await openSocket(url);
    next.write('GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    return (await received(next)).includes(' 200 ');
  });
});

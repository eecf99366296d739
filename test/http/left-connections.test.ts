import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { CONNECTION_LIMITS, type ListeningServer, listen } from '../../src/http/server.ts';
import { hasOpenssl, withoutOpenssl, writeSelfSigned } from '../support/self-signed.ts';
import { until } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openTestService, type TestService } from '../support/test-service.ts';

const DAY_READINGS = 10_000;
const DAYS = 5;
/** In a shorter time nothing was waited for. */
const PROMPT_MS = 2_000;

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
  for (let day = 0; day < DAYS; day++) {
    const readings = Array.from({ length: DAY_READINGS }, (_, i) => ({
      device_id: 'device_a',
      user_id: 'ann',
      timestamp: new Date(Date.UTC(2024, 0, 1 + day) + i * 8_000).toISOString(),
      heart_rate: 70,
    }));
    await service.postJson('/metrics/heart-rate/batch', { readings });
  }
});
afterAll(() => service.close());

const ADDRESS = { host: '127.0.0.1', port: 0 };
const open = (maxConnections = 100): Promise<ListeningServer> =>
  listen(service.app, ADDRESS, { ...CONNECTION_LIMITS, maxConnections });

const portOf = ({ url }: ListeningServer): number => Number(new URL(url).port);

const openSocket = async (server: ListeningServer): Promise<Socket> => {
  const socket = connect(portOf(server), '127.0.0.1');
  socket.on('error', () => {}); // It leaves in the middle of what is sent to it.
  await once(socket, 'connect');
  return socket;
};

/** One that has had a refusal, and does not close its own side. */
const openRefused = async (server: ListeningServer, sent: string): Promise<Socket> => {
  const socket = connect({ port: portOf(server), host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {}); // It is cut.
  socket.write(sent);
  expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1.1 400 /);
  return socket;
};

/** How long it takes the server to close. */
const closingMs = async (server: ListeningServer): Promise<number> => {
  const startMs = performance.now();
  await server.close();
  return performance.now() - startMs;
};

const RANGE = 'start=2024-01-01T00:00:00Z&end=2024-02-01T00:00:00Z';
const PATHS = [
  '/metrics/heart-rate/stream?user_id=ann',
  '/metrics/heart-rate/export?user_id=ann',
  '/metrics/heart-rate/export?user_id=ann&format=parquet',
  `/metrics/heart-rate?user_id=ann&include=explain&${RANGE}`,
];
const WAYS: readonly [string, (socket: Socket) => unknown][] = [
  ['destroyed', (socket) => socket.destroy()],
  ['reset', (socket) => socket.resetAndDestroy()],
  [
    'ended, and destroyed later',
    async (socket) => {
      socket.end();
      await sleep(30);
      socket.destroy();
    },
  ],
];

test.each(PATHS.flatMap((path) => WAYS.map(([name, leave]) => [path, name, leave] as const)))(
  '%s, half read and then %s, leaves no connection behind',
  async (path, _, leave) => {
    // One that stays would leave no room for the next ones.
    const server = await open(1);
    for (const coding of ['identity', 'gzip', 'identity']) {
      await until('there is room', async () => {
        const before = server.dropped();
        const socket = await openSocket(server);
        const head = `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: ${coding}\r\n`;
        socket.write(`${head}\r\n`);
        const piece = once(socket, 'data').then(() => true);
        const isServed = await Promise.race([piece, once(socket, 'close').then(() => false)]);
        socket.pause();
        if (isServed) await leave(socket);
        else expect(server.dropped()).toBe(before + 1);
        return isServed;
      });
    }
    expect(service.live.streams).toBeLessThanOrEqual(1);
    expect(await closingMs(server)).toBeLessThan(PROMPT_MS);
    await until('no stream is left', () => service.live.streams === 0);
  },
);

test('a connection that was opened ahead of need does not hold up the end', async () => {
  const server = await open();
  const silent = await openSocket(server);
  onTestFinished(() => void silent.destroy());
  silent.resume();
  await (await fetch(`${server.url}/livez`)).text(); // By now the server has it.
  expect(await closingMs(server)).toBeLessThan(PROMPT_MS);
});

test('nor does one by TLS', async ({ skip }) => {
  if (!hasOpenssl()) return withoutOpenssl(skip);
  const { cert, key } = await writeSelfSigned(await temporaryFolder());
  const server = await listen(service.app, { ...ADDRESS, credentials: { cert, key } });
  const silent = connectTls({ port: portOf(server), host: '127.0.0.1', ca: cert });
  const untouched = await openSocket(server);
  onTestFinished(() => {
    silent.destroy();
    untouched.destroy();
  });
  untouched.resume();
  await once(silent.resume(), 'secureConnect');
  await sleep(50); // The server's side of the handshake ends later.
  expect(await closingMs(server)).toBeLessThan(PROMPT_MS);
});

test('one on which a request has begun is waited for', async () => {
  const server = await open();
  const socket = await openSocket(server);
  socket.write('GET /livez HTTP/1.1\r\nHost: local');
  await (await fetch(`${server.url}/livez`)).text();
  const closed = server.close();
  await sleep(200);
  socket.end('host\r\n\r\n');
  let answer = '';
  for await (const piece of socket.setEncoding('utf8')) answer += piece;
  expect(answer).toMatch(/^HTTP\/1.1 200 /);
  await closed;
});

test('half a head that comes no further is refused, and holds up the end no longer', async () => {
  const limits = { ...CONNECTION_LIMITS, drainHeadTimeoutMs: 300 };
  const server = await listen(service.app, ADDRESS, limits);
  const socket = await openSocket(server);
  onTestFinished(() => void socket.destroy());
  socket.write('GET /livez HTTP/1.1\r\nHost: local');
  await (await fetch(`${server.url}/livez`)).text();
  const answer = text(socket);
  expect(await closingMs(server)).toBeLessThan(PROMPT_MS);
  expect(await answer).toMatch(/^HTTP\/1.1 408 /);
});

test.each(['CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 'no HTTP\r\n\r\n'])(
  'nor does who was refused and leaves its side open: %j',
  async (sent) => {
    const server = await listen(service.app, ADDRESS, {
      ...CONNECTION_LIMITS,
      lingerTimeoutMs: 300,
    });
    const socket = await openRefused(server, sent);
    await until('the refused one is closed', () => {
      socket.write('more'); // Only so it learns that the other side is closed altogether.
      return socket.closed;
    });
    await openRefused(server, sent);
    expect(await closingMs(server)).toBeLessThan(PROMPT_MS);
  },
);

test('nor does who takes nothing of a response and sends CONNECT behind it', async () => {
  const limits = { ...CONNECTION_LIMITS, drainTimeoutMs: 300 };
  const server = await listen(service.app, ADDRESS, limits);
  const socket = await openSocket(server);
  onTestFinished(() => void socket.destroy());
  const path = '/metrics/heart-rate/export?user_id=ann';
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\nCONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n`);
  await sleep(200);
  expect(await closingMs(server)).toBeLessThan(PROMPT_MS);
});

test('by TLS neither does half a head or half a handshake', async ({ skip }) => {
  if (!hasOpenssl()) return withoutOpenssl(skip);
  const { cert, key } = await writeSelfSigned(await temporaryFolder());
  const limits = { ...CONNECTION_LIMITS, drainHeadTimeoutMs: 300 };
  const server = await listen(service.app, { ...ADDRESS, credentials: { cert, key } }, limits);
  const half = connectTls({ port: portOf(server), host: '127.0.0.1', ca: cert });
  const greeting = await openSocket(server);
  onTestFinished(() => {
    half.destroy();
    greeting.destroy();
  });
  greeting.resume().write('\x16\x03\x01\x02\x00\x01', 'latin1');
  await once(half, 'secureConnect');
  half.write('GET /livez HTTP/1.1\r\nHost: local');
  await sleep(100);
  const answer = text(half);
  expect(await closingMs(server)).toBeLessThan(PROMPT_MS);
  expect(await answer).toMatch(/^HTTP\/1.1 408 /);
});

test('a request under way is not taken for half a head', async () => {
  const limits = { ...CONNECTION_LIMITS, drainHeadTimeoutMs: 100 };
  const server = await listen(service.app, ADDRESS, limits);
  const socket = await openSocket(server);
  const head = 'POST /metrics/heart-rate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
  socket.write(`${head}Content-Length: 2\r\n\r\n{`);
  await (await fetch(`${server.url}/livez`)).text();
  const closed = server.close();
  await sleep(500);
  socket.end('}');
  expect(await text(socket)).toMatch(/^HTTP\/1.1 400 /);
  await closed;
});

import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CONNECTION_LIMITS, listen } from '../../src/http/server.ts';
import { openTestService, READING, type TestService } from '../support/test-service.ts';
import { exchange, openSocket, received } from '../support/wire.ts';

const ANY_PORT = { host: '127.0.0.1', port: 0 };

test('it says where it listens, and no longer does when it is closed', async () => {
  const service = await openTestService();
  const server = await listen(service.app, ANY_PORT);
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  await server.close();
  await expect(fetch(`${server.url}/livez`)).rejects.toThrow();
  await service.close();
});

test('an IPv6 address stands in brackets', async ({ skip }) => {
  const service = await openTestService();
  const server = await listen(service.app, { host: '::1', port: 0 }).catch(() => undefined);
  if (server === undefined) {
    await service.close();
    return skip('this machine has no IPv6');
  }
  expect(server.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  await server.close();
  await service.close();
});

test('an idle connection is kept for longer than load balancers keep theirs', async () => {
  const service = await openTestService();
  const server = await listen(service.app, ANY_PORT);
  const response = await fetch(`${server.url}/livez`);
  expect(response.headers.get('keep-alive')).toBe('timeout=65');
  await response.text();
  await server.close();
  await service.close();
});

test('a port that is taken is told as such', async () => {
  const service = await openTestService();
  const server = await listen(service.app, ANY_PORT);
  const port = Number(new URL(server.url).port);
  await expect(listen(service.app, { ...ANY_PORT, port })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
  await server.close();
  await service.close();
});

test('a request that never ends holds up the end only so long', async () => {
  const service = await openTestService();
  const limits = { ...CONNECTION_LIMITS, drainTimeoutMs: 200 };
  const server = await listen(service.app, ANY_PORT, limits);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(
    'POST /metrics/heart-rate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n' +
      'Content-Length: 9\r\n\r\n{',
  );
  await fetch(`${server.url}/livez`); // By now the half request has arrived, too.
  const startMs = performance.now();
  await server.close();
  expect(performance.now() - startMs).toBeGreaterThan(150);
  expect(performance.now() - startMs).toBeLessThan(5_000);
  await service.close();
});

test('once it is said to be closing, connections end with their responses, and new ones are served', async () => {
  const service = await openTestService();
  const server = await listen(service.app, ANY_PORT);
  const request = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n';
  const kept = (await openSocket(server.url)).setEncoding('utf8');
  kept.write(request);
  expect(String(await once(kept, 'data'))).toMatch(/\r\nconnection: keep-alive\r\n/i);
  server.announceClosing();
  // It is not closed under a client that may be sending: it is told with its next response.
  await sleep(100);
  kept.write(request);
  expect(await text(kept)).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n/is);
  const fresh = await openSocket(server.url);
  fresh.write(request);
  expect(await text(fresh)).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n/is);
  const idle = await openSocket(server.url);
  await server.close();
  expect(await text(idle)).toBe('');
  await service.close();
});

const post = (userId: string): string => {
  const body = JSON.stringify({ ...READING, user_id: userId });
  return (
    'POST /metrics/heart-rate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n' +
    `Content-Length: ${body.length}\r\n\r\n${body}`
  );
};
const DELETE = `DELETE /metrics/heart-rate?user_id=kept HTTP/1.1\r\nHost: a\r\n\r\n`;

/** How the latest reading of two users is answered: of one that is there, and of one sent behind. */
const latestOf = async ({ get }: TestService) =>
  Promise.all(
    ['kept', 'late'].map(async (user) => {
      const { status } = await get(`/metrics/heart-rate/latest?user_id=${user}`);
      return status;
    }),
  );

const BEHIND = [
  ['requests', post('late') + DELETE],
  ['what is no request', `no\r\n\r\n${post('late')}`],
  ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'],
  ['a body that goes on', post('late').replace(/Length: \d+/, 'Length: 1000000')],
] as const;

test.each(BEHIND)(
  'behind a refusal that ends its connection: %s, which are not carried out',
  async (_, behind) => {
    const service = await openTestService();
    const server = await listen(service.app, ANY_PORT);
    await service.postJson('/metrics/heart-rate', { ...READING, user_id: 'kept' });
    const large = `GET /livez HTTP/1.1\r\nHost: a\r\n${'abc: \r\n'.repeat(2_500)}\r\n`;
    const answer = await received(server.url, large + behind);
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 431']);
    expect(answer).toMatch(/"The headers are too large\."/);
    await sleep(100); // What is carried out unseen may take longer than the refusal.
    expect(await latestOf(service)).toEqual([200, 404]);
    await server.close();
    await service.close();
  },
);

test.each(BEHIND)(
  'behind a response that ends its connection, as the server is to close: %s',
  async (_, behind) => {
    const service = await openTestService();
    const server = await listen(service.app, ANY_PORT);
    await service.postJson('/metrics/heart-rate', { ...READING, user_id: 'kept' });
    server.announceClosing();
    const socket = (await openSocket(server.url)).setEncoding('utf8');
    const answer = text(socket);
    socket.write('GET /metrics/heart-rate/stream?user_id=kept HTTP/1.1\r\nHost: a\r\n\r\n');
    const [head] = await once(socket, 'data');
    expect(head).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n/is);
    socket.write(behind);
    await sleep(200);
    await service.postJson('/metrics/heart-rate', { ...READING, user_id: 'kept', heart_rate: 99 });
    await sleep(100);
    service.live.close();
    // What was begun is sent to its end.
    expect(await answer).toMatch(/"heart_rate":99.*\r\n0\r\n\r\n$/s);
    expect((await answer).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    expect(await latestOf(service)).toEqual([200, 404]);
    socket.destroy();
    await server.close();
    await service.close();
  },
);

test('behind a response that ends its connection no more is read than a client may have sent by then', async () => {
  const service = await openTestService();
  const server = await listen(service.app, ANY_PORT);
  const socket = await openSocket(server.url);
  const large = `GET /livez HTTP/1.1\r\nHost: a\r\n${'abc: \r\n'.repeat(2_500)}\r\n`;
  socket.write('GET /metrics/heart-rate/stream?user_id=kept HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(socket, 'data');
  socket.write(large + 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1_000_000));
  await sleep(1_500);
  expect(socket.writableLength).toBeGreaterThan(0);
  const before = socket.bytesWritten - socket.writableLength;
  await sleep(500);
  expect(socket.bytesWritten - socket.writableLength).toBe(before);
  socket.destroy();
  service.live.close();
  await server.close();
  await service.close();
});

test('of requests sent together as it is to close, each that is carried out is answered', async () => {
  const service = await openTestService();
  const server = await listen(service.app, ANY_PORT);
  server.announceClosing();
  const answer = await received(server.url, ['u1', 'u2', 'u3'].map(post).join(''));
  const statuses = ['u1', 'u2', 'u3'].map(async (user) => {
    const { status } = await service.get(`/metrics/heart-rate/latest?user_id=${user}`);
    return status;
  });
  const stored = (await Promise.all(statuses)).filter((status) => status === 200);
  expect(stored.length).toBeGreaterThan(0);
  expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(stored.length);
  expect(answer.match(/^connection: close\r$/gim)).toHaveLength(1);
  await server.close();
  await service.close();
});

test('a head that is too large is told as such, whatever its host', async () => {
  const service = await openTestService();
  const server = await listen(service.app, ANY_PORT);
  const large = `GET /livez HTTP/1.1\r\nHost: [\r\n${'abc: \r\n'.repeat(2_500)}\r\n`;
  const { status, headers } = await exchange(server.url, large);
  expect([status, headers.connection]).toEqual([431, 'close']);
  await server.close();
  await service.close();
});

import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { CONNECTION_LIMITS, listen } from '../../src/http/server.ts';
import { openTestService } from '../support/test-service.ts';
import { openSocket } from '../support/wire.ts';

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

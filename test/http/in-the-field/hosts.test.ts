import { afterAll, beforeAll, expect, test } from 'vitest';
import { listen } from '../../../src/http/server.ts';
import { openTestService, READING } from '../../support/test-service.ts';
import { exchange } from '../../support/wire.ts';

const openServer = async (allowedHosts: readonly string[] | undefined) => {
  const service = await openTestService({ allowedHosts });
  const server = await listen(service.app, { host: '127.0.0.1', port: 0 });
  const close = async () => {
    await server.close();
    await service.close();
  };
  return { url: server.url, service, close };
};

let loopback: Awaited<ReturnType<typeof openServer>>;
let named: typeof loopback;
let open: typeof loopback;
beforeAll(async () => {
  loopback = await openServer([]);
  named = await openServer(['hr.example', '10.0.0.7']);
  open = await openServer(undefined);
});
afterAll(() => Promise.all([loopback, named, open].map((each) => each.close())));

const statusOf = async ({ url }: typeof loopback, host: string, target = '/livez') => {
  const sent = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
  return (await exchange(url, sent)).status;
};

test.each([
  'localhost',
  'LOCALHOST:8000',
  'localhost.',
  'hr.localhost:8000',
  '127.0.0.1',
  '127.0.0.1:9',
  '127.8.9.10:8000',
  '[::1]',
  '[::1]:8000',
])('on loopback, Host %s is served', async (host) => {
  expect(await statusOf(loopback, host)).toBe(200);
});

test.each([
  'rebound.example',
  'rebound.example:8000',
  'localhost.example',
  'notlocalhost',
  '127.0.0.1.example',
  '128.0.0.1:8000',
  '0.0.0.0:8000',
  '192.168.1.5:8000',
  '[::]:8000',
  '[2001:db8::1]:8000',
  'hr.example',
])('on loopback, Host %s is misdirected', async (host) => {
  expect(await statusOf(loopback, host)).toBe(421);
});

test('a rebound name neither reads nor erases, and is told so by a problem of its own', async () => {
  const ofLocalhost = (method: string, target: string, init: RequestInit = {}) =>
    fetch(`${loopback.url}/metrics/heart-rate${target}`, { method, ...init });
  const body = JSON.stringify(READING);
  await ofLocalhost('POST', '', { body, headers: { 'content-type': 'application/json' } });
  const sent = `DELETE /metrics/heart-rate?user_id=${READING.user_id} HTTP/1.1\r\n`;
  const tail = 'Connection: close\r\nX-Request-Id: rebound-1\r\n\r\n';
  const answer = await exchange(loopback.url, `${sent}Host: rebound.example\r\n${tail}`);
  expect(answer.status).toBe(421);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  expect(answer.headers['x-request-id']).toBe('rebound-1');
  expect(JSON.parse(answer.body)).toEqual({
    type: 'urn:problem:heart-rate:misdirected-request',
    title: 'Misdirected request',
    status: 421,
    detail: 'The service does not serve this Host. ALLOWED_HOSTS names those it does.',
  });
  const range = 'start=2024-01-15T00:00Z&end=2024-01-16T00:00Z';
  const kept = await ofLocalhost('GET', `?user_id=${READING.user_id}&${range}`);
  expect(await kept.json()).toMatchObject({ count: 1 });
});

test('a name is not served because the one before it was', async () => {
  expect(await statusOf(loopback, 'localhost')).toBe(200);
  expect(await statusOf(loopback, 'rebound.example')).toBe(421);
  expect(await statusOf(loopback, 'rebound.example')).toBe(421);
});

test('ALLOWED_HOSTS adds names to those of loopback', async () => {
  for (const host of ['hr.example', 'HR.example:443', 'hr.example.', '10.0.0.7:8000', '[::1]']) {
    expect(await statusOf(named, host)).toBe(200);
  }
  for (const host of ['sub.hr.example', 'hr.example.evil', '10.0.0.8']) {
    expect(await statusOf(named, host)).toBe(421);
  }
});

test('without a list, as beyond loopback, any name is served', async () => {
  expect(await statusOf(open, 'rebound.example')).toBe(200);
});

test('the authority of an absolute target outranks Host', async () => {
  expect(await statusOf(loopback, 'localhost', 'http://rebound.example/livez')).toBe(421);
  expect(await statusOf(loopback, 'rebound.example', 'http://localhost/livez')).toBe(200);
});

test.each(['/nope', '/', '/docs', '/openapi.json', '/metrics', '/readyz'])(
  'a rebound name learns nothing from %s',
  async (path) => {
    expect(await statusOf(loopback, 'rebound.example', path)).toBe(421);
  },
);

test.each(['/readyz', '/livez', '/metrics/heart-rate?user_id=u'])(
  'HTTP/1.0 without Host, as HAProxy and Nagios check: %s',
  async (target) => {
    const { status } = await exchange(loopback.url, `GET ${target} HTTP/1.0\r\n\r\n`);
    expect(status).toBe(target.includes('?') ? 400 : 200);
  },
);

test('HTTP/1.0 with a Host is held to it', async () => {
  const sent = 'GET /livez HTTP/1.0\r\nHost: rebound.example\r\n\r\n';
  expect((await exchange(loopback.url, sent)).status).toBe(421);
});

test.each([
  ['none', ''],
  ['an empty one', 'Host:\r\n'],
  ['two', 'Host: localhost\r\nHost: localhost\r\n'],
  ['two, one of another case', 'Host: localhost\r\nHOST: rebound.example\r\n'],
  ['a user in it', 'Host: localhost@rebound.example\r\n'],
  ['a path in it', 'Host: localhost/x\r\n'],
  ['blanks in it', 'Host: local host\r\n'],
])('HTTP/1.1 with a Host like this is malformed: %s', async (_, hosts) => {
  const sent = `GET /livez HTTP/1.1\r\n${hosts}Connection: close\r\n\r\n`;
  for (const { url } of [loopback, open]) {
    const answer = await exchange(url, sent);
    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).type).toBe('urn:problem:heart-rate:malformed-http');
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  }
});

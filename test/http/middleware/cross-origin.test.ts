import { afterAll, beforeAll, expect, test } from 'vitest';
import { keysOf, testKey } from '../../support/test-keys.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { JSON_TYPE, READING } from '../../support/test-service.ts';
import { exchange } from '../../support/wire.ts';

const APP = 'https://app.example';
const PATH = '/metrics/heart-rate';
const key = testKey();

let server: TestServer;
let closed: TestServer;
beforeAll(async () => {
  const keys = keysOf(key);
  server = await openTestServer({
    corsOrigins: [APP, 'http://other.example'],
    keys,
    allowedHosts: [],
  });
  closed = await openTestServer();
});
afterAll(() => Promise.all([server.close(), closed.close()]));

const corsOf = (headers: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.startsWith('access-control-')),
  );

/** As a browser asks before a request. Node's fetch would not send these headers. */
const preflight = ({ url }: TestServer, origin: string, host = 'localhost') =>
  exchange(
    url,
    `OPTIONS ${PATH} HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\n` +
      'Access-Control-Request-Method: DELETE\r\n' +
      'Access-Control-Request-Headers: authorization\r\nConnection: close\r\n\r\n',
  );

const get = ({ url }: TestServer, origin: string, path = '/devices', more = '') =>
  exchange(
    url,
    `GET ${path} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\n${more}Connection: close\r\n\r\n`,
  );

const AUTHORIZATION = `Authorization: Bearer ${key.token}\r\n`;

test('a preflight of an allowed origin names what the contract has', async () => {
  const { status, headers } = await preflight(server, APP);
  expect(status).toBe(204);
  expect(headers['access-control-allow-origin']).toBe(APP);
  const list = (name: string) => headers[name]?.split(',').sort();
  expect(list('access-control-allow-methods')).toEqual(['DELETE', 'GET', 'HEAD', 'POST']);
  expect(list('access-control-allow-headers')).toEqual(
    expect.arrayContaining(['authorization', 'content-type', 'if-none-match', 'last-event-id']),
  );
  expect(Number(headers['access-control-max-age'])).toBeGreaterThan(0);
  expect(headers).not.toHaveProperty('access-control-allow-credentials');
  // What OPTIONS has anyway.
  expect(headers.allow).toBe('DELETE, GET, HEAD, OPTIONS, POST');
  expect(headers).toHaveProperty('x-request-id');
  expect(headers.vary).toContain('Origin');
});

test.each([
  'https://evil.example',
  'http://app.example',
  `${APP}:444`,
  `${APP}.evil.example`,
  'null',
])('nothing is allowed to %s', async (origin) => {
  expect(corsOf((await preflight(server, origin)).headers)).not.toHaveProperty(
    'access-control-allow-origin',
  );
  const { headers } = await get(server, origin, '/devices', AUTHORIZATION);
  expect(headers).not.toHaveProperty('access-control-allow-origin');
});

test('it is off unless origins are named', async () => {
  expect(corsOf((await preflight(closed, APP)).headers)).toEqual({});
  expect(corsOf((await get(closed, APP)).headers)).toEqual({});
});

test('responses are let read, errors as well, with their headers', async () => {
  for (const [more, status] of [
    [AUTHORIZATION, 200],
    ['', 401],
  ] as const) {
    const response = await get(server, APP, '/devices', more);
    expect([response.status, response.headers['access-control-allow-origin']]).toEqual([
      status,
      APP,
    ]);
    expect(response.headers['access-control-expose-headers']?.split(',')).toEqual(
      expect.arrayContaining(['X-Request-Id', 'ETag', 'Retry-After', 'Content-Disposition']),
    );
    expect(response.headers.vary).toContain('Origin');
  }
});

test('what a response varies by already stays, and streams are let read', async () => {
  const headers = { ...JSON_TYPE, authorization: `Bearer ${key.token}` };
  await server.post(PATH, JSON.stringify(READING), headers);
  const exported = await get(server, APP, `${PATH}/export?user_id=user_123`, AUTHORIZATION);
  expect(exported.headers.vary).toMatch(/Accept\b.*Origin/);
  const stream = await exchange(
    server.url,
    `HEAD ${PATH}/stream?user_id=user_123 HTTP/1.1\r\nHost: localhost\r\nOrigin: ${APP}\r\n` +
      `${AUTHORIZATION}Connection: close\r\n\r\n`,
  );
  expect(stream.headers['access-control-allow-origin']).toBe(APP);
});

test('the Host is checked all the same', async () => {
  const { status, headers } = await preflight(server, APP, 'rebound.example');
  expect([status, corsOf(headers)]).toEqual([421, {}]);
});

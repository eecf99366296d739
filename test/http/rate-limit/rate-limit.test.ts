import { expect, onTestFinished, test, vi } from 'vitest';
import { RateLimiter } from '../../../src/http/rate-limit/rate-limiter.ts';
import { keysOf, type TestKey, testKey } from '../../support/test-keys.ts';
import { openTestServer } from '../../support/test-server.ts';
import { READING } from '../../support/test-service.ts';
import { exchange } from '../../support/wire.ts';

const open = async (trustedProxies: readonly string[] = [], perSecond = 0.01) => {
  const server = await openTestServer({ rateLimit: { perSecond, burst: 3 }, trustedProxies });
  onTestFinished(() => server.close());
  return server;
};

const send = (url: string, target: string, forwardedFor?: string) =>
  exchange(
    url,
    `GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n` +
      `${forwardedFor === undefined ? '' : `X-Forwarded-For: ${forwardedFor}\r\n`}\r\n`,
  );

test('a client may send so much at once, is told when half is left, and refused beyond', async () => {
  const { url } = await open();
  const told = [];
  for (const target of ['/devices', '/nowhere', '/health']) {
    const { status, headers } = await send(url, target);
    told.push([status, headers.ratelimit, headers['ratelimit-policy']]);
  }
  expect(told).toEqual([
    [200, undefined, undefined],
    [404, '"default";r=1;t=200', '"default";q=3;w=300'],
    [200, '"default";r=0;t=300', '"default";q=3;w=300'],
  ]);
  const refused = await send(url, '/devices');
  expect(refused.status).toBe(429);
  expect(refused.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'retry-after': '100',
    ratelimit: '"default";r=0;t=300',
  });
  expect(JSON.parse(refused.body).type).toBe('urn:problem:heart-rate:too-many-requests');
});

test('a reading beyond the limit is not stored; by the contract, whatever the path', async () => {
  const server = await open();
  const statuses = [];
  for (let i = 0; i < 5; i++) {
    statuses.push((await server.postJson('/metrics/heart-rate', READING)).status);
  }
  expect(statuses).toEqual([200, 200, 200, 429, 429]);
  expect(server.service.stored()).toBe(3);
  expect((await server.get('/nowhere')).status).toBe(429);
  expect((await server.ask('OPTIONS', '/devices')).status).toBe(429);
  expect((await server.ask('PUT', '/devices')).status).toBe(429);
});

test.each<[string, string, number]>([
  [
    'a target that is not encoded',
    'GET /devices?user_id=100% HTTP/1.1\r\nHost: localhost\r\n',
    400,
  ],
  ['a fragment', 'GET /devices#a HTTP/1.1\r\nHost: localhost\r\n', 400],
  ['no Host', 'GET /devices HTTP/1.1\r\n', 400],
  ['two Hosts', 'GET /devices HTTP/1.1\r\nHost: localhost\r\nHost: a\r\n', 400],
  [
    'many short headers',
    `GET /devices HTTP/1.1\r\nHost: localhost\r\n${'a: b\r\n'.repeat(2_800)}`,
    431,
  ],
  ['a Host that is not served', 'GET /devices HTTP/1.1\r\nHost: rebound.example\r\n', 421],
])('what is refused for %s counts as well', async (_, head, status) => {
  const rateLimit = { perSecond: 0.01, burst: 3 };
  const { url, close } = await openTestServer({ rateLimit, allowedHosts: [] });
  onTestFinished(close);
  const sent = `${head}Connection: close\r\n\r\n`;
  for (let i = 0; i < 3; i++) expect((await exchange(url, sent)).status).toBe(status);
  expect((await send(url, '/devices')).status).toBe(429);
});

test.each([
  [
    'what Node refuses',
    `GET /devices HTTP/1.1\r\nHost: localhost\r\nX: ${'a'.repeat(20_000)}\r\n`,
    431,
  ],
  ['what is not HTTP', 'nonsense\r\n', 400],
  ['a Host that makes no URL', 'GET /devices HTTP/1.1\r\nHost: a b\r\n', 400],
])('%s does not count: nobody has looked who sent it', async (_, head, status) => {
  const { url } = await open();
  const sent = `${head}Connection: close\r\n\r\n`;
  for (let i = 0; i < 4; i++) expect((await exchange(url, sent)).status).toBe(status);
  expect((await send(url, '/devices')).status).toBe(200);
});

test('beyond the limit a page of another origin is told so', async () => {
  const origin = 'https://app.example';
  const rateLimit = { perSecond: 0.01, burst: 1 };
  const server = await openTestServer({ rateLimit, corsOrigins: [origin] });
  onTestFinished(() => server.close());
  await server.get('/devices');
  const { status, headers } = await server.get('/devices', { origin });
  expect([status, headers.get('access-control-allow-origin')]).toEqual([429, origin]);
});

test('probes do not count, and are answered beyond the limit', async () => {
  const { url } = await open();
  for (let i = 0; i < 5; i++) {
    const live = await send(url, '/livez?verbose');
    expect([live.status, live.headers.ratelimit]).toEqual([200, undefined]);
  }
  for (let i = 0; i < 3; i++) expect((await send(url, '/devices')).status).toBe(200);
  expect((await send(url, '/devices')).status).toBe(429);
  expect((await send(url, '/livez')).status).toBe(200);
  expect((await send(url, '/readyz')).status).toBe(200);
});

test('who has waited as told may go on', async () => {
  const { url } = await open([], 2);
  for (let i = 0; i < 3; i++) await send(url, '/devices');
  await vi.waitUntil(async () => (await send(url, '/devices')).status === 429, { interval: 0 });
  const { headers } = await send(url, '/devices');
  await new Promise((resolve) => setTimeout(resolve, Number(headers['retry-after']) * 1000));
  expect((await send(url, '/devices')).status).toBe(200);
});

test('behind a trusted proxy each client counts for itself; without one, nobody is believed', async () => {
  const trusting = await open(['127.0.0.1']);
  for (let i = 0; i < 3; i++) {
    expect((await send(trusting.url, '/devices', '192.0.2.1')).status).toBe(200);
  }
  expect((await send(trusting.url, '/devices', '198.51.100.7, 192.0.2.1')).status).toBe(429);
  expect((await send(trusting.url, '/devices', '192.0.2.2')).status).toBe(200);

  const open2 = await open();
  for (let i = 0; i < 3; i++) await send(open2.url, '/devices', `192.0.2.${i}`);
  expect((await send(open2.url, '/devices', '192.0.2.9')).status).toBe(429);
});

test('who has a key counts by it, from whatever address', async () => {
  const [ann, bob] = [testKey(), testKey()];
  const server = await openTestServer({
    keys: keysOf(ann, bob),
    rateLimit: { perSecond: 0.01, burst: 1 },
    trustedProxies: ['127.0.0.1'],
  });
  onTestFinished(() => server.close());
  const ask = async ({ token }: TestKey, forwardedFor: string) => {
    const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': forwardedFor };
    return (await server.get('/devices', headers)).status;
  };
  expect([await ask(ann, '192.0.2.1'), await ask(ann, '192.0.2.2')]).toEqual([200, 429]);
  expect([await ask(bob, '192.0.2.1'), await ask(bob, '192.0.2.1')]).toEqual([200, 429]);
});

test('keys cannot be guessed faster than the limit, and who has one is not kept out by that', async () => {
  const key = testKey();
  const rateLimit = { perSecond: 0.01, burst: 3 };
  const server = await openTestServer({ rateLimit, keys: keysOf(key) });
  onTestFinished(() => server.close());
  const statusOf = async ({ token }: TestKey) =>
    (await server.get('/devices', { authorization: `Bearer ${token}` })).status;
  const statuses = [];
  for (let i = 0; i < 5; i++) statuses.push(await statusOf(testKey()));
  expect(statuses).toEqual([401, 401, 401, 429, 429]);
  expect(await statusOf(key)).toBe(200);
});

test('without a limit nothing is told of one', async () => {
  const server = await openTestServer();
  onTestFinished(() => server.close());
  const { headers } = await send(server.url, '/devices');
  expect([headers.ratelimit, headers['ratelimit-policy']]).toEqual([undefined, undefined]);
});

test('so many clients are remembered, and those heard of last', () => {
  const limiter = new RateLimiter({ perSecond: 0.001, burst: 1 }, 2);
  const isAdmitted = (client: string) => limiter.admit(client).isAdmitted;
  expect(['a', 'b', 'a', 'b'].map(isAdmitted)).toEqual([true, true, false, false]);
  expect(['a', 'c', 'a'].map(isAdmitted)).toEqual([false, true, false]);
  expect(isAdmitted('b')).toBe(true); // Forgotten for c.
});

import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { READING } from '../../support/test-service.ts';
import { exchange } from '../../support/wire.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

const send = (method: string, target: string, more = '') =>
  exchange(
    server.url,
    `${method} ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${more}\r\n`,
  );

const RANGE = 'start=2024-01-15T00:00Z&end=2024-01-16T00:00Z';
const store = (user_id: string) =>
  server.service.postJson('/metrics/heart-rate', { ...READING, user_id });
const countOf = async (user_id: string): Promise<number> => {
  const query = new URLSearchParams(`user_id=${encodeURIComponent(user_id)}&${RANGE}`);
  const answer = await server.service.get(`/metrics/heart-rate?${query}`);
  return answer.status === 404 ? 0 : ((await answer.json()) as { count: number }).count;
};

test.each(['100%', '%ff', '%zz', '%e2%82', 'a%c3%28', '%c0%af', '%ed%a0%80', '1#00', '%'])(
  'DELETE of user_id=%s erases nobody',
  async (written) => {
    const ids = [written, '100%', '1', written.replace(/%.*/, '')].filter((id) => id !== '');
    for (const id of ids) await store(id);
    const answer = await send('DELETE', `/metrics/heart-rate?user_id=${written}`);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.body).type).toBe('urn:problem:heart-rate:malformed-http');
    for (const id of ids) expect(await countOf(id)).toBe(1);
  },
);

test.each([
  ['100%25', '100%'],
  ['caf%C3%A9', 'café'],
  ['a%23b', 'a#b'],
  ['%F0%9F%92%93', '💓'],
  ['a%2Bb', 'a+b'],
])('DELETE of user_id=%s erases %s, and no other', async (written, id) => {
  await store(id);
  await store('100%25');
  const answer = await send('DELETE', `/metrics/heart-rate?user_id=${written}`);
  expect([answer.status, JSON.parse(answer.body)]).toEqual([200, { status: 'erased', count: 1 }]);
  expect([await countOf(id), await countOf('100%25')]).toEqual([0, 1]);
});

test.each(['/%', '/metrics%', '/docs%2', '/%ff', '/livez?%', '/devices?a=%80'])(
  'GET %s is malformed',
  async (target) => {
    const answer = await send('GET', target);
    expect([answer.status, JSON.parse(answer.body).detail]).toEqual([
      400,
      'The request target is not percent-encoded UTF-8.',
    ]);
  },
);

test.each([
  ['', false],
  ['Accept-Encoding:', false],
  ['Accept-Encoding: gzip', true],
  ['Accept-Encoding: GZIP', true],
  ['Accept-Encoding: gzip, deflate, br', true],
  ['Accept-Encoding: br;q=1.0, gzip;q=0.8, *;q=0.1', true],
  ['Accept-Encoding: gzip;q=0', false],
  ['Accept-Encoding: gzip; q=0.000, identity', false],
  ['Accept-Encoding: gzip;q=0, *', false],
  ['Accept-Encoding: *', true],
  ['Accept-Encoding: *;q=0, gzip', true],
  ['Accept-Encoding: *;q=0', false],
  ['Accept-Encoding: identity', false],
  ['Accept-Encoding: identity;q=1, gzip;q=0.5', false],
  ['Accept-Encoding: identity;q=0.5, gzip;q=1', true],
  ['Accept-Encoding: identity;q=0', true],
  ['Accept-Encoding: identity;q=0, gzip;q=0', false],
  ['Accept-Encoding: br', false],
  ['Accept-Encoding: xgzip, gzip-like', false],
])('%j: compressed %s', async (header, isCompressed) => {
  const headers = header === '' ? {} : { 'accept-encoding': header.split(/: ?/)[1] ?? '' };
  const answer = await server.service.get('/docs/scalar.js', headers);
  expect(answer.headers.get('content-encoding')).toBe(isCompressed ? 'gzip' : null);
  expect(answer.headers.get('vary')).toBe('Accept-Encoding');
});

test('what is compressed is the same, by wire', async () => {
  const fetched = await fetch(`${server.url}/docs/scalar.js`);
  expect(fetched.headers.get('content-encoding')).toBe('gzip');
  const plain = await server.service.get('/docs/scalar.js');
  const text = await plain.text();
  expect(await fetched.text()).toBe(text);
  const packed = await server.service.get('/docs/scalar.js', { 'accept-encoding': 'gzip' });
  expect(gunzipSync(Buffer.from(await packed.arrayBuffer())).toString()).toBe(text);
});

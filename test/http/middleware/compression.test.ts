import { request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { READING } from '../../support/test-service.ts';

const MINUTES = 60;
const USER = 'user_id=user_123';
const DAY = 'start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z';
const SERIES = `/metrics/heart-rate?${USER}&${DAY}`;

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
  const readings = Array.from({ length: MINUTES }, (_, minute) => ({
    ...READING,
    timestamp: `2024-01-15T10:${String(minute).padStart(2, '0')}:00Z`,
  }));
  await server.service.postJson('/metrics/heart-rate/batch', { readings });
});
afterAll(() => server.close());

/** By Node's client, which sends and decodes nothing of its own accord. */
const get = async (path: string, acceptEncoding?: string, method = 'GET', body?: string) => {
  const headers = {
    ...(acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  };
  const sent = request(new URL(path, server.url), { method, headers });
  sent.end(body);
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  return {
    status: response.statusCode,
    encoding: response.headers['content-encoding'],
    vary: response.headers.vary,
    length: response.headers['content-length'],
    body: await buffer(response),
  };
};

test.each([SERIES, '/metrics', '/openapi.json', '/openapi.yaml', '/docs', '/docs/openapi.json'])(
  '%s is compressed for those who ask',
  async (path) => {
    const plain = await get(path);
    const compressed = await get(path, 'br;q=1, gzip;q=0.8');
    expect([plain.encoding, compressed.encoding]).toEqual([undefined, 'gzip']);
    expect([plain.vary, compressed.vary]).toEqual(['Accept-Encoding', 'Accept-Encoding']);
    expect(compressed.length).toBeUndefined();
    const body = gunzipSync(compressed.body);
    // The numbers of /metrics change with each request.
    if (path !== '/metrics') expect(body.equals(plain.body)).toBe(true);
    expect(compressed.body.length).toBeLessThan(body.length / 2);
  },
);

test.each(['gzip;q=0', 'identity', 'br', '*;q=0', 'gzip;q=0, *'])(
  'Accept-Encoding: %s gets nothing that it refuses',
  async (acceptEncoding) => {
    const response = await get(SERIES, acceptEncoding);
    expect(response.encoding).not.toBe('gzip');
  },
);

test('what is short stays as it is', async () => {
  const short = [
    await get(`/metrics/heart-rate/latest?${USER}`, 'gzip'),
    await get(`/metrics/heart-rate/devices?${USER}&${DAY}`, 'gzip'),
    await get(`/metrics/heart-rate?user_id=nobody&${DAY}`, 'gzip'),
    await get('/metrics/heart-rate', 'gzip', 'POST', JSON.stringify(READING)),
  ];
  expect(short.map(({ status }) => status)).toEqual([200, 200, 404, 200]);
  for (const { encoding, body } of short) {
    expect(encoding).toBeUndefined();
    expect(JSON.parse(body.toString())).toBeTypeOf('object');
  }
});

test('a series that is streamed is compressed as it goes', async () => {
  const readings = Array.from({ length: 6_000 }, (_, minute) => ({
    ...READING,
    user_id: 'many',
    timestamp: new Date(Date.UTC(2024, 0, 15) + minute * 60_000).toISOString(),
  }));
  await server.service.postJson('/metrics/heart-rate/batch', { readings });
  const path = '/metrics/heart-rate?user_id=many&start=2024-01-15T00:00Z&end=2024-02-01T00:00Z';
  const { encoding, body } = await get(path, 'gzip');
  expect(encoding).toBe('gzip');
  expect(JSON.parse(gunzipSync(body).toString())).toHaveProperty('count', 6_000);
});

test('HEAD is as GET, without the content', async () => {
  const { status, body } = await get(SERIES, 'gzip', 'HEAD');
  expect([status, body.length]).toEqual([200, 0]);
});

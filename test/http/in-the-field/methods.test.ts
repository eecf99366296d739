import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { exchange } from '../../support/wire.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

const send = (line: string, more = '') =>
  exchange(server.url, `${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${more}\r\n`);

test.each([
  ['/metrics/heart-rate', 'DELETE, GET, HEAD, OPTIONS, POST'],
  ['/metrics/heart-rate/batch', 'OPTIONS, POST'],
  ['/readyz', 'GET, HEAD, OPTIONS'],
  ['*', 'DELETE, GET, HEAD, OPTIONS, POST'],
])('OPTIONS %s', async (target, allow) => {
  const { status, headers, body } = await send(`OPTIONS ${target}`);
  expect([status, headers.allow, body]).toEqual([204, allow, '']);
  expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

test('OPTIONS of a path that is not there, and * for any other method', async () => {
  expect((await send('OPTIONS /nope')).status).toBe(404);
  expect((await send('OPTIONS /*')).status).toBe(404);
  expect((await send('GET *')).status).toBe(400);
});

test('HEAD is GET without the body, also where the body is streamed or compressed', async () => {
  for (const path of ['/readyz', '/metrics', '/docs', '/docs/scalar.js', '/openapi.yaml']) {
    const [get, head] = [await send(`GET ${path}`), await send(`HEAD ${path}`)];
    expect([head.status, head.headers['content-type'], head.body]).toEqual([
      get.status,
      get.headers['content-type'],
      '',
    ]);
  }
});

test('CONNECT and an Expect that nobody knows are answered like anything else', async () => {
  const connect = await send('CONNECT a.example:443');
  expect([connect.status, JSON.parse(connect.body)]).toEqual([
    400,
    expect.objectContaining({ detail: 'The service is no proxy.' }),
  ]);
  const expecting = await send('GET /livez', 'Expect: a-miracle\r\n');
  expect([expecting.status, expecting.body]).toEqual([200, '{"status":"ok"}']);
});

test('methods that nobody has share one label', async () => {
  for (const method of ['PROPFIND', 'PURGE', 'TRACE', 'M-SEARCH']) {
    expect((await send(`${method} /devices`)).status).toBe(405);
  }
  const { body } = await send('GET /metrics');
  const labels = [...body.matchAll(/^http_request_duration_seconds_count\{method="(.*?)"/gm)];
  const methods = new Set(labels.map(([, method]) => method));
  expect([...methods].sort()).toEqual(['GET', 'HEAD', 'OPTIONS', 'other']);
  expect(body).toContain(
    'http_request_duration_seconds_count{method="other",route="unmatched",status="405"} 4',
  );
});

test.each([
  '/readyz?verbose',
  '/livez?verbose=1',
  '/health?pretty',
  '/metrics?name[]=process_cpu_seconds_total&name[]=x',
  '/openapi.json?v=1',
  '/docs?utm_source=mail',
])('GET %s takes no notice of parameters it does not have', async (target) => {
  expect((await send(`GET ${target}`)).status).toBe(200);
});

test('an operation on data still refuses them', async () => {
  expect((await send('GET /devices?verbose')).status).toBe(400);
  const erase = await send('DELETE /metrics/heart-rate?user_id=u&dry_run=true');
  expect(JSON.parse(erase.body)).toMatchObject({ errors: [{ pointer: '/query/dry_run' }] });
});

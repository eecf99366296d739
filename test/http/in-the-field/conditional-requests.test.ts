import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { exchange } from '../../support/wire.ts';

let server: TestServer;
let tag: string;
beforeAll(async () => {
  server = await openTestServer();
  const answer = await server.service.get('/docs/scalar.js');
  tag = answer.headers.get('etag') ?? '';
  expect(tag).toMatch(/^W\/"[\w-]+"$/);
});
afterAll(() => server.close());

const ask = (condition: string, method = 'GET') =>
  exchange(
    server.url,
    `${method} /docs/scalar.js HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n` +
      `If-None-Match: ${condition}\r\n\r\n`,
  );

test.each<[string, (tag: string) => string]>([
  ['the tag', (known) => known],
  ['the tag without W/, for the comparison is weak', (known) => known.replace('W/', '')],
  ['the tag in a list', (known) => `"a", ${known},W/"b"`],
  ['the tag after one with a comma in it', (known) => `"a,b" , ${known}`],
  ['any', () => '*'],
])('If-None-Match with %s: 304', async (_, condition) => {
  for (const method of ['GET', 'HEAD']) {
    const { status, headers, body } = await ask(condition(tag), method);
    expect([status, body]).toEqual([304, '']);
    expect(headers.etag).toBe(tag);
    expect(headers['cache-control']).toMatch(/^public, max-age=\d+$/);
    expect(headers.vary).toBe('Accept-Encoding');
    expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers['content-type']).toBeUndefined();
  }
});

test.each<[string, (tag: string) => string]>([
  ['another tag', () => 'W/"other"'],
  ['a list of others', () => '"a", W/"b"'],
  ['the beginning of the tag', (known) => `${known.slice(0, -2)}"`],
  ['the tag without its quotes', (known) => known.slice(3, -1)],
  ['a tag that has the tag in it', (known) => `"${known.slice(3, -1)}x"`],
  ['nothing', () => ''],
])('If-None-Match with %s: 200', async (_, condition) => {
  const { status, headers } = await ask(condition(tag), 'HEAD');
  expect([status, headers.etag]).toEqual([200, tag]);
});

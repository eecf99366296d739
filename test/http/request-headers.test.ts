import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { READING } from '../support/test-service.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

/** Sends a reading with just these headers, name after value, as they are. */
const post = async (...headers: readonly string[]): Promise<IncomingMessage> => {
  const body = JSON.stringify(READING);
  const sent = request(`${server.url}/metrics/heart-rate`, {
    method: 'POST',
    agent: false,
    headers: ['Host', 'here', 'Content-Length', String(body.length), ...headers],
  });
  sent.end(body);
  const [answer] = (await once(sent, 'response')) as [IncomingMessage];
  answer.resume();
  return answer;
};

it.each([
  [200, ['Content-Type', 'application/json']],
  [200, ['cONTENT-tYPE', 'application/json; charset=utf-8']],
  [200, ['Content-Type', 'application/json', 'Content-Encoding', 'Identity']],
  [415, []],
  [415, ['Content-Type', 'text/plain']],
  [415, ['Content-Type', 'application/json', 'Content-Type', 'application/json']],
  [415, ['Content-Type', 'application/json', 'content-type', 'text/plain']],
  [415, ['Content-Type', 'application/json', 'Content-Encoding', 'br']],
  [
    415,
    [
      'Content-Type',
      'application/json',
      'Content-Encoding',
      'identity',
      'Content-Encoding',
      'gzip',
    ],
  ],
])('answers %i to a reading with %j', async (status, headers) => {
  expect((await post(...headers)).statusCode).toBe(status);
});

it('a request id that was sent is in the response, but not one of two', async () => {
  const type = ['Content-Type', 'application/json'];
  expect((await post(...type, 'X-Request-ID', 'abc-1')).headers['x-request-id']).toBe('abc-1');
  const two = await post(...type, 'X-Request-Id', 'abc-1', 'x-request-id', 'abc-2');
  expect(two.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
});

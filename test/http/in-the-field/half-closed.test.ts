import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ListeningServer, listen } from '../../../src/http/server.ts';
import { openTestService, READING, type TestService } from '../../support/test-service.ts';
import { openSocket, parseResponse } from '../../support/wire.ts';

/** What a query does until it is let go on. */
let query: { signal: AbortSignal | undefined; goOn: () => void };
let service: TestService;
let server: ListeningServer;
beforeAll(async () => {
  service = await openTestService({
    series: {
      async *run(_, signal) {
        await new Promise<void>((resolve) => {
          query = { signal, goOn: resolve };
        });
        yield [];
      },
      forget: async () => {},
    },
  });
  server = await listen(service.app, { host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
  await server.close();
  await service.close();
});

const receivedAfter = async (sent: string): Promise<string> => {
  const socket = await openSocket(server.url);
  socket.end(sent);
  let text = '';
  for await (const piece of socket.setEncoding('utf8')) text += piece;
  return text;
};

test.each(['1.1', '1.0'])(
  'a client of HTTP/%s that sends no more after its request gets its response',
  async (version) => {
    const body = JSON.stringify(READING);
    const head = `POST /metrics/heart-rate HTTP/${version}\r\nHost: a\r\n`;
    const more = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answer = parseResponse(await receivedAfter(head + more));
    expect([answer.status, answer.body]).toEqual([200, '{"status":"accepted"}']);
  },
);

const RANGE = 'start=2024-01-15T00:00Z&end=2024-01-16T00:00Z';
const slow = (version: string) =>
  `GET /metrics/heart-rate?user_id=u&${RANGE} HTTP/${version}\r\nHost: a\r\n\r\n`;

test.each([
  ['1.1', /^(HTTP\/1\.1 102 Processing\r\n\r\n)+HTTP\/1\.1 404 /],
  ['1.0', /^HTTP\/1\.1 404 /],
])('HTTP/%s: it may wait for it, and its query is not aborted', async (version, expected) => {
  const text = receivedAfter(slow(version));
  await delay(350);
  expect(query.signal?.aborted).toBe(false);
  query.goOn();
  expect(await text).toMatch(expected);
});

test.each(['destroy', 'resetAndDestroy'] as const)(
  'a client that has gone altogether (%s) aborts its query',
  async (leave) => {
    const socket = await openSocket(server.url);
    socket.write(slow('1.1'));
    await delay(50);
    const { signal, goOn } = query;
    socket[leave]();
    await expect.poll(() => signal?.aborted).toBe(true);
    goOn();
  },
);

import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { CONNECTION_LIMITS, type ListeningServer, listen } from '../../../src/http/server.ts';
import { validatorOf } from '../../support/contract.ts';
import { openTestService, READING, type TestService } from '../../support/test-service.ts';
import { exchange, openSocket, received } from '../../support/wire.ts';

let service: TestService;
let server: ListeningServer;
beforeAll(async () => {
  service = await openTestService();
  const limits = { ...CONNECTION_LIMITS, headersTimeoutMs: 200, requestTimeoutMs: 400 };
  server = await listen(service.app, { host: '127.0.0.1', port: 0 }, limits);
});
afterAll(async () => {
  await server.close();
  await service.close();
});
beforeEach(() => {
  service.logged.length = 0;
});

/** How many requests were counted, by method, route and status. */
const counts = async (): Promise<Record<string, number>> => {
  const metrics = await (await service.get('/metrics')).text();
  const lines = metrics.matchAll(
    /^http_request_duration_seconds_count\{method="(.*)",route="(.*)",status="(.*)"\} (\d+)$/gm,
  );
  return Object.fromEntries(
    [...lines].map(([, ...label]) => [label.slice(0, 3).join(' '), Number(label[3])]),
  );
};

/** What was counted while something was done, without the asking itself. */
const countedIn = async (act: () => Promise<unknown>): Promise<Record<string, number>> => {
  const before = await counts();
  await act();
  const after = await counts();
  return Object.fromEntries(
    Object.entries(after)
      .map(([label, count]): [string, number] => [label, count - (before[label] ?? 0)])
      .filter(([label, count]) => count > 0 && label !== 'GET /metrics 200'),
  );
};

const START = 'POST /metrics/heart-rate HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine-1\r\n';
const HEAD = `${START}Content-Type: application/json\r\n`;

test.each([
  ['no HTTP', '\x16\x03\x01\x02\x00\r\n\r\n', 400, 'malformed-http'],
  ['a method that is none', 'get /livez HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'malformed-http'],
  ['a header without a colon', 'GET / HTTP/1.1\r\nHost: a\r\nno\r\n\r\n', 400, 'malformed-http'],
  [
    'bytes that are not ASCII',
    'GET /?user_id=é HTTP/1.1\r\nHost: a\r\n\r\n',
    400,
    'malformed-http',
  ],
  [
    'no valid Host',
    'GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n',
    400,
    'malformed-http',
  ],
  ['headers that never end', 'GET /livez HTTP/1.1\r\nHost: a\r\nX-A: ', 408, 'request-timeout'],
  ['large headers', `${HEAD}X-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
])('%s: answered, counted and logged', async (_, sent, status, kind) => {
  let answer = { status: 0, headers: {} as Readonly<Record<string, string>>, body: '' };
  const counted = await countedIn(async () => {
    answer = await exchange(server.url, sent);
  });
  expect(answer.status).toBe(status);
  const problem: unknown = JSON.parse(answer.body);
  expect(validatorOf('#/components/schemas/Problem')(problem)).toBe(true);
  expect(problem).toMatchObject({ status, type: `urn:problem:heart-rate:${kind}` });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/problem+json',
    'content-length': String(answer.body.length),
    'cache-control': 'no-store',
    connection: 'close',
  });
  expect(counted).toEqual({ [`other unmatched ${status}`]: 1 });
  const requestId = answer.headers['x-request-id'];
  expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
  const lines = service.logged.filter((line) => line.requestId === requestId);
  // Nothing says what was asked for, and no line says that it was "/".
  expect(lines).not.toContainEqual(expect.objectContaining({ path: expect.anything() }));
  expect(lines).toEqual([
    expect.objectContaining({
      msg: 'request',
      level: 30,
      method: 'other',
      route: 'unmatched',
      status,
    }),
  ]);
});

test.each([
  ['never ends', `${HEAD}Content-Length: 500\r\n\r\n{`, 408],
  ['has a chunk that is none', `${HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\nabcdefg\r\n`, 400],
])('a body that %s is that of one request, counted once', async (_, sent, status) => {
  let answer = { status: 0, headers: {} as Readonly<Record<string, string>>, body: '' };
  const counted = await countedIn(async () => {
    answer = await exchange(server.url, sent);
    await delay(50); // The handler learns of it last.
  });
  expect([answer.status, answer.headers['x-request-id']]).toEqual([status, 'mine-1']);
  expect(counted).toEqual({ [`POST /metrics/heart-rate ${status}`]: 1 });
  const lines = service.logged.filter(({ requestId }) => requestId === 'mine-1');
  expect(lines).toEqual([expect.objectContaining({ route: '/metrics/heart-rate', status })]);
});

test('a request that had its response before its body gets no second one', async () => {
  let responses = '';
  const counted = await countedIn(async () => {
    const sent = `${START}Transfer-Encoding: chunked\r\n\r\n`;
    const socket = await openSocket(server.url);
    socket.setEncoding('utf8').on('data', (piece: string) => {
      responses += piece;
    });
    socket.write(sent);
    await once(socket, 'data');
    socket.write('no chunk\r\n');
    await once(socket, 'end');
    socket.destroy();
  });
  expect(responses.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 415']);
  expect(counted).toEqual({ 'POST /metrics/heart-rate 415': 1 });
});

test.each([
  ['GET /livez', 200],
  ['GET /devices?x=1', 400],
  ['PUT /livez', 405],
  ['POST /nope', 404],
  ['POST /metrics/heart-rate', 415],
  ['DELETE /metrics/heart-rate?user_id=user_123', 200],
])(
  '%s with a broken body that it does not need: its own response, and no other',
  async (request, status) => {
    await service.postJson('/metrics/heart-rate', READING);
    let responses = '';
    const counted = await countedIn(async () => {
      const head = `${request} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`;
      responses = await received(server.url, `${head}zz\r\n\r\n`);
    });
    expect(responses.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`]);
    expect(Object.values(counted)).toEqual([1]);
  },
);

test('who resets the connection is not told, and no request that the parser refused', async () => {
  const counted = await countedIn(async () => {
    const socket = await openSocket(server.url);
    socket.write('GET /livez HTTP/1.1\r\nHo');
    await delay(20);
    socket.resetAndDestroy();
    await delay(50);
  });
  expect(counted).toEqual({});
});

test('what follows a request is answered after it, and does not change its count', async () => {
  let answers = '';
  const body = JSON.stringify(READING);
  const head = `${HEAD}Content-Length: ${body.length}\r\n\r\n`;
  const first = head + body;
  const counted = await countedIn(async () => {
    answers = await received(server.url, `${first}nonsense\r\n\r\n`);
  });
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
  expect(counted).toEqual({ 'POST /metrics/heart-rate 200': 1, 'other unmatched 400': 1 });
});

test('CONNECT behind a request is answered after it', async () => {
  const body = JSON.stringify(READING);
  const first = `${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`;
  const answers = await received(server.url, `${first}CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n`);
  expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 400']);
});

test.each(['', 'GET /metrics/heart-rate/stream?user_id=ann HTTP/1.1\r\nHost: a\r\n\r\n'])(
  'who sends CONNECT and resets the connection does not end the process: %j before it',
  async (before) => {
    const errors: Error[] = [];
    const heard = (error: Error) => void errors.push(error);
    process.on('uncaughtExceptionMonitor', heard);
    onTestFinished(() => void process.off('uncaughtExceptionMonitor', heard));
    for (let i = 0; i < 30; i++) {
      const socket = await openSocket(server.url);
      socket.write(`${before}CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n`);
      await delay(i % 4);
      socket.resetAndDestroy();
    }
    await delay(100);
    expect(errors).toEqual([]);
  },
);

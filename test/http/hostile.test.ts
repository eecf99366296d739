import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { CONNECTION_LIMITS, type ListeningServer, listen } from '../../src/http/server.ts';
import { validatorOf } from '../support/contract.ts';
import { openTestService, READING, type TestService } from '../support/test-service.ts';

let service: TestService;
let server: ListeningServer;
beforeAll(async () => {
  service = await openTestService({ maxBodyBytes: 100_000 });
  const limits = { ...CONNECTION_LIMITS, headersTimeoutMs: 200, requestTimeoutMs: 4_000 };
  server = await listen(service.app, { host: '127.0.0.1', port: 0 }, limits);
});
afterAll(async () => {
  await server.close();
  await service.close();
});

afterEach(async () => {
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  expect(service.stored()).toBe(0);
});

const open = async (): Promise<Socket> => {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.on('error', () => {}); // The service may well hang up on what is sent here.
  await once(socket, 'connect');
  return socket;
};

/** All that comes back on the connection until it is closed. */
const received = async (socket: Socket): Promise<string> => {
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await once(socket, 'close');
  return text;
};

const send = async (text: string | Buffer): Promise<string> => {
  const socket = await open();
  socket.write(text);
  return received(socket);
};

const expectProblem = (answer: string, status: number): void => {
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(head).toMatch(/content-type: application\/problem\+json/i);
  expect(head).toMatch(/x-request-id: \S+/i);
  const problem: unknown = JSON.parse(body);
  expect(validatorOf('#/components/schemas/Problem')(problem)).toBe(true);
  expect(problem).toMatchObject({ status });
};

const HEAD = 'POST /metrics/heart-rate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
const CLOSE = 'Connection: close\r\n';

test.each([
  ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n', 400],
  ['no Host', 'GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
  ['a Host that is none', `GET /livez HTTP/1.1\r\nHost: a b/c\r\n${CLOSE}\r\n`, 400],
  ['a header without a colon', 'GET /livez HTTP/1.1\r\nHost: a\r\nnope\r\n\r\n', 400],
  ['NUL in a header', 'GET /livez HTTP/1.1\r\nHost: a\r\nX-A: \0\r\n\r\n', 400],
  ['a length and chunks', `${HEAD}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`, 400],
  ['two lengths', `${HEAD}Content-Length: 5\r\nContent-Length: 6\r\n\r\n`, 400],
  ['a negative length', `${HEAD}Content-Length: -1\r\n\r\n`, 400],
  ['a header of 20,000 bytes', `${HEAD}X-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
  ['a flood of headers', HEAD + 'X-A: b\r\n'.repeat(5_000), 431],
  ['a flood of short headers', `${HEAD}${'a: b\r\n'.repeat(2_800)}\r\n`, 431],
  [
    'a second Host behind many headers',
    `${HEAD}${CLOSE}${'a: b\r\n'.repeat(2_600)}Host: b\r\n\r\n`,
    400,
  ],
  ['a path of 20,000 bytes', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
  ['TRACE', `TRACE /devices HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`, 405],
  ['a method of WebDAV', `PROPFIND /devices HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`, 405],
  ['a path with dots', `GET /docs/../../etc/passwd HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`, 404],
  ['a path with NUL', `GET /docs/%00 HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`, 404],
  ['a path that is no UTF-8', `GET /%ff%fe HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`, 400],
] as const)('%s is answered with a problem', async (_name, text, status) => {
  expectProblem(await send(text), status);
});

test('separators count as well: 16 KiB of headers are taken, and not a byte more', async () => {
  const start = 'GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n';
  const statusOf = async (bytes: number) => {
    const head = `${start}${'a: b\r\n'.repeat(2_000)}`;
    const padding = 'c'.repeat(bytes - head.length - 'X: \r\n\r\n'.length);
    return Number((await send(`${head}X: ${padding}\r\n\r\n`)).split(' ')[1]);
  };
  expect(await statusOf(16_384)).toBe(200);
  expect(await statusOf(16_385)).toBe(431);
});

test('a length of a gigabyte is refused before the body comes', async () => {
  expectProblem(await send(`${HEAD}${CLOSE}Content-Length: 1000000000\r\n\r\n{"user`), 413);
});

test('chunks without an end are refused as soon as there are too many', async () => {
  const socket = await open();
  const answer = received(socket);
  socket.write(`${HEAD}${CLOSE}Transfer-Encoding: chunked\r\n\r\n`);
  const chunk = `2710\r\n${'a'.repeat(10_000)}\r\n`;
  for (let sent = 0; sent < 500 && !socket.destroyed; sent++) {
    socket.write(chunk);
    await delay(1);
  }
  expectProblem(await answer, 413);
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
])('a %s bomb is unpacked no further than a body may be large', async (coding, compress) => {
  const bomb = compress(Buffer.alloc(50_000_000));
  expect(bomb.length).toBeLessThan(100_000); // So it is not refused for its own size.
  const head = `${HEAD}${CLOSE}Content-Encoding: ${coding}\r\nContent-Length: ${bomb.length}\r\n\r\n`;
  const startMs = performance.now();
  const startBytes = process.memoryUsage.rss();
  expectProblem(await send(Buffer.concat([Buffer.from(head), bomb])), 413);
  expect(performance.now() - startMs).toBeLessThan(1_000);
  expect(process.memoryUsage.rss() - startBytes).toBeLessThan(40_000_000);
});

test.each([
  ['a chunk extension', `5;${'a'.repeat(100_000)}`, 400],
  ['a trailer', `0\r\nX-A: ${'a'.repeat(100_000)}`, 431],
  ['a flood of trailers', `0\r\n${'X-A: b\r\n'.repeat(5_000)}`, 431],
])('%s without an end is refused as soon as it is too long', async (_, body, status) => {
  const head = `${HEAD}${CLOSE}Transfer-Encoding: chunked\r\n\r\n`;
  expectProblem(await send(head + body), status);
});

test('headers that never end are not waited for', async () => {
  const startMs = performance.now();
  expectProblem(await send('GET /livez HTTP/1.1\r\nHost: a\r\nX-Slow: '), 408);
  expect(performance.now() - startMs).toBeLessThan(3_900); // So it was not the request's time.
});

test('a body that never ends is not waited for', async () => {
  const socket = await open();
  const answer = received(socket);
  socket.write(`${HEAD}Content-Length: 500\r\n\r\n`);
  while (!socket.destroyed) {
    socket.write(' ');
    await delay(100);
  }
  expectProblem(await answer, 408);
});

test('who hangs up in the middle of a body has stored nothing', async () => {
  const body = JSON.stringify(READING);
  for (const end of ['destroy', 'resetAndDestroy'] as const) {
    const socket = await open();
    socket.write(`${HEAD}Content-Length: ${body.length + 1}\r\n\r\n${body}`);
    await delay(30);
    socket[end]();
  }
  await delay(50);
  const failures = service.logged.filter(({ msg }) => msg === 'request failed');
  expect(failures).toEqual([]);
});

test('what follows a refused body on the same connection is a request of its own', async () => {
  const refused = `${HEAD}Content-Length: 2\r\n\r\n[]`;
  const next = `GET /livez HTTP/1.1\r\nHost: a\r\n${CLOSE}\r\n`;
  const answers = await send(refused + next);
  expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 400', 'HTTP/1.1 200']);
});

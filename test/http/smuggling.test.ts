import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { READING } from '../support/test-service.ts';
import { openSocket } from '../support/wire.ts';

/**
 * Request smuggling (RFC 9112 11.2): a proxy in front takes the bytes for one request, the service
 * for two, and the second is in nobody's log. Each shape ends with a request that stores a reading,
 * hidden where the two may differ: it must not be carried out.
 */
let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());
afterEach(async () => {
  expect(server.service.stored()).toBe(0);
  expect((await server.get('/livez')).status).toBe(200);
});

const BODY = JSON.stringify(READING);
const HIDDEN =
  'POST /metrics/heart-rate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n' +
  `Content-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`;
const START = 'POST /metrics/heart-rate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';
const CHUNKED_END = `0\r\n\r\n${HIDDEN}`;
const LENGTH = `Content-Length: ${CHUNKED_END.length}\r\n`;

/** What was not answered by then is waited for by the service. */
const PATIENCE_MS = 1_500;

/** The responses until the service closes the connection, or waits for more. */
const received = async (url: string, sent: string): Promise<string> => {
  const socket = await openSocket(url);
  socket.write(sent, 'latin1');
  let text = '';
  socket.setEncoding('latin1').on('data', (piece: string) => {
    text += piece;
  });
  socket.on('error', () => {}); // The service may well hang up on what is sent here.
  await Promise.race([once(socket, 'end'), once(socket, 'close'), sleep(PATIENCE_MS)]);
  socket.destroy();
  return text;
};

const statusesOf = (answers: string): string[] =>
  [...answers.matchAll(/^HTTP\/1\.1 (\d+) /gm)].map(([, status = '']) => status);

test.each([
  ['a length and chunks', `${LENGTH}Transfer-Encoding: chunked\r\n`],
  ['chunks and a length', `Transfer-Encoding: chunked\r\n${LENGTH}`],
  ['a coding that is none', `${LENGTH}Transfer-Encoding: xchunked\r\n`],
  ['chunked, but not last', `${LENGTH}Transfer-Encoding: chunked, identity\r\n`],
  ['chunked twice', `${LENGTH}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n`],
  ['chunked and then another', 'Transfer-Encoding: chunked\r\nTransfer-Encoding: cow\r\n'],
  ['a blank before the colon', `${LENGTH}Transfer-Encoding : chunked\r\n`],
  ['a tab before the value', `${LENGTH}Transfer-Encoding:\tchunked\r\n`],
  ['a vertical tab before the value', `${LENGTH}Transfer-Encoding:\vchunked\r\n`],
  ['a blank before the name', `${LENGTH} Transfer-Encoding: chunked\r\n`],
  ['a folded value', `${LENGTH}Transfer-Encoding:\r\n chunked\r\n`],
  ['a folded header before', `${LENGTH}X: 1\r\n Transfer-Encoding: chunked\r\n`],
  ['capitals', `${LENGTH}TRANSFER-ENCODING: CHUNKED\r\n`],
  ['quotes', `${LENGTH}Transfer-Encoding: "chunked"\r\n`],
  ['a carriage return alone', `${LENGTH}X: 1\rTransfer-Encoding: chunked\r\n`],
  ['a line feed alone', `${LENGTH}X: 1\nTransfer-Encoding: chunked\r\n`],
  ['NUL in the name', `${LENGTH}Transfer-Encoding\0: chunked\r\n`],
  ['an underscore in the name', `${LENGTH}Transfer_Encoding: chunked\r\n`],
  ['two lengths', `Content-Length: 5\r\n${LENGTH}`],
  ['two lengths in one', `Content-Length: 5, ${CHUNKED_END.length}\r\n`],
  ['a length with a sign', `Content-Length: +5\r\n`],
  ['a negative length', 'Content-Length: -5\r\n'],
  ['a length in hexadecimal', 'Content-Length: 0x5\r\n'],
  ['a length with blanks in it', 'Content-Length: 1 5\r\n'],
  ['a length that overflows', `Content-Length: ${2n ** 64n + 5n}\r\n`],
])('%s: what is hidden is not carried out', async (_, headers) => {
  const answers = await received(server.url, `${START}${headers}\r\n${CHUNKED_END}`);
  expect(statusesOf(answers)).toEqual(['400']);
});

test.each([
  ['a size that overflows', `${'f'.repeat(17)}0\r\n`],
  ['a size with a sign', '+0\r\n\r\n'],
  ['a size with a prefix', '0x0\r\n\r\n'],
  ['a blank before the size', ' 0\r\n\r\n'],
  ['a size that ends in a line feed alone', '0\n\r\n'],
  ['a line feed alone at the end', '0\r\n\n'],
  ['a carriage return in an extension', '0;a\rb\r\n\r\n'],
  ['data longer than its size', '1\r\nabc\r\n0\r\n\r\n'],
  ['data without an end', '1\r\na0\r\n\r\n'],
  ['a trailer that is no header', '0\r\nnone\r\n\r\n'],
])('a chunk with %s: what is hidden is not carried out', async (_, chunk) => {
  const head = `${START}Transfer-Encoding: chunked\r\n\r\n`;
  expect(statusesOf(await received(server.url, head + chunk + HIDDEN))).toEqual(['400']);
});

test.each([
  ['a line feed alone behind the request line', `GET /livez HTTP/1.1\nHost: a\r\n\r\n${HIDDEN}`],
  ['a line feed alone behind a header', `GET /livez HTTP/1.1\r\nHost: a\n\r\n${HIDDEN}`],
  ['a carriage return in the target', `GET /livez\rX HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`],
  ['two targets', `GET /livez /docs HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`],
  ['HTTP/2', `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${HIDDEN}`],
  ['HTTP/1.2', `GET /livez HTTP/1.2\r\nHost: a\r\n\r\n${HIDDEN}`],
  ['CONNECT', `CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n${HIDDEN}`],
])('%s: refused, and the connection is closed', async (_, sent) => {
  expect(statusesOf(await received(server.url, sent))).toEqual(['400']);
});

test.each([
  ['GET', `GET /livez HTTP/1.1\r\nHost: a\r\nContent-Length: ${HIDDEN.length}\r\n`],
  ['HEAD', `HEAD /livez HTTP/1.1\r\nHost: a\r\nContent-Length: ${HIDDEN.length}\r\n`],
  ['OPTIONS', `OPTIONS /livez HTTP/1.1\r\nHost: a\r\nContent-Length: ${HIDDEN.length}\r\n`],
  [
    'a method override',
    `GET /livez HTTP/1.1\r\nHost: a\r\nX-HTTP-Method-Override: POST\r\nContent-Length: ${HIDDEN.length}\r\n`,
  ],
])('%s with a body: the body is no request', async (_, head) => {
  const last = 'GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const answers = await received(server.url, `${head}\r\n${HIDDEN}${last}`);
  // At most the last one is carried out besides.
  expect(statusesOf(answers).length).toBeLessThanOrEqual(2);
  expect(answers).not.toContain('accepted');
});

test.each(['websocket', 'h2c', 'HTTP/3.0'])('an upgrade to %s is not made', async (protocol) => {
  const head = `GET /livez HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: ${protocol}\r\n\r\n`;
  const answers = await received(server.url, head);
  expect(statusesOf(answers)).toEqual(['200']);
});

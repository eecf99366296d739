import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { JSON_TYPE, NDJSON_TYPE, READING } from '../../support/test-service.ts';

const LIMIT = 4_096;
const SINGLE = '/metrics/heart-rate';
const BATCH = '/metrics/heart-rate/batch';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer({ maxBodyBytes: LIMIT });
});
afterAll(() => server.close());

interface Sent {
  readonly coding: string;
  readonly body: Uint8Array;
  readonly path?: string;
  readonly type?: Record<string, string>;
  /** Whether the body goes out with its length, and not in chunks. */
  readonly hasLength?: boolean;
}

const send = async ({ coding, body, path = SINGLE, type = JSON_TYPE, hasLength = true }: Sent) => {
  const length = hasLength ? { 'content-length': body.length } : {};
  const sent = request(server.url + path, {
    method: 'POST',
    agent: false,
    headers: { ...type, 'content-encoding': coding, ...length },
  });
  const answered = new Promise<{ status: number; taken: unknown; problem: { detail?: string } }>(
    (resolve, reject) => {
      sent.on('error', reject).on('response', async (answer) => {
        const { statusCode: status = 0, headers } = answer;
        const taken = headers['accept-encoding'];
        resolve({ status, taken, problem: JSON.parse(await text(answer)) });
      });
    },
  );
  for (let at = 0; at < body.length; at += 1_000) sent.write(body.subarray(at, at + 1_000));
  sent.end();
  return answered;
};

/** A reading in exactly so many bytes. */
const readingOf = (bytes: number): string => JSON.stringify(READING).padEnd(bytes, ' ');
/** Bytes that cannot be made fewer. */
const noise = (bytes: number): Buffer =>
  Buffer.from(Uint32Array.from({ length: bytes / 4 }, () => Math.random() * 2 ** 32).buffer);

const LINES = `${JSON.stringify(READING)}\n`.repeat(20);

test.each([
  ['gzip', gzipSync(readingOf(300))],
  ['GZIP', gzipSync(readingOf(300))],
  ['x-gzip', gzipSync(readingOf(300))],
  ['deflate', deflateSync(readingOf(300))],
])('a reading in %s is taken', async (coding, body) => {
  for (const hasLength of [true, false]) {
    const before = server.service.stored();
    expect((await send({ coding, body, hasLength })).status).toBe(200);
    expect(server.service.stored()).toBe(before + 1);
  }
});

test('lines are taken as well, and count as they were before', async () => {
  const sent = { path: BATCH, type: NDJSON_TYPE, coding: 'gzip', body: gzipSync(LINES) };
  expect(await send(sent)).toMatchObject({ status: 200, problem: { count: 20 } });
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
])('%s: the content may have as many bytes as the limit says, and no more', async (...row) => {
  const [coding, compress] = row;
  expect((await send({ coding, body: compress(readingOf(LIMIT)) })).status).toBe(200);
  const before = server.service.stored();
  const answer = await send({ coding, body: compress(readingOf(LIMIT + 1)) });
  expect(answer.status).toBe(413);
  expect(answer.problem.detail).toBe(
    'The body may have at most 4096 bytes when it is decompressed.',
  );
  expect(server.service.stored()).toBe(before);
});

test.each([true, false])(
  'what is sent may not have more either (length: %s)',
  async (hasLength) => {
    const body = gzipSync(noise(LIMIT + 400));
    const answer = await send({ coding: 'gzip', body, hasLength });
    expect([answer.status, answer.problem.detail]).toEqual([
      413,
      'The body may have at most 4096 bytes.',
    ]);
  },
);

const GZIP = gzipSync(readingOf(300));
const DEFLATE = deflateSync(readingOf(300));
const CHANGED = Buffer.from(GZIP);
CHANGED[GZIP.length - 6] = (GZIP.at(-6) ?? 0) ^ 1; // In the checksum.

test.each([
  ['gzip', 'cut short', GZIP.subarray(0, -1)],
  ['gzip', 'no trailer', GZIP.subarray(0, -8)],
  ['gzip', 'a wrong checksum', CHANGED],
  ['gzip', 'garbage behind', Buffer.concat([GZIP, Buffer.from('more')])],
  ['gzip', 'half a member behind', Buffer.concat([GZIP, GZIP.subarray(0, 20)])],
  ['gzip', 'zeros behind', Buffer.concat([GZIP, Buffer.alloc(1)])],
  ['gzip', 'two members', Buffer.concat([gzipSync(' '), GZIP])],
  ['gzip', 'deflate', DEFLATE],
  ['gzip', 'plain', Buffer.from(readingOf(300))],
  ['gzip', 'nothing', Buffer.alloc(0)],
  ['deflate', 'cut short', DEFLATE.subarray(0, -1)],
  ['deflate', 'garbage behind', Buffer.concat([DEFLATE, Buffer.from('more')])],
  ['deflate', 'zeros behind', Buffer.concat([DEFLATE, Buffer.alloc(1)])],
  ['deflate', 'two streams', Buffer.concat([DEFLATE, DEFLATE])],
  ['deflate', 'without the wrapper of zlib', deflateRawSync(readingOf(300))],
  ['deflate', 'a dictionary', deflateSync(readingOf(300), { dictionary: Buffer.from('user') })],
  ['deflate', 'gzip', GZIP],
])('%s, %s: 400, and nothing is stored', async (coding, _, body) => {
  const before = server.service.stored();
  const errors = [{ pointer: '', detail: `is not one complete ${coding} stream` }];
  expect(await send({ coding, body })).toMatchObject({ status: 400, problem: { errors } });
  expect(server.service.stored()).toBe(before);
});

test.each([
  'br',
  'zstd',
  'compress',
  'gzip, gzip',
  'identity, gzip',
  '',
  'constructor',
  'gzip;q=1',
])('the coding %j is not taken, and the answer says which are', async (coding) => {
  const answer = await send({ coding, body: GZIP });
  expect([answer.status, answer.taken]).toEqual([415, 'gzip, deflate']);
});

test('a type that is not taken says nothing of codings', async () => {
  const sent = { coding: 'gzip', body: GZIP, type: { 'content-type': 'text/csv' } };
  expect(await send(sent)).toMatchObject({ status: 415, taken: undefined });
});

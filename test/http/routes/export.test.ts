import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { HttpServices } from '../../../src/http/http-app.ts';
import { ReadingExports } from '../../../src/query/export/reading-exports.ts';
import type { ReadingsPiece } from '../../../src/query/export/readings-piece.ts';
import type { SeriesQuery } from '../../../src/query/series-query.ts';
import { until } from '../../support/store.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { READING } from '../../support/test-service.ts';

const PATH = '/metrics/heart-rate/export';
const ANN = `${PATH}?user_id=ann`;

/** Over the wire: so are its headers, its end and its being cut off. */
const openServer = async (overrides: Partial<HttpServices> = {}): Promise<TestServer> => {
  const server = await openTestServer(overrides);
  onTestFinished(() => server.close());
  return server;
};

const storedFor = async (
  server: TestServer,
  userId: string,
  ...times: readonly string[]
): Promise<void> => {
  for (const timestamp of times) {
    const reading = { ...READING, user_id: userId, timestamp };
    expect((await server.postJson('/metrics/heart-rate', reading)).status).toBe(200);
  }
};

const TYPES = {
  ndjson: 'application/x-ndjson',
  csv: 'text/csv; charset=utf-8; header=present',
  parquet: 'application/vnd.apache.parquet',
  fhir: 'application/fhir+ndjson',
};

describe('the format', () => {
  test.each([
    ['ndjson by default', '', undefined, TYPES.ndjson],
    ['ndjson for anything', '', '*/*', TYPES.ndjson],
    ['ndjson for a browser', '', 'text/html,application/xhtml+xml,*/*;q=0.8', TYPES.ndjson],
    ['ndjson where Accept names none of them', '', 'application/json', TYPES.ndjson],
    ['what Accept names', '', 'text/csv', TYPES.csv],
    ['what Accept names, Parquet', '', 'application/vnd.apache.parquet', TYPES.parquet],
    ['what Accept likes best', '', 'text/csv;q=0.5, application/fhir+ndjson', TYPES.fhir],
    ['not what Accept rules out', '', 'text/csv;q=0, */*', TYPES.ndjson],
    ['by name', '&format=csv', undefined, TYPES.csv],
    ['by name, whatever Accept says', '&format=parquet', 'text/csv', TYPES.parquet],
  ])('is %s', async (_, search, accept, type) => {
    const server = await openServer();
    await storedFor(server, 'ann', '2024-01-15T10:00:00Z');
    const answer = await server.get(ANN + search, accept === undefined ? {} : { accept });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type]);
    expect(answer.headers.get('vary')?.split(', ')).toContain('Accept');
  });
});

test.each([
  ['ann', 'attachment; filename="heart-rate-ann.ndjson"'],
  ['../../etc/passwd', 'attachment; filename="heart-rate-.._.._etc_passwd.ndjson"'],
  ['a"b\\c;d e', 'attachment; filename="heart-rate-a_b_c_d_e.ndjson"'],
  [
    "Zoë (7)'*",
    `attachment; filename="heart-rate-Zo__(7)__.ndjson"; filename*=UTF-8''heart-rate-Zo%C3%AB_%287%29__.ndjson`,
  ],
  // A right-to-left override would show another ending than there is.
  ['x\u202egnp.exe', 'attachment; filename="heart-rate-x_gnp.exe.ndjson"'],
  [
    '\u{1f493}'.repeat(128),
    `attachment; filename="heart-rate-${'_'.repeat(50)}.ndjson"; filename*=UTF-8''heart-rate-${'%F0%9F%92%93'.repeat(50)}.ndjson`,
  ],
])('the file of %j has a name that is safe', async (userId, disposition) => {
  const server = await openServer();
  await storedFor(server, userId, '2024-01-15T10:00:00Z');
  const answer = await server.get(`${PATH}?user_id=${encodeURIComponent(userId)}`);
  expect(answer.headers.get('content-disposition')).toBe(disposition);
});

test('the range is half-open and open where it is not given; a device may be chosen', async () => {
  const server = await openServer();
  await storedFor(server, 'ann', '1970-01-01T00:00:00Z', '2024-01-15T10:00:00.5Z');
  await storedFor(server, 'ann', '2199-12-31T23:59:59.999999Z');
  await server.postJson('/metrics/heart-rate', {
    ...READING,
    user_id: 'ann',
    device_id: 'other',
    timestamp: '2024-01-15T10:00:00.5Z',
  });
  const ask = async (search: string) => {
    const text = await (await server.get(ANN + search)).text();
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line).timestamp.slice(0, 4));
  };
  expect(await ask('')).toEqual(['1970', '2024', '2024', '2199']);
  expect(await ask('&start=2024-01-15T10:00:00.5Z')).toEqual(['2024', '2024', '2199']);
  expect(await ask('&end=2024-01-15T10:00:00.5Z')).toEqual(['1970']);
  expect(await ask('&device_id=other')).toEqual(['2024']);
});

test('nothing at all is 404, by whatever was asked for', async () => {
  const server = await openServer();
  await storedFor(server, 'ann', '2024-01-15T10:00:00Z');
  for (const search of [
    'ben',
    'ann&device_id=x',
    'ann&start=2024-01-15T10:00:01Z&format=parquet',
  ]) {
    const answer = await server.get(`${PATH}?user_id=${search}`);
    expect([answer.status, answer.headers.get('content-disposition')]).toEqual([404, null]);
  }
});

test('HEAD has the headers and nothing else, and holds nothing', async () => {
  const server = await openServer();
  await storedFor(server, 'ann', '2024-01-15T10:00:00Z');
  const answer = await server.ask('HEAD', `${ANN}&format=csv`);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, TYPES.csv]);
  expect(answer.headers.get('content-disposition')).toContain('.csv"');
  expect((await server.ask('HEAD', `${PATH}?user_id=ben`)).status).toBe(404);
});

test('it is compressed for those who ask', async () => {
  const server = await openServer();
  await storedFor(server, 'ann', '2024-01-15T10:00:00Z');
  const asked = get(server.url + ANN, { headers: { 'accept-encoding': 'gzip' } });
  const [answer] = (await once(asked, 'response')) as [IncomingMessage];
  const body = await buffer(answer);
  expect(answer.headers['content-encoding']).toBe('gzip');
  expect(answer.headers.vary).toBe('Accept, Accept-Encoding');
  expect(gunzipSync(body).toString()).toMatch(/^\{"device_id":"device_a".*\}\n$/);
});

const ROWS = 2_500;

/** Gives pieces for ever; what happens in between is up to a test. */
class Pieces {
  given = 0;
  isEnded = false;
  beforePiece: (piece: number) => Promise<void> = async () => {};

  async *readings(): AsyncGenerator<ReadingsPiece> {
    try {
      for (;;) {
        await this.beforePiece(this.given++);
        yield {
          timestampsMicros: Float64Array.from({ length: ROWS }, (_, i) => i * 1_000_000),
          heartRates: new Float64Array(ROWS).fill(70),
          devices: new Uint32Array(ROWS),
          deviceIds: ['device_a'],
        };
      }
    } finally {
      this.isEnded = true;
    }
  }
}

const openEndless = async (pieces: Pieces, maxExports = 8) => {
  const query: Pick<SeriesQuery, 'readings'> = pieces;
  const exports = new ReadingExports(query, { maxExports });
  const server = await openServer({ exports });
  return { server, exports };
};

const ask = async (server: TestServer, search = ''): Promise<IncomingMessage> => {
  const [answer] = await once(get(server.url + ANN + search, { agent: false }), 'response');
  return answer as IncomingMessage;
};

const lengthOf = async (answer: IncomingMessage): Promise<number> => {
  let bytes = 0;
  for await (const chunk of answer) bytes += (chunk as Buffer).length;
  return bytes;
};

test.each(Object.keys(TYPES))(
  'a failure in the middle of %s breaks the connection, and the service goes on',
  async (format) => {
    const pieces = new Pieces();
    pieces.beforePiece = async (piece) => {
      if (piece === 5) throw new Error('a disk that fails');
    };
    const { server, exports } = await openEndless(pieces);
    const answer = await ask(server, `&format=${format}`);
    expect(answer.statusCode).toBe(200);
    await expect(lengthOf(answer)).rejects.toThrow('aborted');
    expect(answer.complete).toBe(false);
    expect(exports.running).toBe(0);
    expect((await server.get('/livez')).status).toBe(200);
  },
);

test('a failure before the first reading is told as such', async () => {
  const pieces = new Pieces();
  pieces.beforePiece = () => Promise.reject(new Error('a disk that fails'));
  const { server, exports } = await openEndless(pieces);
  expect([(await server.get(ANN)).status, exports.running]).toEqual([500, 0]);
});

test.each(['ndjson', 'csv', 'fhir'])(
  'who does not read %s is waited for, and who leaves ends it',
  async (format) => {
    const pieces = new Pieces();
    const { server, exports } = await openEndless(pieces);
    const answer = await ask(server, `&format=${format}`);
    answer.pause();
    let before = -1;
    await until('the reading pauses', async () => {
      const isPaused = pieces.given === before;
      before = pieces.given;
      await new Promise((resolve) => setTimeout(resolve, 100));
      return isPaused;
    });
    expect([pieces.isEnded, exports.running]).toEqual([false, 1]);
    answer.destroy();
    await until('it has ended', () => pieces.isEnded);
    expect(pieces.given).toBeLessThan(before + 10);
    expect(exports.running).toBe(0);
    expect(server.service.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  },
);

test('an erasure breaks it off, and what was erased is not sent any more', async () => {
  const pieces = new Pieces();
  const { server } = await openEndless(pieces);
  await storedFor(server, 'ann', '2024-01-15T10:00:00Z');
  const answer = await ask(server);
  const ends = expect(lengthOf(answer)).rejects.toThrow('aborted');
  // One that finds nothing does not: whoever may erase something else could end it again and again.
  const other = '/metrics/heart-rate?user_id=ann&device_id=device_z';
  expect((await server.ask('DELETE', other)).status).toBe(404);
  const before = pieces.given;
  await until('it goes on', () => pieces.given > before + 2);
  expect((await server.ask('DELETE', '/metrics/heart-rate?user_id=ann')).status).toBe(200);
  await ends;
  expect(pieces.isEnded).toBe(true);
});

test('more than may run at once are told to wait, and may when one has ended', async () => {
  const pieces = new Pieces();
  const { server } = await openEndless(pieces, 1);
  const answer = await ask(server);
  answer.pause();
  const refused = await server.get(ANN);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await refused.json()).toMatchObject({ detail: 'There are too many exports.' });
  answer.destroy();
  await until('it has ended', () => pieces.isEnded);
  const next = await ask(server);
  expect(next.statusCode).toBe(200);
  next.destroy();
});

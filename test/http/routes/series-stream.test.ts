import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { seriesJson } from '../../../src/http/responses/series-json.ts';
import { listen } from '../../../src/http/server.ts';
import { ClientGoneError } from '../../../src/query/client-gone.ts';
import type { SeriesPiece } from '../../../src/query/series-piece.ts';
import { until } from '../../support/store.ts';
import { ORIGIN, openTestService, type TestService } from '../../support/test-service.ts';

const START = Date.UTC(2024, 0, 1) * 1000;
const MINUTE = 60_000_000;
const ROWS = 1_440;
const YEAR = 'user_id=ann&start=2024-01-01T00:00:00Z&end=2025-01-01T00:00:00Z';
const PATH = `/metrics/heart-rate?${YEAR}`;

/** The minutes of a day. */
const pieceOf = (day: number): SeriesPiece => ({
  bucketsMicros: Float64Array.from({ length: ROWS }, (_, i) => START + (day * ROWS + i) * MINUTE),
  means: new Float64Array(ROWS).fill(70.5),
  minima: new Float64Array(ROWS).fill(60),
  maxima: new Float64Array(ROWS).fill(80),
  counts: new Uint32Array(ROWS).fill(2),
  devices: new Uint32Array(ROWS),
  deviceIds: ['device_a'],
});

/** Gives day after day; what happens in between is up to a test. */
class Days {
  readonly days: number;
  given = 0;
  isEnded = false;
  /** The signal of the last request. */
  signal: AbortSignal | undefined;
  /** How many answers are being read. */
  underWay = 0;
  beforeDay: (day: number) => Promise<void> = async () => {};

  constructor(days: number) {
    this.days = days;
  }

  async *run(_request: unknown, signal?: AbortSignal): AsyncGenerator<readonly SeriesPiece[]> {
    this.signal = signal;
    this.underWay++;
    try {
      for (let day = 0; day < this.days; day++) {
        await this.beforeDay(day);
        if (signal?.aborted) throw new ClientGoneError();
        this.given++;
        yield [pieceOf(day)];
      }
    } finally {
      this.isEnded = true;
      this.underWay--;
    }
  }

  forget(): void {}
}

const openService = async (series: Days): Promise<TestService> => {
  const service = await openTestService({ series });
  onTestFinished(() => service.close());
  return service;
};

/** The service on a port of this machine, and an answer of it as it comes in. */
const ask = async (service: TestService, encoding = 'identity'): Promise<IncomingMessage> => {
  const server = await listen(service.app, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const options = { agent: false, headers: { 'accept-encoding': encoding } };
  const [answer] = await once(get(server.url + PATH, options), 'response');
  return answer as IncomingMessage;
};

const lengthOf = async (answer: IncomingMessage): Promise<number> => {
  let bytes = 0;
  for await (const chunk of answer) bytes += (chunk as Buffer).length;
  return bytes;
};

const requestLines = ({ logged }: TestService) => logged.filter(({ msg }) => msg === 'request');

test('a long answer is the same text, with the headers that all have, and is counted at its end', async () => {
  const series = new Days(10);
  const service = await openService(series);
  const answer = await service.app.fetch(new Request(ORIGIN + PATH));
  expect(answer.status).toBe(200);
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': expect.any(String),
  });
  expect(series.given).toBeLessThan(10);
  expect(requestLines(service)).toEqual([]);
  const pieces = Array.from({ length: 10 }, (_, day) => pieceOf(day));
  expect(await answer.text()).toBe(seriesJson('ann', pieces, { withStats: false }));
  await until('it is logged', () => requestLines(service).length === 1);
  expect(requestLines(service)[0]).toMatchObject({ status: 200, route: '/metrics/heart-rate' });
  const metrics = await (await service.get('/metrics')).text();
  expect(metrics).toMatch(/request_duration_seconds_count\{[^}]*heart-rate"[^}]*200[^}]*\} 1/);
  expect(metrics).toContain('heart_rate_query_duration_seconds_count 1');
});

test('the time in which a client reads nothing is none of the query', async () => {
  const service = await openService(new Days(10));
  const answer = await service.app.fetch(new Request(ORIGIN + PATH));
  await sleep(400);
  await answer.text();
  const metrics = await (await service.get('/metrics')).text();
  expect(metrics).toContain('heart_rate_query_duration_seconds_count 1');
  const [, sum] = /heart_rate_query_duration_seconds_sum (\S+)/.exec(metrics) ?? [];
  expect(Number(sum)).toBeGreaterThan(0);
  expect(Number(sum)).toBeLessThan(0.35);
});

test('it is as the contract says, with stats too', async () => {
  const service = await openService(new Days(5));
  const answer = await service.get(`${PATH}&include=stats`);
  const { data, count } = (await answer.json()) as { data: unknown[]; count: number };
  expect([data.length, count]).toEqual([5 * ROWS, 5 * ROWS]);
  expect(data.at(-1)).toEqual({
    timestamp: '2024-01-05T23:59:00Z',
    heart_rate: 70.5,
    device_id: 'device_a',
    min: 60,
    max: 80,
    sample_count: 2,
  });
});

test('an answer that is short enough has its length', async () => {
  const service = await openService(new Days(3));
  const answer = await ask(service);
  const bytes = await lengthOf(answer);
  expect(answer.headers['content-length']).toBe(String(bytes));
  expect(answer.headers['transfer-encoding']).toBeUndefined();
});

test('HEAD reads no more than the beginning, and lets go of it', async () => {
  const series = new Days(100);
  const service = await openService(series);
  const answer = await service.fetch(new Request(ORIGIN + PATH, { method: 'HEAD' }));
  expect([answer.status, await answer.text()]).toEqual([200, '']);
  expect(series.isEnded).toBe(true);
  expect(series.given).toBeLessThan(10);
  await until('it is logged', () => requestLines(service).length === 1);
});

test.each(['identity', 'gzip'])(
  'when it cannot be completed the connection is cut, and the service goes on: %s',
  async (encoding) => {
    const series = new Days(50);
    series.beforeDay = async (day) => {
      if (day === 30) throw new Error('a disk that fails');
    };
    const service = await openService(series);
    const answer = await ask(service, encoding);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-encoding'] ?? 'identity').toBe(encoding);
    await expect(lengthOf(answer)).rejects.toThrow('aborted');
    expect(answer.complete).toBe(false);
    await until('it is logged', () => requestLines(service).length === 1);
    const failure = service.logged.find(({ msg }) => msg === 'a response was broken off');
    expect(failure).toMatchObject({ err: { message: 'a disk that fails' } });
    // Errors that nobody listens for would come now.
    await sleep(20);
    expect((await service.get('/livez')).status).toBe(200);
  },
);

test('what fails before the first byte is told as such', async () => {
  const series = new Days(50);
  series.beforeDay = async (day) => {
    if (day === 2) throw new Error('a disk that fails');
  };
  const service = await openService(series);
  expect((await service.get(PATH)).status).toBe(500);
});

test('nothing more is read for one who has gone, or who does not take what there is', async () => {
  const series = new Days(10_000);
  const service = await openService(series);
  const answer = await ask(service);
  answer.pause();
  let before = -1;
  await until('the reading pauses', async () => {
    const isPaused = series.given === before;
    before = series.given;
    await sleep(50);
    return isPaused;
  });
  expect(series.given).toBeLessThan(1_000);
  answer.destroy();
  await until('it has ended', () => series.isEnded);
  expect(series.given).toBeLessThan(before + 10);
  await until('it is logged', () => requestLines(service).length === 1);
  expect(service.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test('nothing more is compressed for one who has gone', async () => {
  const series = new Days(10_000);
  const service = await openService(series);
  const answer = await ask(service, 'gzip');
  await once(answer, 'data');
  answer.destroy();
  await until('it has ended', () => series.isEnded);
  expect(series.given).toBeLessThan(5_000);
  await until('it is logged', () => requestLines(service).length === 1);
  expect(service.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test('one who goes before the first byte is no mistake of the service', async () => {
  const series = new Days(50);
  const leaving = new AbortController();
  series.beforeDay = async (day) => {
    if (day === 1) leaving.abort();
  };
  const service = await openService(series);
  const answer = await service.app.fetch(new Request(ORIGIN + PATH, { signal: leaving.signal }));
  expect(answer.status).toBe(499);
  expect([series.given, series.isEnded]).toEqual([1, true]);
  expect(service.logged.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test.each([
  ['of which all is sent at once', 3],
  ['that would be streamed', 50],
])('by wire, the query for a series %s ends with its client', async (_, days) => {
  const series = new Days(days);
  const service = await openService(series);
  const server = await listen(service.app, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  series.beforeDay = async (day) => {
    if (day !== 1) return;
    client.destroy();
    await until('the request is aborted', () => series.signal?.aborted === true);
  };
  const client = get(server.url + PATH, { agent: false }).on('error', () => {});
  await until('it is logged', () => requestLines(service).length === 1);
  expect([series.given, series.isEnded]).toEqual([1, true]);
  expect(requestLines(service)).toMatchObject([{ status: 499 }]);
});

test('a client that reads nothing for a minute loses its connection, and the series is ended', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  const series = new Days(300);
  const service = await openService(series);
  const { body } = await service.app.fetch(new Request(ORIGIN + PATH));
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  await reader.read();
  vi.advanceTimersByTime(59_000);
  // One that is slow has as long again for each piece.
  await reader.read();
  vi.advanceTimersByTime(59_000);
  expect(series.isEnded).toBe(false);
  vi.advanceTimersByTime(2_000);
  await expect(reader.read()).rejects.toThrow(/read nothing for 60 s/);
  expect(series.isEnded).toBe(true);
  expect(requestLines(service)).toHaveLength(1);
});

test('what is read for requests that were sent one after the other is let go when their client leaves', async () => {
  const series = new Days(300);
  const service = await openService(series);
  const server = await listen(service.app, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => server.close());
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const request = `GET ${PATH} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  socket.write(request + request + request);
  socket.pause();
  await until('all of them are read', () => series.underWay === 3);
  await sleep(200);
  socket.destroy();
  await until('none of them is', () => series.underWay === 0);
});

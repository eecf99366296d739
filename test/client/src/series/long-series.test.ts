import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createHeartRateClient, type SeriesQuery } from '../../../../client/src/index.ts';
import { partsOf } from '../../../../client/src/series/long-series.ts';
import { json, startScriptedServer } from '../../../support/scripted-server.ts';
import { openTestServer, type TestServer } from '../../../support/test-server.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2022, 0, 1);
const at = (dayMs: number): string => new Date(START_MS + dayMs).toISOString();

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
  const client = createHeartRateClient({ baseUrl: server.url });
  // Every 5 hours and a bit for 1,300 days, so that buckets lie on all places where parts meet.
  const readings = Array.from({ length: 6_000 }, (_, index) => ({
    user_id: 'u',
    device_id: index % 3 === 0 ? 'device_b' : 'device_a',
    timestamp: at(index * 5.2 * 3_600_000),
    heart_rate: 60 + (index % 61),
  }));
  await client.ingestBatch(readings);
});
afterAll(() => server.close());

test('the parts of a range cover it, share two days, and none is too long', () => {
  const parts = partsOf({ start: at(0), end: at(1_300 * DAY_MS) });
  expect(parts).toHaveLength(4);
  expect(parts[0]).toMatchObject({ start: at(0), fromMs: Number.NEGATIVE_INFINITY });
  expect(parts.at(-1)).toMatchObject({ end: at(1_300 * DAY_MS) });
  for (const [index, { start, end, untilMs }] of parts.entries()) {
    expect(Date.parse(end) - Date.parse(start)).toBeLessThanOrEqual(400 * DAY_MS);
    const next = parts[index + 1];
    if (next === undefined) continue;
    expect(next.fromMs).toBe(untilMs);
    expect(untilMs - Date.parse(next.start)).toBe(2 * DAY_MS);
    expect(Date.parse(end) - untilMs).toBe(2 * DAY_MS);
  }
});

test.each<[string, Partial<SeriesQuery>]>([
  ['UTC minutes', {}],
  ['UTC hours', { interval: '1h' }],
  ['UTC days', { interval: '1d' }],
  ['local days', { interval: '1d', tz: 'America/New_York', include: ['stats'] }],
  ['local days that begin late', { interval: '1d', tz: 'Pacific/Kiritimati' }],
  ['local hours with three quarters', { interval: '1h', tz: 'Asia/Kathmandu' }],
])('%s of 1,300 days are those of shorter ranges', async (_, options) => {
  const client = createHeartRateClient({ baseUrl: server.url });
  const whole = await client.query({
    user_id: 'u',
    ...options,
    start: new Date(START_MS + 1_234_567),
    end: at(1_299.5 * DAY_MS),
  });
  // Each bucket by itself, from ranges that begin elsewhere than the parts.
  const rows = new Map<string, unknown>();
  for (let day = -100; day < 1_300; day += 300) {
    const start = Math.max(day * DAY_MS, 1_234_567);
    const end = Math.min((day + 310) * DAY_MS, 1_299.5 * DAY_MS);
    const range = { start: at(start), end: at(end) };
    const series = await client.query({ user_id: 'u', ...options, ...range });
    for (const row of series?.data ?? []) {
      const fromStartMs = Date.parse(row.timestamp) - START_MS;
      if (fromStartMs < (day + 5) * DAY_MS && day > 0) continue;
      if (fromStartMs < (day + 305) * DAY_MS) rows.set(row.timestamp, row);
    }
  }
  expect(whole?.count).toBe(whole?.data.length);
  expect(whole?.data).toEqual([...rows.values()]);
  expect(whole?.user_id).toBe('u');
});

test.each([
  ['2022-01-01T00:00:00', '2024-02-20T01:00:00', 2],
  ['2022-01-01T00:00', '2024-02-20T01:00:00,000001Z', 3],
  ['2022-01-01 00:00:00Z', '2024-02-20T03:00:00+02', 2],
  ['2022-01-01T00:00:00 -00:00', '2024-02-19 11:00:00 -1400', 2],
])('%s to %s means the same in every time zone of a machine', async (start, end, count) => {
  vi.stubEnv('TZ', 'America/New_York');
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const client = createHeartRateClient({ baseUrl: server.url });
  const about = { user_id: 'edges', device_id: 'd', heart_rate: 60 };
  await client.ingestBatch(
    [
      '2023-06-01T00:00:00Z',
      '2024-02-20T00:59:59Z',
      '2024-02-20T01:00:00Z',
      '2024-02-20T02:30:00Z',
    ].map((timestamp) => ({ ...about, timestamp })),
  );
  const series = await client.query({ user_id: 'edges', start, end });
  const buckets = ['2023-06-01T00:00:00Z', '2024-02-20T00:59:00Z', '2024-02-20T01:00:00Z'];
  expect(series?.data.map(({ timestamp }) => timestamp)).toEqual(buckets.slice(0, count));
});

test('a long range without readings is null, and one with some in one part is that', async () => {
  const client = createHeartRateClient({ baseUrl: server.url });
  const range = { start: '1990-01-01T00:00:00Z', end: '2010-01-01T00:00:00Z' };
  expect(await client.query({ user_id: 'u', ...range })).toBeNull();
  const some = { start: '2010-01-01T00:00:00Z', end: at(1) };
  expect(await client.query({ user_id: 'u', ...some })).toMatchObject({ count: 1 });
});

test('a deadline is one for all parts', async () => {
  const none = json(404, { type: 'urn:problem:heart-rate:no-readings', title: '', status: 404 });
  const { baseUrl, received } = await startScriptedServer((response, request) => {
    setTimeout(() => none(response, request), 200);
  });
  const client = createHeartRateClient({ baseUrl });
  const query = { user_id: 'u', start: at(0), end: at(9_000 * DAY_MS) };
  await expect(client.query(query, { deadlineMs: 500 })).rejects.toThrow(/Nothing came/);
  expect(received.length).toBeLessThan(4);
});

test('a range of up to 399 days is one request', async () => {
  const series = { user_id: 'u', count: 0, data: [] };
  const { baseUrl, received } = await startScriptedServer(json(400, series));
  const client = createHeartRateClient({ baseUrl });
  const query = { user_id: 'u', start: at(0), end: at(399 * DAY_MS) };
  await expect(client.query(query)).rejects.toThrow();
  expect(received).toHaveLength(1);
});

test.each([
  ['T00:00:00+23:59', 'T23:59:59.999999-23:59'],
  ['T23:59:59.999999-23:59', 'T00:00:00+23:59'],
  ['T00:00:00', 'T00:00:00,000001'],
])('no part is too long, however far apart the offsets are: %s, %s', async (first, last) => {
  const client = createHeartRateClient({ baseUrl: server.url });
  for (const days of [396, 397, 398, 399, 400, 401, 780, 790, 795]) {
    const start = `2022-01-05${first}`;
    const end = at((days + 4) * DAY_MS).slice(0, 10) + last;
    expect(await client.query({ user_id: 'u', start, end })).toMatchObject({ user_id: 'u' });
  }
});

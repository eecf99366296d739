import { afterEach, beforeEach, expect, test } from 'vitest';
import type { StoreHealth } from '../../../src/storage/reading-store.ts';
import { WELL } from '../../support/health.ts';
import { ORIGIN, openTestService, READING, type TestService } from '../../support/test-service.ts';

let health: StoreHealth;
let service: TestService;
beforeEach(async () => {
  health = {
    ...WELL,
    unflushedReadings: 240,
    segments: 1,
    parts: 3,
    oldestUnflushedMs: 1500,
    mostPartsOfDay: 2,
    mergeDebtBytes: 4096,
    currentStepMs: 250,
  };
  service = await openTestService();
});
afterEach(() => service.close());

/** The service with a store that says of itself what `health` says. */
const withHealth = (changes: Partial<StoreHealth>) => {
  Object.assign(health, changes);
  service.store.health = () => health;
};

test('health, when all is well', async () => {
  withHealth({});
  const beforeSeconds = process.uptime();
  const body = (await (await service.get('/health')).json()) as { uptime_seconds: number };
  expect(body.uptime_seconds).toBeGreaterThanOrEqual(beforeSeconds);
  expect(body.uptime_seconds).toBeLessThanOrEqual(process.uptime());
  expect(body).toEqual({
    status: 'ok',
    reasons: [],
    version: '0.1.0',
    uptime_seconds: expect.any(Number),
    storage: {
      unflushed_readings: 240,
      oldest_unflushed_seconds: 1.5,
      segments: 1,
      parts: 3,
      most_parts_of_day: 2,
      merge_debt_bytes: 4096,
      current_step_seconds: 0.25,
    },
  });
  expect(await (await service.get('/readyz')).json()).toEqual({ status: 'ok', reasons: [] });
  expect(await (await service.get('/livez')).json()).toEqual({ status: 'ok' });
});

test('a degraded store is ready, and says why it is degraded', async () => {
  withHealth({ state: 'degraded', reasons: ['A part is damaged.'] });
  for (const path of ['/health', '/readyz']) {
    const answer = await service.get(path);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      status: 'degraded',
      reasons: ['A part is damaged.'],
    });
  }
});

test('an unavailable store is not ready, and says why; the process lives', async () => {
  withHealth({ state: 'unavailable', reasons: ['The log cannot be written.'] });
  for (const path of ['/health', '/readyz']) {
    const answer = await service.get(path);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ detail: 'The log cannot be written.' });
  }
  expect((await service.get('/livez')).status).toBe(200);
});

const metricsOf = async (): Promise<Map<string, number>> => {
  const answer = await service.get('/metrics');
  expect(answer.headers.get('content-type')).toContain('version=0.0.4');
  const lines = (await answer.text()).split('\n').filter((line) => /^[a-z]/.test(line));
  return new Map(lines.map((line) => [line.replace(/ \S+$/, ''), Number(/\S+$/.exec(line)?.[0])]));
};

test('metrics count readings and time requests by route', async () => {
  await service.postJson('/metrics/heart-rate', READING);
  await service.postJson('/metrics/heart-rate/batch', { readings: [READING, READING] });
  await service.postJson('/metrics/heart-rate', {});
  const bad = { ...READING, user_id: '', heart_rate: 0 };
  await service.postJson('/metrics/heart-rate/batch', { readings: [READING, bad, bad] });
  await service.get('/secret/path');
  await service.get('/metrics/heart-rate?user_id=u');
  const metrics = await metricsOf();
  expect(metrics.get('heart_rate_readings_accepted_total')).toBe(3);
  expect(metrics.get('heart_rate_readings_rejected_total')).toBe(3);
  expect(metrics.get('heart_rate_unflushed_readings')).toBe(3);
  expect(metrics.get('heart_rate_store_state{state="ok"}')).toBe(1);
  expect(metrics.get('heart_rate_store_state{state="unavailable"}')).toBe(0);
  expect(metrics.get('heart_rate_log_commit_duration_seconds_count')).toBeGreaterThan(0);
  const requests = (method: string, route: string, status: number) =>
    metrics.get(
      `http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`,
    );
  expect(requests('POST', '/metrics/heart-rate', 200)).toBe(1);
  expect(requests('POST', '/metrics/heart-rate', 400)).toBe(1);
  expect(requests('POST', '/metrics/heart-rate/batch', 400)).toBe(1);
  expect(requests('GET', '/metrics/heart-rate', 400)).toBe(1);
  expect(requests('GET', 'unmatched', 404)).toBe(1);
});

test('queries are counted and timed, those that find nothing too', async () => {
  const path = '/metrics/heart-rate?user_id=user_123&start=2024-01-15T00:00:00Z';
  await service.postJson('/metrics/heart-rate', READING);
  const startedMs = performance.now();
  expect((await service.get(`${path}&end=2024-01-16T00:00:00Z`)).status).toBe(200);
  expect((await service.get(`${path}&end=2024-01-15T00:00:01Z`)).status).toBe(404);
  // Refused before there is a query.
  expect((await service.get(`${path}&end=2024-01-14T00:00:00Z`)).status).toBe(400);
  const tookSeconds = (performance.now() - startedMs) / 1000;
  const metrics = await metricsOf();
  expect(metrics.get('heart_rate_query_duration_seconds_count')).toBe(2);
  const sum = metrics.get('heart_rate_query_duration_seconds_sum') ?? 0;
  expect(sum).toBeGreaterThan(0);
  expect(sum).toBeLessThan(tookSeconds);
});

test('metrics say what the store says of its work', async () => {
  withHealth({});
  const metrics = await metricsOf();
  expect(
    [
      'unflushed_readings',
      'oldest_unflushed_seconds',
      'log_segments',
      'parquet_parts',
      'parquet_parts_of_day_max',
      'merge_debt_bytes',
      'maintenance_step_seconds',
    ].map((name) => metrics.get(`heart_rate_${name}`)),
  ).toEqual([240, 1.5, 1, 3, 2, 4096, 0.25]);
});

test('each request is logged with its id, and without what it says of a person', async () => {
  const path = '/metrics/heart-rate?user_id=alice&start=2024-01-15T00:00:00Z';
  const answer = await service.get(path, { 'x-request-id': 'trace-7' });
  expect(answer.headers.get('x-request-id')).toBe('trace-7');
  const line = service.logged.find(({ msg }) => msg === 'request');
  expect(line).toMatchObject({
    requestId: 'trace-7',
    method: 'GET',
    route: '/metrics/heart-rate',
    status: 400,
    durationMs: expect.any(Number),
  });
  expect(JSON.stringify(service.logged)).not.toContain('alice');
});

test('what was sent to a wrong address or in a wrong way is neither in logs nor in metrics', async () => {
  await service.get('/users/alice/heart-rate?rate=61.75');
  await service.ask('PUT', '/metrics/heart-rate/alice');
  await service.postJson('/metrics/heart-rate', {
    user_id: 'alice',
    device_id: 'alice-watch',
    timestamp: '2024-01-15T10:00:00Z',
    heart_rate: '61.75',
  });
  const lines = service.logged.filter(({ msg }) => msg === 'request');
  expect(lines.map(({ route, status }) => [route, status])).toEqual([
    ['unmatched', 404],
    ['unmatched', 404],
    ['/metrics/heart-rate', 400],
  ]);
  const metrics = await (await service.get('/metrics')).text();
  for (const text of [JSON.stringify(service.logged), metrics]) {
    expect(text).not.toMatch(/alice|61\.75/);
  }
});

test('a request that went well is counted, and logged only in detail', async () => {
  await service.get('/livez');
  await service.get('/nowhere');
  const levels = service.logged.filter(({ msg }) => msg === 'request').map(({ level }) => level);
  expect(levels).toEqual([20, 30]);
});

test.each(['', 'a b', 'x'.repeat(256), '<script>'])(
  'a request id of %j is replaced by a new one',
  async (sent) => {
    const answer = await service.get('/livez', { 'x-request-id': sent });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  },
);

test.each(['/health', '/devices', '/metrics', '/openapi.yaml', '/docs'])(
  'HEAD %s is GET without the body',
  async (path) => {
    const get = await service.get(path);
    const head = await service.fetch(new Request(ORIGIN + path, { method: 'HEAD' }));
    expect([head.status, head.headers.get('content-type')]).toEqual([
      get.status,
      get.headers.get('content-type'),
    ]);
    expect(await head.text()).toBe('');
  },
);

test.each([
  ['/metrics/heart-rate', 'DELETE, GET, HEAD, OPTIONS, POST'],
  ['/metrics/heart-rate/batch', 'OPTIONS, POST'],
  ['/devices', 'GET, HEAD, OPTIONS'],
])('the methods of %s are %s', async (path, allow) => {
  const answer = await service.fetch(new Request(ORIGIN + path, { method: 'PATCH' }));
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow]);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { createHeartRateClient, type HeartRateClient } from '../../../client/src/index.ts';
import { checked } from '../../support/contract.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';

let server: TestServer;
let client: HeartRateClient;
beforeAll(async () => {
  server = await openTestServer();
  client = createHeartRateClient({
    baseUrl: server.url,
    retry: { attempts: 1 },
    fetch: checked((request) => fetch(request)),
  });
});
afterAll(() => server.close());

const at = (user_id: string, time: string, heart_rate: number, device_id = 'device_a') => ({
  user_id,
  device_id,
  timestamp: `2024-01-15T${time}`,
  heart_rate,
});
const dayOf = (user_id: string) => ({
  user_id,
  start: '2024-01-15T00:00:00Z',
  end: '2024-01-16T00:00:00Z',
});

test('what was sent, one by one and together, is in the series', async () => {
  const user = 'Zoë & co +1';
  await client.ingest(at(user, '10:00:00Z', 70));
  await client.ingestBatch([
    at(user, '10:00:00Z', 80, 'device_b'),
    at(user, '12:00:30+02:00', 90, 'device_b'),
    at(user, '10:05:00Z', 61.5),
  ]);
  expect(await client.query(dayOf(user))).toEqual({
    user_id: user,
    data: [
      { timestamp: '2024-01-15T10:00:00Z', heart_rate: 80, device_id: 'device_a' },
      { timestamp: '2024-01-15T10:05:00Z', heart_rate: 61.5, device_id: 'device_a' },
    ],
    count: 2,
  });
  const best = await client.query({ ...dayOf(user), interval: '1h', priority_scope: 'bucket' });
  expect(best?.data.map((row) => row.heart_rate)).toEqual([65.75]);
});

test('a range without readings is null', async () => {
  expect(await client.query(dayOf('nobody'))).toBeNull();
});

test('a refusal carries the problem', async () => {
  const refused = client.ingest(at('refused', '10:00:00Z', 400));
  await expect(refused).rejects.toMatchObject({
    name: 'HeartRateApiError',
    status: 400,
    problem: { errors: [{ pointer: '/heart_rate' }] },
    requestId: expect.any(String),
  });
  expect(await client.query(dayOf('refused'))).toBeNull();
});

test.each([
  ['no reading', 0, 400],
  ['one reading too many', 10_001, 400],
  ['a body too large', 100_000, 413],
])('a batch with %s is refused whole', async (_, count, status) => {
  const user = `batch of ${count}`;
  const batch = Array.from({ length: count }, (_, i) =>
    at(user, `10:00:00.${String(i).padStart(6, '0')}Z`, 70),
  );
  await expect(client.ingestBatch(batch)).rejects.toMatchObject({ status });
  expect(await client.query(dayOf(user))).toBeNull();
});

test('a batch without its invalid readings, when that is what one wants', async () => {
  const user = 'skips';
  const batch = [at(user, '10:00:00Z', 70), at(user, '10:01:00Z', 400), at(user, 'noon', 70)];
  expect(await client.ingestBatch(batch, { onInvalid: 'skip' })).toMatchObject({
    count: 1,
    rejected: 2,
    errors: [{ pointer: '/readings/1/heart_rate' }, { pointer: '/readings/2/timestamp' }],
  });
  expect((await client.query(dayOf(user)))?.count).toBe(1);
  await expect(client.ingestBatch(batch.slice(1), { onInvalid: 'skip' })).rejects.toMatchObject({
    status: 400,
    problem: { invalid_count: 2 },
  });
});

test('the largest batch is taken', async () => {
  const batch = Array.from({ length: 10_000 }, (_, i) =>
    at('largest batch', `10:00:00.${String(i).padStart(6, '0')}Z`, 60 + (i % 3)),
  );
  await client.ingestBatch(batch);
  const series = await client.query({ ...dayOf('largest batch'), include: ['stats'] });
  expect(series?.data[0]?.sample_count).toBe(10_000);
});

test('the latest reading, until it is erased', async () => {
  await client.ingestBatch([at('latest', '10:00:00Z', 70), at('latest', '12:00:00+01:00', 71)]);
  expect(await client.latest({ user_id: 'latest' })).toEqual(at('latest', '11:00:00Z', 71));
  expect(await client.latest({ user_id: 'latest', device_id: 'other' })).toBeNull();
  await client.erase({ user_id: 'latest' });
  expect(await client.latest({ user_id: 'latest' })).toBeNull();
});

test('the devices of a user', async () => {
  await client.ingestBatch([at('devices', '10:00:00Z', 70), at('devices', '11:00:00Z', 71)]);
  const first = '2024-01-15T10:00:00Z';
  const last = '2024-01-15T11:00:00Z';
  expect(await client.userDevices(dayOf('devices'))).toEqual([
    { device_id: 'device_a', first, last, readings: 2, days: 1 },
  ]);
  expect(await client.userDevices(dayOf('nobody'))).toEqual([]);
});

test('an erased user has no series', async () => {
  await client.ingestBatch([at('erased', '10:00:00Z', 70), at('erased', '10:00:01Z', 71)]);
  expect(await client.erase({ user_id: 'erased' })).toBe(2);
  expect(await client.query(dayOf('erased'))).toBeNull();
  expect(await client.erase({ user_id: 'erased' })).toBe(0);
});

test('devices and health', async () => {
  expect(await client.devices()).toEqual([
    { device_id: 'device_a', priority: 1 },
    { device_id: 'device_b', priority: 2 },
  ]);
  expect(await client.health()).toMatchObject({ status: 'ok', reasons: [] });
});

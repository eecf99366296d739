import { expect, test } from 'vitest';
import { createHeartRateClient } from '../../../client/src/index.ts';
import { deliver, type Sourced } from '../../../src/import/delivery/deliver.ts';
import { json, type Step, startScriptedServer } from '../../support/scripted-server.ts';
import { openTestServer } from '../../support/test-server.ts';

const sourced = (second: number, heartRate: number): Sourced => ({
  reading: {
    user_id: 'user_123',
    device_id: 'a',
    timestamp: new Date(Date.UTC(2024, 0, 15) + second * 1000).toISOString(),
    heart_rate: heartRate,
  },
  input: 'file',
  place: `row ${second}`,
  row: {},
});

/** More than the service lists at once. */
const BAD = 45;

test('every reading that the service refuses is named, also beyond those that it lists', async () => {
  const server = await openTestServer();
  const client = createHeartRateClient({ baseUrl: server.url });
  const batch = Array.from({ length: 200 }, (_, i) => sourced(i, i < BAD ? 10 : 70));
  const refused = await deliver(client, batch);
  expect(refused.map(({ sourced: { place } }) => place)).toEqual(
    Array.from({ length: BAD }, (_, i) => `row ${i}`),
  );
  expect(refused[0]?.reason).toBe('must be at least 30');
  const series = await client.query({
    user_id: 'user_123',
    start: '2024-01-15T00:00:00Z',
    end: '2024-01-16T00:00:00Z',
    include: ['stats'],
  });
  const stored = series?.data.reduce((sum, { sample_count = 0 }) => sum + sample_count, 0);
  expect(stored).toBe(200 - BAD);
  await server.close();
});

test('a refusal of the whole request is an error, and is not taken for one of its readings', async () => {
  const refuse: Step = json(400, { type: 'about:blank', title: 'Bad Request', status: 400 });
  const { baseUrl, received } = await startScriptedServer(refuse);
  const run = deliver(createHeartRateClient({ baseUrl }), [sourced(1, 70), sourced(2, 70)]);
  await expect(run).rejects.toThrow('400 Bad Request');
  expect(received).toHaveLength(1);
});

test('nothing to send is no request', async () => {
  const { baseUrl, received } = await startScriptedServer(json(500, {}));
  expect(await deliver(createHeartRateClient({ baseUrl }), [])).toEqual([]);
  expect(received).toEqual([]);
});

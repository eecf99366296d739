import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTestService, READING, type TestService } from '../../support/test-service.ts';

let service: TestService;
beforeEach(async () => {
  service = await openTestService();
  await store({});
});
afterEach(() => service.close());

const PATH = '/metrics/heart-rate';
const store = (changes: object) => service.postJson(PATH, { ...READING, ...changes });

const QUERIES = [
  `${PATH}?user_id=user_123&start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z`,
  `${PATH}/latest?user_id=user_123`,
] as const;

const tagOf = async (query: string, headers = {}): Promise<string> =>
  (await service.get(query, headers)).headers.get('etag') ?? '';

const ask = (query: string, tag: string) => service.get(query, { 'if-none-match': tag });

test.each(QUERIES)('%s is 304 as long as nothing changed', async (query) => {
  const tag = await tagOf(query);
  expect(tag).toMatch(/^W\/"[\w-]+"$/);
  for (const sent of [tag, tag.slice(2), `"other", ${tag}`, '*']) {
    const response = await ask(query, sent);
    expect([response.status, await response.text()]).toEqual([304, '']);
    expect(response.headers.get('etag')).toBe(tag);
    expect(response.headers.get('cache-control')).toBe('no-store');
  }
  expect(await tagOf(query)).toBe(tag);
  // Readings of other people change nothing.
  await store({ user_id: 'other', heart_rate: 99 });
  expect((await ask(query, tag)).status).toBe(304);
});

test.each(QUERIES)('%s is 200 for one who has something else', async (query) => {
  const tag = await tagOf(query);
  for (const sent of ['W/"other"', '"a", "b"', `"${tag.slice(3, -2)}"`, tag.slice(3, -1), '']) {
    expect((await ask(query, sent)).status).toBe(200);
  }
});

test.each(QUERIES)('%s is 200 with another tag after a reading, late or new', async (query) => {
  const tag = await tagOf(query);
  await store({ timestamp: '2024-01-15T10:00:30Z', heart_rate: 80 });
  const newer = await ask(query, tag);
  expect(newer.status).toBe(200);
  expect(newer.headers.get('etag')).not.toBe(tag);
  const newTag = newer.headers.get('etag') ?? '';
  await store({ timestamp: '2024-01-15T10:00:30Z', heart_rate: 90 });
  const replaced = await ask(query, newTag);
  expect(replaced.status).toBe(200);
  expect(JSON.stringify(await replaced.json())).toMatch(/82\.5|90/);
});

test.each(QUERIES)('%s is 404 after an erasure, whatever one has', async (query) => {
  const tag = await tagOf(query);
  await service.ask('DELETE', `${PATH}?user_id=user_123`);
  for (const sent of [tag, '*']) expect((await ask(query, sent)).status).toBe(404);
  await store({});
  expect((await ask(query, tag)).status).toBe(200);
});

test('an erasure of some readings changes the tag', async () => {
  await store({ device_id: 'device_b' });
  for (const query of QUERIES) {
    const tag = await tagOf(query);
    await service.ask('DELETE', `${PATH}?user_id=user_123&device_id=device_b`);
    expect((await ask(query, tag)).status).toBe(200);
    await store({ device_id: 'device_b' });
  }
});

test('a series that is streamed has a tag as well', async () => {
  const readings = Array.from({ length: 6_000 }, (_, minute) => ({
    ...READING,
    timestamp: new Date(Date.UTC(2024, 0, 15) + minute * 60_000).toISOString(),
  }));
  await service.postJson(`${PATH}/batch`, { readings });
  const query = `${PATH}?user_id=user_123&start=2024-01-15T00:00Z&end=2024-02-01T00:00Z`;
  const whole = await service.get(query);
  expect(await whole.json()).toHaveProperty('count', 6_000);
  const tag = whole.headers.get('etag') ?? '';
  expect((await ask(query, tag)).status).toBe(304);
  expect((await ask(query, '*')).status).toBe(304);
  await store({ timestamp: '2024-01-15T10:00:30Z' });
  expect((await ask(query, tag)).status).toBe(200);
});

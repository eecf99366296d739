import { afterEach, beforeEach, expect, test } from 'vitest';
import { ORIGIN, openTestService, READING, type TestService } from '../support/test-service.ts';

let service: TestService;
beforeEach(async () => {
  service = await openTestService();
});
afterEach(() => service.close());

const PATH = '/metrics/heart-rate';
const RANGE = 'start=2024-01-01T00:00:00Z&end=2024-02-01T00:00:00Z';

const erase = (search: string) =>
  service.fetch(new Request(`${ORIGIN}${PATH}?${search}`, { method: 'DELETE' }));
const statusOfSeries = async (userId: string) =>
  (await service.get(`${PATH}?user_id=${userId}&${RANGE}`)).status;

test('a user is erased at once, others stay, and what comes later is kept', async () => {
  await service.postJson(PATH, READING);
  await service.postJson(PATH, { ...READING, heart_rate: 80 });
  await service.postJson(PATH, { ...READING, timestamp: '2024-01-16T10:00:00Z' });
  await service.postJson(PATH, { ...READING, user_id: 'somebody_else' });

  const answer = await erase('user_id=user_123');
  expect(answer.status).toBe(200);
  // The correction of the first reading is not another reading.
  expect(await answer.json()).toEqual({ status: 'erased', count: 2 });
  expect(await statusOfSeries('user_123')).toBe(404);
  expect(await statusOfSeries('somebody_else')).toBe(200);

  await service.postJson(PATH, READING);
  expect(await statusOfSeries('user_123')).toBe(200);
});

test('what queries remember of the user goes as well, and of nobody else', async () => {
  const forgotten: string[] = [];
  const series = {
    async *run() {},
    forget: (id: string) => void forgotten.push(id),
  };
  const other = await openTestService({ series });
  await other.postJson(PATH, READING);
  const path = `${ORIGIN}${PATH}?user_id=user_123`;
  expect((await other.fetch(new Request(path, { method: 'DELETE' }))).status).toBe(200);
  expect(forgotten).toEqual(['user_123']);
  await other.close();
});

test('nobody by that name is 404, and a second erasure too', async () => {
  expect((await erase('user_id=nobody')).status).toBe(404);
  await service.postJson(PATH, READING);
  expect((await erase('user_id=user_123')).status).toBe(200);
  expect((await erase('user_id=user_123')).status).toBe(404);
});

test.each(['', 'user_id=', 'user_id=a&user_id=b', 'user_id=a&start=2024-01-01T00:00:00Z'])(
  'a request that does not say just whom is refused: %j',
  async (search) => {
    await service.postJson(PATH, { ...READING, user_id: 'a' });
    expect((await erase(search)).status).toBe(400);
    expect(await statusOfSeries('a')).toBe(200);
  },
);

import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { ReadingExports } from '../../../src/query/export/reading-exports.ts';
import { ReadVersions } from '../../../src/query/read-versions.ts';
import { SeriesQuery } from '../../../src/query/series-query.ts';
import { ORIGIN, openTestService, READING, type TestService } from '../../support/test-service.ts';

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

test('so it does when the erasure fails, whose readings may be gone all the same', async () => {
  const forgotten: string[] = [];
  const series = { async *run() {}, forget: (id: string) => void forgotten.push(id) };
  const { store } = service;
  const failing = new Proxy(store, {
    get: (_, name: keyof typeof store) =>
      name === 'erase' ? () => Promise.reject(new Error('a thread was lost')) : store[name],
  });
  const other = await openTestService({ series, store: failing });
  const path = `${ORIGIN}${PATH}?user_id=user_123`;
  expect((await other.fetch(new Request(path, { method: 'DELETE' }))).status).toBe(500);
  expect(forgotten).toEqual(['user_123']);
  await other.close();
});

test('one that finds nothing leaves alone what others are given of the user', async () => {
  const forgets = [SeriesQuery, ReadingExports, ReadVersions].map((each) =>
    vi.spyOn(each.prototype, 'forget'),
  );
  onTestFinished(() => void vi.restoreAllMocks());
  await service.postJson(PATH, READING);
  for (const search of ['device_id=device_c', 'start=2024-01-16T00:00:00Z']) {
    expect((await erase(`user_id=user_123&${search}`)).status).toBe(404);
  }
  for (const forget of forgets) expect(forget).not.toHaveBeenCalled();
  expect((await erase('user_id=user_123&device_id=device_a')).status).toBe(200);
  for (const forget of forgets) expect(forget.mock.calls).toEqual([['user_123']]);
});

test('nobody by that name is 404, and a second erasure too', async () => {
  const nobody = await erase('user_id=nobody');
  expect(nobody.status).toBe(404);
  expect(await nobody.json()).toMatchObject({ detail: 'There are no readings of this user.' });
  await service.postJson(PATH, READING);
  expect((await erase('user_id=user_123')).status).toBe(200);
  expect((await erase('user_id=user_123')).status).toBe(404);
});

test.each(['', 'user_id=', 'user_id=a&user_id=b', 'user_id=a&device=b', 'device_id=device_a'])(
  'a request that does not say just whom is refused: %j',
  async (search) => {
    await service.postJson(PATH, { ...READING, user_id: 'a' });
    expect((await erase(search)).status).toBe(400);
    expect(await statusOfSeries('a')).toBe(200);
  },
);

describe('less than a person', () => {
  /** Two devices at ten o'clock, a minute and two minutes later. */
  beforeEach(async () => {
    const readings = ['device_a', 'device_b'].flatMap((device_id) =>
      ['10:00', '10:01', '10:02'].map((time) => ({
        ...READING,
        device_id,
        timestamp: `2024-01-15T${time}:00Z`,
      })),
    );
    await service.postJson(`${PATH}/batch`, { readings });
  });

  /** The minutes that are left of each device. */
  const left = async () => {
    const minutes: Record<string, string[]> = {};
    for (const device of ['device_a', 'device_b']) {
      const answer = await service.get(`${PATH}?user_id=user_123&device_id=${device}&${RANGE}`);
      const { data = [] } = (await answer.json()) as { data?: { timestamp: string }[] };
      minutes[device] = data.map(({ timestamp }) => timestamp.slice(11, 16));
    }
    return minutes;
  };
  const ALL = ['10:00', '10:01', '10:02'];
  const AT_1 = '2024-01-15T10:01:00Z';
  const AT_2 = '2024-01-15T10:02:00Z';

  test.each([
    ['a device', 'device_id=device_b', 3, { device_a: ALL, device_b: [] }],
    ['a range', `start=${AT_1}&end=${AT_2}`, 2, ['10:00', '10:02']],
    ['all from an instant on', `start=${AT_1}`, 4, ['10:00']],
    ['all before an instant', `end=${AT_1}`, 2, ['10:01', '10:02']],
    ['an instant', `start=${AT_1}&end=2024-01-15T10:01:00.000001Z`, 2, ['10:00', '10:02']],
    [
      'a range of a device, in another offset',
      'device_id=device_a&start=2024-01-15T12:01:00%2B02:00&end=2024-01-15T12:02:00+02:00',
      1,
      { device_a: ['10:00', '10:02'], device_b: ALL },
    ],
  ])('%s is erased and no more', async (_, selection, count, expected) => {
    // Known to the series cache when it goes.
    await left();
    const answer = await erase(`user_id=user_123&${selection}`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ status: 'erased', count });
    expect(await left()).toEqual(
      Array.isArray(expected) ? { device_a: expected, device_b: expected } : expected,
    );
    const again = await erase(`user_id=user_123&${selection}`);
    expect(again.status).toBe(404);
    expect(await again.json()).toMatchObject({
      detail: 'There are no readings of this user with the device and in the range asked for.',
    });
  });

  test('a reading of the same instant that comes later is kept', async () => {
    expect((await erase(`user_id=user_123&device_id=device_a&start=${AT_1}`)).status).toBe(200);
    await service.postJson(PATH, { ...READING, timestamp: AT_1, heart_rate: 99 });
    expect(await left()).toEqual({ device_a: ['10:00', '10:01'], device_b: ALL });
  });

  test.each([
    ['nothing of the device', 'device_id=device_c'],
    ['nothing in the range', 'start=2024-01-16T00:00:00Z'],
    ['nothing of another user', 'user_id=somebody_else', ''],
  ])('%s is 404, and all stays', async (_, selection, user = 'user_id=user_123&') => {
    expect((await erase(user + selection)).status).toBe(404);
    expect(await left()).toEqual({ device_a: ALL, device_b: ALL });
  });

  test.each([
    ['/query/end', `start=${AT_1}&end=${AT_1}`, 'must be after start'],
    ['/query/end', `start=${AT_2}&end=${AT_1}`, 'must be after start'],
    ['/query/start', 'start=yesterday', 'must be like 2024-01-15T10:00:00Z'],
    ['/query/device_id', 'device_id=', 'must be 1 to 128 characters'],
    ['/query/interval', 'interval=1m', 'is not a parameter of this operation'],
  ])('an error at %s: %j', async (pointer, selection, detail) => {
    const answer = await erase(`user_id=user_123&${selection}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      errors: [{ pointer, detail: expect.stringContaining(detail) }],
    });
    expect(await left()).toEqual({ device_a: ALL, device_b: ALL });
  });
});

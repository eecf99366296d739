import { expect, onTestFinished, test } from 'vitest';
import { ReadingExports } from '../../src/query/export/reading-exports.ts';
import { ReadVersions } from '../../src/query/read-versions.ts';
import { runReader } from '../../src/query/reader/read-runs.ts';
import type { RunReader } from '../../src/query/reader/run-reader.ts';
import { SeriesQuery } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { ReadingStore } from '../../src/storage/reading-store.ts';
import { keysOf, type TestKey, testKey } from '../support/test-keys.ts';
import { ORIGIN, openTestService, READING } from '../support/test-service.ts';

const PATH = '/metrics/heart-rate';
const RANGE = 'start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z';
const USER = READING.user_id;

/** All that is asked of the store and of the reader, in order, and what comes of it. */
const watched = (store: ReadingStore) => {
  const work: unknown[] = [];
  const watchedStore = new Proxy(store, {
    get: (_, name: keyof ReadingStore) => {
      if (name === 'scan' || name === 'scanBackwards') {
        return async function* (request: Parameters<typeof store.scan>[0]) {
          work.push([name, { ...request, userId: 'anybody' }]);
          for await (const day of store[name](request)) {
            work.push('a day');
            yield day;
          }
        };
      }
      return (...given: never[]) => {
        work.push([name, ...given.map((each: object) => ({ ...each, userId: 'anybody' }))]);
        return (store[name] as (...given: never[]) => unknown)(...given);
      };
    },
  });
  const openReader = (order: Parameters<typeof runReader>[0]): RunReader => {
    const reader = runReader(order);
    return new Proxy(reader, {
      get: (_, name: keyof RunReader) => {
        work.push(`read ${name}`);
        return reader[name];
      },
    });
  };
  const queries = new SeriesQuery(watchedStore, DEVICE_PRIORITIES, openReader);
  const services = {
    store: watchedStore,
    series: queries,
    userReadings: queries,
    versions: new ReadVersions(watchedStore),
    exports: new ReadingExports(queries, { maxExports: 1 }),
  };
  return { services, taken: () => work.splice(0) };
};

/** A service on a store that holds a reading of {@link READING}'s, in memory. */
const open = async (...keys: TestKey[]) => {
  const { store, close, ...first } = await openTestService();
  onTestFinished(close);
  expect((await first.postJson(PATH, READING)).status).toBe(200);
  const { services, taken } = watched(store);
  const service = await openTestService({ ...services, keys: keysOf(...keys) });
  onTestFinished(() => service.close());
  const ask = async ({ headers }: TestKey, method: string, path: string) => {
    const response = await service.fetch(new Request(ORIGIN + PATH + path, { method, headers }));
    return { status: response.status, body: await response.text(), work: taken() };
  };
  return { ask };
};

const OPERATIONS = [
  ['a series', 'GET', `?${RANGE}`],
  ['the latest reading', 'GET', '/latest?'],
  ['the devices', 'GET', `/devices?${RANGE}`],
  ['an export', 'GET', '/export?'],
  ['an erasure', 'DELETE', '?'],
] as const;

test.each(OPERATIONS)(
  '%s: for a key of one device a user of other devices is as much work as nobody',
  async (_, method, path) => {
    const key = testKey({ devices: ['device_c'] });
    const { ask } = await open(key);
    const asNobody = await ask(key, method, `${path}&user_id=nobody`);
    expect(asNobody.status).toBe(404);
    expect(asNobody.work).not.toEqual([]);
    expect(await ask(key, method, `${path}&user_id=${USER}`)).toEqual(asNobody);
  },
);

test.each(OPERATIONS)('%s: what is not of the key is looked for as nobody', async (_, ...asked) => {
  const [method, path] = asked;
  const foreign = testKey({ users: ['user_9'] });
  const { ask } = await open(foreign);
  const asNobody = await ask(foreign, method, `${path}&user_id=nobody`);
  expect(asNobody.status).toBe(404);
  expect(await ask(foreign, method, `${path}&user_id=${USER}`)).toEqual(asNobody);
});

test('devices of others are not even counted for a key of several', async () => {
  const key = testKey({ devices: ['device_b', 'device_c'] });
  const asked: unknown[] = [];
  const userReadings = {
    latest: async () => undefined,
    devices: async (request: object) => {
      asked.push(request);
      return [];
    },
  };
  const service = await openTestService({ userReadings, keys: keysOf(key) });
  onTestFinished(() => service.close());
  const headers = Object.fromEntries(key.headers);
  const { status } = await service.get(`${PATH}/devices?user_id=${USER}&${RANGE}`, headers);
  expect(status).toBe(404);
  expect(asked).toMatchObject([{ userId: USER, deviceIds: ['device_b', 'device_c'] }]);
});

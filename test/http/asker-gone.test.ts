import { get } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { ReadingExports } from '../../src/query/export/reading-exports.ts';
import { runReader } from '../../src/query/reader/read-runs.ts';
import type { RunReader } from '../../src/query/reader/run-reader.ts';
import { SeriesQuery } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import { until } from '../support/store.ts';
import { openTestServer } from '../support/test-server.ts';
import { openTestService, READING } from '../support/test-service.ts';

const DAYS = 60;
const RANGE = 'start=2024-01-01T00:00:00Z&end=2024-12-01T00:00:00Z';

/** A reader whose first read waits, and which finds no latest reading, so that it goes on. */
const openReader = () => {
  let reads = 0;
  let goOn = () => {};
  const wait = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const open = (order: Parameters<typeof runReader>[0]): RunReader => {
    const reader = runReader(order);
    return new Proxy(reader, {
      get(_, name: keyof RunReader) {
        if (name === 'close') return () => reader.close();
        return async (...given: never[]) => {
          reads++;
          await wait;
          if (name === 'latest') return undefined;
          return (reader[name] as (...given: never[]) => unknown)(...given);
        };
      },
    });
  };
  return { open, reads: () => reads, goOn: () => goOn() };
};

/** The queries, and whether one that was asked for has been left. */
const watched = (query: SeriesQuery) => {
  const signals: AbortSignal[] = [];
  const series = new Proxy(query, {
    get: (_, name: 'run' | 'latest' | 'devices' | 'readings' | 'forget') => {
      return (...given: unknown[]) => {
        signals.push(...given.filter((each) => each instanceof AbortSignal));
        return (query[name] as (...given: unknown[]) => unknown).apply(query, given);
      };
    },
  });
  return { series, isLeft: () => signals.some(({ aborted }) => aborted) };
};

test.each([
  ['a series', `/metrics/heart-rate?user_id=ann&${RANGE}`],
  ['an explained series', `/metrics/heart-rate?user_id=ann&include=explain&${RANGE}`],
  ['the latest reading', '/metrics/heart-rate/latest?user_id=ann'],
  ['the devices', `/metrics/heart-rate/devices?user_id=ann&${RANGE}`],
  ['an export', '/metrics/heart-rate/export?user_id=ann'],
])('%s: when who asked has gone, no further day is read', async (_, path) => {
  const { store, close } = await openTestService();
  onTestFinished(close);
  const reader = openReader();
  const { series, isLeft } = watched(new SeriesQuery(store, DEVICE_PRIORITIES, reader.open));
  const exports = new ReadingExports(series, { maxExports: 1 });
  const server = await openTestServer({ store, series, userReadings: series, exports });
  onTestFinished(() => server.close());
  const readings = Array.from({ length: DAYS }, (__, day) => ({
    ...READING,
    user_id: 'ann',
    timestamp: new Date(Date.UTC(2024, 0, 1 + day, 12)).toISOString(),
  }));
  expect((await server.postJson('/metrics/heart-rate/batch', { readings })).status).toBe(200);

  const request = get(server.url + path, { agent: false });
  request.on('error', () => {});
  await until('it reads', () => reader.reads() > 0);
  const before = reader.reads();
  request.destroy();
  const [pathname] = path.split('?');
  const isOver = () =>
    server.service.logged.some((line) => line.method === 'GET' && line.route === pathname);
  await until('the service knows', isLeft);
  reader.goOn();
  await until('it has ended', isOver);
  // What was under way may still need a second look at its days; a further run is none.
  expect(reader.reads()).toBeLessThanOrEqual(before + 1);
  expect(exports.running).toBe(0);
});

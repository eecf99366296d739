import { get, type IncomingMessage } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { LimitedQueries } from '../../src/query/limited-queries.ts';
import { until } from '../support/store.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';

const RANGE = 'start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z';
const PATHS = {
  series: `/metrics/heart-rate?user_id=ann&${RANGE}`,
  latest: '/metrics/heart-rate/latest?user_id=ann',
  devices: `/metrics/heart-rate/devices?user_id=ann&${RANGE}`,
};

/** Queries that find nothing, each when it is told to, in the order in which they began. */
class Waiting {
  readonly begun: string[] = [];
  readonly #ends: (() => void)[] = [];

  endOne(): void {
    this.#ends.shift()?.();
  }

  // biome-ignore lint/correctness/useYield: it finds nothing.
  async *run() {
    await this.#begin('series');
  }

  async latest() {
    await this.#begin('latest');
    return undefined;
  }

  async devices() {
    await this.#begin('devices');
    return [];
  }

  forget(): void {}

  #begin(name: string): Promise<void> {
    this.begun.push(name);
    return new Promise((resolve) => this.#ends.push(resolve));
  }
}

const open = async (maxQueries: number, maxQueuedQueries: number) => {
  const waiting = new Waiting();
  const queries = new LimitedQueries(waiting, { maxQueries, maxQueuedQueries });
  const server = await openTestServer({ series: queries, userReadings: queries });
  onTestFinished(() => server.close());
  return { waiting, queries, server };
};

interface Asked {
  readonly status: Promise<number | undefined>;
  leave(): void;
}

const ask = (server: TestServer, path: keyof typeof PATHS): Asked => {
  const request = get(server.url + PATHS[path], { agent: false });
  const status = new Promise<number | undefined>((resolve) => {
    request.on('error', () => resolve(undefined));
    request.on('response', (answer: IncomingMessage) => resolve(answer.resume().statusCode));
  });
  return { status, leave: () => request.destroy() };
};

test.each(['series', 'latest', 'devices'] as const)(
  'as many %s queries run as may, as many wait as may, and more are told to come again',
  async (path) => {
    const { waiting, queries, server } = await open(1, 1);
    const first = ask(server, path);
    await until('one runs', () => waiting.begun.length === 1);
    const second = ask(server, 'devices');
    await until('one waits', () => queries.queued === 1);
    const third = await server.get(PATHS[path]);
    expect([third.status, third.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await third.json()).toMatchObject({ detail: 'There are too many queries.' });
    expect(waiting.begun).toEqual([path]);
    waiting.endOne();
    expect(await first.status).toBe(404);
    await until('the other runs', () => waiting.begun.length === 2);
    waiting.endOne();
    expect(await second.status).toBe(404);
    const last = ask(server, path);
    await until('there is room again', () => waiting.begun.length === 3);
    waiting.endOne();
    expect(await last.status).toBe(404);
  },
);

test('one whose client has left does not wait any more, nor does it run', async () => {
  const { waiting, queries, server } = await open(1, 3);
  const first = ask(server, 'series');
  await until('one runs', () => waiting.begun.length === 1);
  const leaving = [ask(server, 'series'), ask(server, 'latest'), ask(server, 'devices')];
  await until('three wait', () => queries.queued === 3);
  for (const each of leaving) each.leave();
  await until('none waits', () => queries.queued === 0);
  const next = ask(server, 'latest');
  await until('the next one waits', () => queries.queued === 1);
  waiting.endOne();
  await first.status;
  await until('the next one runs', () => waiting.begun.length === 2);
  expect(waiting.begun).toEqual(['series', 'latest']);
  waiting.endOne();
  expect(await next.status).toBe(404);
});

test('one that fails makes room', async () => {
  const { waiting } = await open(1, 0);
  const failing = Object.assign(waiting, { latest: () => Promise.reject(new Error('a disk')) });
  const queries = new LimitedQueries(failing, { maxQueries: 1, maxQueuedQueries: 0 });
  for (let i = 0; i < 3; i++) {
    await expect(queries.latest({ userId: 'ann' })).rejects.toThrow('a disk');
  }
});

test('a series that is not taken to its end makes room', async () => {
  const pieces = {
    async *run() {
      yield [];
      yield [];
    },
  };
  const limits = { maxQueries: 1, maxQueuedQueries: 0 };
  const queries = new LimitedQueries(Object.assign(new Waiting(), pieces), limits);
  const request = {
    userId: 'ann',
    range: { startMicros: 0, endMicros: 1 },
    interval: '1m',
    priorityScope: 'timestamp',
  } as never;
  for (let i = 0; i < 3; i++) {
    const run = queries.run(request);
    await run.next();
    await expect(queries.run(request).next()).rejects.toThrow('too many queries');
    await run.return(undefined);
  }
});

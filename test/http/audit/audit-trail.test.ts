import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HttpServices } from '../../../src/http/http-app.ts';
import { CONNECTION_LIMITS, listen } from '../../../src/http/server.ts';
import { ReadingExports } from '../../../src/query/export/reading-exports.ts';
import { linesOf, openTestAudit, type TestAudit } from '../../support/audit.ts';
import { until } from '../../support/store.ts';
import { keysOf, type TestKey, testKey } from '../../support/test-keys.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { openTestService, READING } from '../../support/test-service.ts';

const SINGLE = '/metrics/heart-rate';
const USER = `user_id=${READING.user_id}`;
const DAY = 'start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z';
const SERIES = `${SINGLE}?${USER}&${DAY}`;
const EXPORT = `${SINGLE}/export?${USER}`;
const STREAM = `${SINGLE}/stream?${USER}`;

const open = async (overrides: Partial<HttpServices> = {}) => {
  const audit = await openTestAudit();
  const server = await openTestServer({ audit: audit.log, ...overrides });
  let isClosed = false;
  const close = async () => {
    if (!isClosed) await server.close();
    isClosed = true;
  };
  onTestFinished(async () => {
    await close();
    await audit.close();
  });
  return { audit, server, close };
};

const store = async (server: TestServer, count = 1): Promise<void> => {
  const readings = Array.from({ length: count }, (_, index) => ({
    ...READING,
    timestamp: new Date(Date.UTC(2024, 0, 15) + 1_000 * index).toISOString(),
  }));
  expect((await server.postJson(`${SINGLE}/batch`, { readings })).status).toBe(200);
};

/** The events of all lines, as `answered 200`. */
const eventsOf = async ({ path }: TestAudit): Promise<string[]> =>
  (await linesOf(path)).map(({ event, status }) => [event, status].join(' ').trim());

const lastOf = async ({ path }: TestAudit) => (await linesOf(path)).at(-1);

const ended = async (audit: TestAudit) => {
  await until('it has ended', async () => (await lastOf(audit))?.event === 'ended');
  return lastOf(audit);
};

/** Puts a folder in the place of the file, which no rights of this process help against. */
const breakAudit = async ({ path, log }: TestAudit): Promise<void> => {
  // At once: the log looks for its file meanwhile.
  rmSync(path);
  mkdirSync(path);
  await until('it is found out', () => log.problem !== undefined);
};

const repairAudit = async ({ path, log }: TestAudit): Promise<void> => {
  await rm(path, { recursive: true });
  await until('it resumes', () => log.problem === undefined);
};

describe('an audit log that cannot be written', () => {
  test.each([
    ['a series', 'GET', SERIES],
    ['that there is none', 'GET', `${SINGLE}?user_id=nobody&${DAY}`],
    ['a latest reading', 'GET', `${SINGLE}/latest?${USER}`],
    ['devices', 'GET', `${SINGLE}/devices?${USER}&${DAY}`],
    ['an export', 'GET', EXPORT],
    ['a stream', 'GET', STREAM],
    ['whether there is something', 'HEAD', EXPORT],
    ['an erasure', 'DELETE', `${SINGLE}?${USER}`],
  ])('keeps %s from those who ask, until it can be written again', async (_, method, path) => {
    const { audit, server } = await open();
    await store(server);
    await breakAudit(audit);
    const refused = await server.ask(method, path);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('content-disposition')).toBeNull();
    const body = await refused.text();
    if (method !== 'HEAD') {
      expect(JSON.parse(body).detail).toBe('The audit log cannot be written.');
    }
    expect([server.service.live.streams, server.service.stored()]).toEqual([0, 1]);
    await repairAudit(audit);
    // A stream has no end to wait for.
    const answer = await server.ask(path === STREAM ? 'HEAD' : method, path);
    expect(answer.status).toBe(path.includes('nobody') ? 404 : 200);
    await answer.text();
    expect((await eventsOf(audit))[0]).toBe('resumed');
  });

  test('keeps an ETag to itself, with which one could ask on', async () => {
    const { audit, server } = await open();
    await store(server);
    const etag = (await server.get(SERIES)).headers.get('etag') ?? '';
    await breakAudit(audit);
    const answer = await server.get(SERIES, { 'if-none-match': etag });
    expect([answer.status, answer.headers.get('etag')]).toEqual([503, null]);
  });

  test('says so to pages of other origins, too', async () => {
    const { audit, server } = await open({ corsOrigins: ['https://app.example'] });
    await store(server);
    await breakAudit(audit);
    const answer = await server.get(EXPORT, { origin: 'https://app.example' });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
  });

  test('does not keep readings from being stored, nor refusals from being told', async () => {
    const guarded = await open({ keys: keysOf(testKey()) });
    await breakAudit(guarded.audit);
    expect((await guarded.server.get(SERIES)).status).toBe(401);
    const other = await open();
    await breakAudit(other.audit);
    await store(other.server);
    expect((await other.server.get(`${SINGLE}?${USER}`)).status).toBe(400);
    expect((await other.server.get('/devices')).status).toBe(200);
  });
});

/** Keeps durable lines from being so until it is told, and tells how many wait for that. */
const gate = ({ log }: TestAudit) => {
  const waiting: (() => void)[] = [];
  const record = log.recordDurably.bind(log);
  vi.spyOn(log, 'recordDurably').mockImplementation(async (event) => {
    await new Promise<void>((resolve) => waiting.push(resolve));
    await record(event);
  });
  return {
    next: async () => {
      await until('one waits', () => waiting.length > 0);
      waiting.shift()?.();
    },
    waiting: async () => {
      await until('one waits', () => waiting.length > 0);
      await new Promise((resolve) => setTimeout(resolve, 50));
    },
  };
};

test('an erasure is in the log before it is carried out, and before it is told', async () => {
  const { audit, server } = await open();
  await store(server, 3);
  const { next, waiting } = gate(audit);
  let isAnswered = false;
  const answer = server.ask('DELETE', `${SINGLE}?${USER}`).finally(() => {
    isAnswered = true;
  });
  await waiting();
  expect(server.service.stored()).toBe(3);
  await next();
  await waiting();
  expect(server.service.stored()).toBe(0);
  expect([await eventsOf(audit), isAnswered]).toEqual([['asked'], false]);
  await next();
  expect((await answer).status).toBe(200);
  expect(await eventsOf(audit)).toEqual(['asked', 'answered 200']);
  expect(await lastOf(audit)).toMatchObject({ action: 'erase', readings: 3 });
});

test('an erasure whose end cannot be recorded is in the log all the same', async () => {
  const { audit, server } = await open();
  await store(server);
  const record = audit.log.recordDurably.bind(audit.log);
  const spy = vi.spyOn(audit.log, 'recordDurably').mockImplementation(async (event) => {
    await record(event);
    expect(await eventsOf(audit)).toEqual(['asked']);
    await breakAudit(audit);
    spy.mockRestore();
  });
  expect((await server.ask('DELETE', `${SINGLE}?${USER}`)).status).toBe(503);
  expect(server.service.stored()).toBe(0);
  await repairAudit(audit);
  // Asked for again, as one who was refused does.
  expect((await server.ask('DELETE', `${SINGLE}?${USER}`)).status).toBe(404);
  expect(await eventsOf(audit)).toEqual(['resumed', 'asked', 'answered 404']);
});

test('an export is in the log, durably, before its first byte leaves', async () => {
  const { audit, server } = await open();
  await store(server);
  const { next, waiting } = gate(audit);
  let isAnswered = false;
  const answer = server.get(EXPORT).finally(() => {
    isAnswered = true;
  });
  await waiting();
  expect(isAnswered).toBe(false);
  await next();
  expect((await answer).status).toBe(200);
});

describe('a response that is sent bit by bit is told of when it begins, and how it ended', () => {
  test('an export to its end, with how many readings', async () => {
    const { audit, server } = await open();
    await store(server, 1_234);
    expect((await (await server.get(EXPORT)).text()).trim().split('\n')).toHaveLength(1_234);
    const end = { outcome: 'complete', readings: 1_234, status: 200, user_id: READING.user_id };
    expect(await ended(audit)).toMatchObject(end);
    expect(await eventsOf(audit)).toEqual(['answered 200', 'ended 200']);
    expect((await linesOf(audit.path))[0]).not.toHaveProperty('readings');
  });

  const endless = (onPiece: (piece: number) => Promise<void> = async () => undefined) => {
    const piece = {
      timestampsMicros: Float64Array.from({ length: 2_500 }, (_, i) => i * 1_000_000),
      heartRates: new Float64Array(2_500).fill(70),
      devices: new Uint32Array(2_500),
      deviceIds: ['device_a'],
    };
    const readings = async function* () {
      for (let count = 0; ; count++) {
        await onPiece(count);
        yield piece;
      }
    };
    return { exports: new ReadingExports({ readings }, { maxExports: 1 }) };
  };

  const begin = async ({ url }: TestServer, path: string): Promise<IncomingMessage> => {
    const [answer] = await once(get(url + path, { agent: false }), 'response');
    (answer as IncomingMessage).on('error', () => undefined);
    return answer as IncomingMessage;
  };

  test('an export whose client leaves', async () => {
    const { audit, server } = await open(endless());
    const answer = await begin(server, EXPORT);
    await once(answer, 'readable');
    answer.destroy();
    const { outcome, readings } = (await ended(audit)) ?? {};
    expect(outcome).toBe('left');
    expect(readings).toBeGreaterThan(0);
  });

  test('an export that the service breaks off', async () => {
    const fails = endless(async (piece) => {
      if (piece === 2) throw new Error('a disk that fails');
    });
    const { audit, server } = await open(fails);
    (await begin(server, EXPORT)).resume();
    expect(await ended(audit)).toMatchObject({ outcome: 'cut', readings: 5_000 });
  });

  test('an export whose client does not read, when the service stops', async () => {
    const audit = await openTestAudit();
    const service = await openTestService({ audit: audit.log, ...endless() });
    const limits = { ...CONNECTION_LIMITS, drainTimeoutMs: 200 };
    const server = await listen(service.app, { host: '127.0.0.1', port: 0 }, limits);
    const [answer] = await once(get(server.url + EXPORT, { agent: false }), 'response');
    answer.on('error', () => undefined);
    await server.close();
    expect(await ended(audit)).toMatchObject({ outcome: 'cut' });
    await service.close();
    await audit.close();
  });

  test('a stream whose client leaves', async () => {
    const { audit, server } = await open();
    const answer = await begin(server, STREAM);
    await once(answer, 'readable');
    expect(await eventsOf(audit)).toEqual(['answered 200']);
    answer.destroy();
    expect(await ended(audit)).toMatchObject({ action: 'stream', outcome: 'left' });
  });

  test('a stream when the service stops', async () => {
    const { audit, server, close } = await open();
    (await begin(server, STREAM)).resume();
    await close();
    await audit.log.close();
    expect(await lastOf(audit)).toMatchObject({ event: 'ended', outcome: 'cut' });
  });

  test('a series too long to be sent at once', async () => {
    const { audit, server } = await open();
    const readings = Array.from({ length: 6_000 }, (_, index) => ({
      ...READING,
      timestamp: new Date(Date.UTC(2024, 0, 15) + 60_000 * index).toISOString(),
    }));
    expect((await server.postJson(`${SINGLE}/batch`, { readings })).status).toBe(200);
    await (await server.get(`${SINGLE}?${USER}&start=2024-01-15&end=2024`)).text();
    await (
      await server.get(`${SINGLE}?${USER}&start=2024-01-15T00:00Z&end=2024-01-25T00:00Z`)
    ).text();
    expect(await ended(audit)).toMatchObject({ action: 'read', outcome: 'complete' });
    expect(await eventsOf(audit)).toEqual(['answered 400', 'answered 200', 'ended 200']);
  });
});

test('a key of one device means it in the log as well, whether or not it gets anything', async () => {
  const one = testKey({ devices: [READING.device_id] });
  const other = testKey({ devices: ['device_c'], users: ['user_9'] });
  const several = testKey({ devices: [READING.device_id, 'device_c'] });
  const { audit, server } = await open({ keys: keysOf(one, other, several, testKey()) });
  const devices = `${SINGLE}/devices?${USER}&${DAY}`;
  const ask = async (key: TestKey, method: string, path: string) => {
    const headers = { authorization: `Bearer ${key.token}` };
    await (await fetch(server.url + path, { method, headers })).text();
    return (await linesOf(audit.path)).at(-1);
  };
  for (const [method, path, status] of [
    ['GET', SERIES, 404],
    ['GET', `${SINGLE}/latest?${USER}`, 404],
    ['GET', devices, 404],
    ['GET', EXPORT, 404],
    ['HEAD', STREAM, 200],
    ['DELETE', `${SINGLE}?${USER}`, 404],
    ['GET', `${SINGLE}?${USER}`, 400],
  ] as const) {
    const line = await ask(one, method, path);
    expect(line).toMatchObject({ status, device_id: READING.device_id });
    expect(line).not.toHaveProperty('denied');
    expect(await ask(other, method, path)).toMatchObject({ device_id: 'device_c', denied: true });
  }
  const asked = (await linesOf(audit.path)).filter(({ event }) => event === 'asked');
  expect(asked.map(({ device_id }) => device_id)).toEqual([READING.device_id, 'device_c']);
  // What such a key is for is more than a line has room for: it names the key.
  expect(await ask(several, 'GET', devices)).not.toHaveProperty('device_id');
});

test('a device where an operation has none, or an empty id, asks for nobody: nothing is denied', async () => {
  const key = testKey({ users: ['user_123'], devices: [READING.device_id] });
  const { audit, server } = await open({ keys: keysOf(key) });
  const headers = { authorization: `Bearer ${key.token}` };
  for (const path of [
    `${SINGLE}/devices?${USER}&${DAY}&device_id=device_c`,
    `${SINGLE}/devices?${USER}&${DAY}&device_id=`,
    `${SERIES}&device_id=`,
    `${SINGLE}?user_id=&${DAY}`,
  ]) {
    expect((await server.get(path, headers)).status).toBe(400);
    const line = (await linesOf(audit.path)).at(-1);
    expect(line).toMatchObject({ status: 400, device_id: READING.device_id });
    expect(line).not.toHaveProperty('denied');
  }
  await server.get(`${SERIES}&device_id=device_c`, headers);
  const line = (await linesOf(audit.path)).at(-1);
  expect(line).toMatchObject({ device_id: 'device_c', denied: true });
});

test('what is not modified, and what only the head is wanted of, is seen as well', async () => {
  const { audit, server } = await open();
  await store(server);
  const etag = (await server.get(SERIES)).headers.get('etag') ?? '';
  await server.get(SERIES, { 'if-none-match': etag });
  await server.ask('HEAD', SERIES);
  await server.ask('HEAD', STREAM);
  expect(await eventsOf(audit)).toEqual(['200', '304', '200', '200'].map((s) => `answered ${s}`));
});

test('instants are spelled one way, and what is not valid makes no line of its own', async () => {
  const { audit, server } = await open();
  const long = 'x'.repeat(5_000);
  const forged = encodeURIComponent('a"}\n{"event":"answered"}\u2028');
  await server.get(`${SINGLE}?user_id=${long}&device_id=${long}&start=${long}&end=2024`);
  await server.get(`${SINGLE}?user_id=${forged}&${DAY}`);
  await server.get(`${SINGLE}?${USER}&start=2024-01-15T12:00:00+02:00&end=2024-01-16T00:00Z`);
  await server.get(`${SINGLE}?start=2024-01-15T12:00:00%2B0200`);
  const lines = await linesOf(audit.path);
  expect(lines).toHaveLength(4);
  const x = 'x'.repeat(256);
  expect(lines[0]).toMatchObject({ status: 400, user_id: x, device_id: x });
  expect(lines[0]).not.toHaveProperty('start');
  expect(lines[1]).toMatchObject({ status: 400, user_id: 'a"}\n{"event":"answered"}\u2028' });
  const start = '2024-01-15T10:00:00Z';
  expect(lines[2]).toMatchObject({ status: 404, start, end: '2024-01-16T00:00:00Z' });
  expect(lines[3]).toMatchObject({ status: 400, user_id: null, start });
});

test('no reading, no secret and nothing else of a query is in the log', async () => {
  const key = testKey();
  const { audit, server } = await open({ keys: keysOf(key) });
  const headers = { authorization: `Bearer ${key.token}` };
  const reading = { ...READING, heart_rate: 123.456, timestamp: '2024-01-15T10:11:12.345678Z' };
  await server.post(SINGLE, JSON.stringify(reading), {
    ...headers,
    'content-type': 'application/json',
  });
  for (const path of [SERIES, EXPORT, `${SINGLE}/latest?${USER}`, `${SERIES}&secret=xyzzy`]) {
    await (await server.get(path, headers)).text();
  }
  await server.get(SERIES, { authorization: `Bearer ${key.token}x` });
  const text = await readFile(audit.path, 'utf8');
  expect(text.split('\n').length).toBeGreaterThan(6);
  for (const leaked of ['123.4', '10:11', '345678', 'xyzzy', key.token.slice(-43)]) {
    expect(text).not.toContain(leaked);
  }
});

test('who has no key cannot fill the log, and that they tried to is in it', async () => {
  const key = testKey();
  const { audit, server } = await open({ keys: keysOf(key) });
  const tries = 150;
  await Promise.all(Array.from({ length: tries }, () => server.get(SERIES)));
  const recorded = (await linesOf(audit.path)).length;
  expect(recorded).toBeGreaterThanOrEqual(100);
  expect(recorded).toBeLessThan(120);
  // Who has one is not held up by that.
  await server.get(SERIES, { authorization: `Bearer ${key.token}` });
  expect(await lastOf(audit)).toMatchObject({ key: key.entry.id, status: 404 });
  await until('one is recorded again', async () => {
    await server.get(SERIES);
    return (await lastOf(audit))?.key === null;
  });
  const lines = await linesOf(audit.path);
  const omitted = lines.reduce((sum, line) => sum + Number(line.omitted ?? 0), 0);
  expect(omitted).toBeGreaterThanOrEqual(tries - recorded);
});

test('what goes beyond the rate limit was not looked at, and is not in the log', async () => {
  const rateLimit = { perSecond: 0.001, burst: 1 };
  const { audit, server } = await open({ rateLimit });
  expect((await server.get(SERIES)).status).toBe(404);
  expect((await server.get(SERIES)).status).toBe(429);
  expect((await server.ask('DELETE', `${SINGLE}?${USER}`)).status).toBe(429);
  expect(await eventsOf(audit)).toEqual(['answered 404']);
});

test('behind a proxy that is trusted the client is whom it names, to the last bit', async () => {
  const { audit, server } = await open({ trustedProxies: ['127.0.0.1'] });
  await server.get(SERIES, { 'x-forwarded-for': '2001:db8::7:1, 127.0.0.1' });
  expect(await lastOf(audit)).toMatchObject({ client: '2001:db8::7:1' });
});

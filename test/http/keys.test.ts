import { expect, onTestFinished, test } from 'vitest';
import { scopeOf } from '../../src/http/guards.ts';
import { KeyRing } from '../../src/keys/key-ring.ts';
import { bearer, keysOf, type TestKey, testKey } from '../support/test-keys.ts';
import { openTestServer } from '../support/test-server.ts';
import { JSON_TYPE, NDJSON_TYPE, openTestService, READING } from '../support/test-service.ts';
import { exchange } from '../support/wire.ts';

const SINGLE = '/metrics/heart-rate';
const BATCH = `${SINGLE}/batch`;
const RANGE = 'start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z';

const headersOf = ({ headers }: TestKey) => Object.fromEntries(headers);

const openService = async (...keys: TestKey[]) => {
  const service = await openTestService({ keys: keysOf(...keys) });
  onTestFinished(() => service.close());
  return service;
};

test.each<[string, Parameters<typeof scopeOf>[0]]>([
  ['nothing', {}],
  ['another scheme', { security: [{ Password: ['read'] }] }],
  ['another scope', { security: [{ ApiKey: ['list'] }] }],
  ['no scope', { security: [{ ApiKey: [] }] }],
  ['two scopes', { security: [{ ApiKey: ['read', 'erase'] }] }],
  ['alternatives', { security: [{ ApiKey: ['read'] }, {}] }],
  ['two schemes', { security: [{ ApiKey: ['read'], Other: [] }] }],
])('a route whose security is %s is not mounted', (_, route) => {
  expect(() => scopeOf({ operationId: 'x', ...route })).toThrow('x: nothing enforces the security');
});

test('HEAD is guarded as GET is', async () => {
  const service = await openService();
  expect((await service.ask('HEAD', '/devices')).status).toBe(401);
});

test('a key that is sent twice is none', async () => {
  const key = testKey();
  const server = await openTestServer({ keys: keysOf(key) });
  onTestFinished(() => server.close());
  const head = `GET /devices HTTP/1.1\r\nHost: a\r\nConnection: close\r\n`;
  const one = `Authorization: Bearer ${key.token}\r\n`;
  expect((await exchange(server.url, `${head}${one}\r\n`)).status).toBe(200);
  expect((await exchange(server.url, `${head}${one}${one}\r\n`)).status).toBe(401);
});

test('a body without a key is refused unread', async () => {
  const server = await openTestServer({ keys: keysOf() });
  onTestFinished(() => server.close());
  const head = `POST ${SINGLE} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n`;
  // The rest of it never comes.
  const sent = `${head}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`;
  expect((await exchange(server.url, sent)).status).toBe(401);
});

const foreign = { ...READING, user_id: 'user_9', device_id: 'device_z' };

test.each<[string, string, object | string, string[]]>([
  ['a reading', SINGLE, foreign, ['/user_id', '/device_id']],
  [
    'a batch',
    BATCH,
    { readings: [READING, { ...READING, user_id: 'user_9' }] },
    ['/readings/1/user_id'],
  ],
  [
    'a batch of which invalid readings are skipped',
    `${BATCH}?on_invalid=skip`,
    { readings: [{}, READING, { ...READING, device_id: 'device_z' }] },
    ['/readings/2/device_id'],
  ],
  [
    'lines',
    BATCH,
    `${JSON.stringify(READING)}\n${JSON.stringify(foreign)}\n`,
    ['/readings/1/user_id', '/readings/1/device_id'],
  ],
])('%s with a reading of others is refused whole', async (_, path, body, pointers) => {
  const key = testKey({ users: ['user_123'], devices: ['device_a'] });
  const service = await openService(key);
  const isText = typeof body === 'string';
  const headers = { ...(isText ? NDJSON_TYPE : JSON_TYPE), ...headersOf(key) };
  const response = await service.post(path, isText ? body : JSON.stringify(body), headers);
  expect(response.status).toBe(403);
  const { errors } = (await response.json()) as { errors: { pointer: string }[] };
  expect(errors.map(({ pointer }) => pointer)).toEqual(pointers);
  expect(service.stored()).toBe(0);
});

test('errors of a body of others are as many as the contract allows', async () => {
  const key = testKey({ users: ['user_9'], devices: ['device_z'] });
  const service = await openService(key);
  const body = JSON.stringify({ readings: Array.from({ length: 30 }, () => READING) });
  const response = await service.post(BATCH, body, { ...JSON_TYPE, ...headersOf(key) });
  expect(((await response.json()) as { errors: [] }).errors).toHaveLength(20);
});

test('a key for one device means that one; one for several has to name it', async () => {
  const all = testKey();
  const one = testKey({ devices: ['device_a'] });
  const several = testKey({ devices: ['device_a', 'device_b'] });
  const service = await openService(all, one, several);
  const readings = ['device_a', 'device_b', 'device_c'].map((device_id, at) => ({
    ...READING,
    device_id,
    heart_rate: 60 + at,
  }));
  const body = JSON.stringify({ readings });
  await service.post(BATCH, body, { ...JSON_TYPE, ...headersOf(all) });
  const query = `user_id=user_123`;

  const latest = await service.get(`${SINGLE}/latest?${query}`, headersOf(one));
  expect(await latest.json()).toMatchObject({ device_id: 'device_a' });
  const exported = await service.get(`${SINGLE}/export?${query}`, headersOf(one));
  expect((await exported.text()).trim().split('\n')).toHaveLength(1);

  for (const path of ['', '/latest', '/export', '/stream']) {
    const more = path === '' ? `&${RANGE}` : '';
    const response = await service.get(`${SINGLE}${path}?${query}${more}`, headersOf(several));
    expect([path, response.status]).toEqual([path, 400]);
    expect(await response.json()).toMatchObject({ errors: [{ pointer: '/query/device_id' }] });
  }
  const named = `${SINGLE}/latest?${query}&device_id=device_b`;
  expect((await service.get(named, headersOf(several))).status).toBe(200);

  const devices = await service.get(`${SINGLE}/devices?${query}&${RANGE}`, headersOf(several));
  const { devices: told } = (await devices.json()) as { devices: { device_id: string }[] };
  expect(told.map(({ device_id }) => device_id)).toEqual(['device_a', 'device_b']);

  const erase = new Request(`http://service.test${SINGLE}?${query}`, {
    method: 'DELETE',
    headers: one.headers,
  });
  expect(await (await service.fetch(erase)).json()).toMatchObject({ count: 1 });
  const left = await service.get(`${SINGLE}/export?${query}`, headersOf(all));
  expect((await left.text()).trim().split('\n')).toHaveLength(2);
});

/** The text of a stream so far, growing. */
const followed = async (response: Response) => {
  let text = '';
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  const ended = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += new TextDecoder().decode(value);
    }
  })();
  return { ended, text: () => text };
};

test('a stream of another user stays silent; it ends when its key is revoked', async () => {
  const sender = testKey();
  const other = testKey({ users: ['user_9'] });
  const ring = new KeyRing([sender.entry, other.entry]);
  const service = await openTestService({ keys: ring });
  onTestFinished(() => service.close());
  const open = async (key: TestKey) =>
    followed(await service.get(`${SINGLE}/stream?user_id=user_123`, headersOf(key)));
  const send = async (key: TestKey) =>
    service.post(SINGLE, JSON.stringify(READING), { ...JSON_TYPE, ...headersOf(key) });
  const own = await open(sender);
  const foreignStream = await open(other);
  await send(sender);
  await expect.poll(own.text).toContain('event: reading');
  expect(foreignStream.text()).not.toContain('reading');

  const successor = testKey();
  ring.replace([{ ...sender.entry, revoked: '2024-01-15T10:00:00Z' }, successor.entry]);
  const before = own.text();
  expect((await send(sender)).status).toBe(401);
  expect((await send(successor)).status).toBe(200);
  await own.ended;
  expect(own.text()).toBe(before);
});

test('keys that are not those of the file make it degraded, and it says why', async () => {
  const problem = 'keys.json cannot be read';
  const service = await openTestService({ problems: () => [problem] });
  onTestFinished(() => service.close());
  const degraded = { status: 'degraded', reasons: [problem] };
  expect(await (await service.get('/health')).json()).toMatchObject(degraded);
  expect(await (await service.get('/readyz')).json()).toMatchObject(degraded);
});

test('the log has the id of a key, and nothing else of it', async () => {
  const [key, unknown] = [testKey({ scopes: ['read'] }), testKey()];
  const service = await openService(key);
  const requests = [
    service.get('/devices', headersOf(key)),
    service.get('/metrics', headersOf(key)),
    service.get('/devices', headersOf(unknown)),
    service.get('/devices', Object.fromEntries(bearer(`${key.token}x`))),
    service.get(`/devices?access_token=${key.token}`),
    service.post(SINGLE, JSON.stringify(READING), { ...JSON_TYPE, ...headersOf(key) }),
    service.get(`${SINGLE}?user_id=${key.token}`, headersOf(key)),
  ];
  await Promise.all(requests);
  expect(service.logged.length).toBeGreaterThanOrEqual(requests.length);
  expect(service.logged.filter(({ keyId }) => keyId === key.entry.id)).toHaveLength(4);
  const log = JSON.stringify(service.logged);
  for (const { token, entry } of [key, unknown]) {
    expect(log).not.toContain(token.slice(-43));
    expect(log).not.toContain(entry.hash);
  }
});

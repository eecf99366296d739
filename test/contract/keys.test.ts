import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SCOPES, type Scope } from '../../src/keys/scopes.ts';
import { operationsOf, type PlacedOperation } from '../../src/openapi/spec-document.ts';
import { contract } from '../support/contract.ts';
import { exampleOf } from '../support/example-request.ts';
import { bearer, keysOf, type TestKey, testKey } from '../support/test-keys.ts';
import { openTestService, READING, type TestService } from '../support/test-service.ts';

/** Each operation of the contract, by each kind of key. */
const NOBODY = 'nobody';

const KEYS = {
  right: testKey(),
  expired: testKey({ expires: '2024-01-02T00:00:00Z' }),
  revoked: testKey({ revoked: '2024-01-02T00:00:00Z' }),
  bound: testKey({ users: [READING.user_id], devices: [READING.device_id, 'device_b'] }),
  prefix: testKey({ user_prefixes: ['user_'] }),
  otherUser: testKey({ users: ['user_12', 'user_1234'], user_prefixes: ['user_123_'] }),
  otherDevice: testKey({ devices: ['device_c'] }),
} as const;

/** For each scope a key that has all but it, and one that has nothing else. */
const without = new Map<Scope, TestKey>(
  SCOPES.map((scope) => [scope, testKey({ scopes: SCOPES.filter((each) => each !== scope) })]),
);
const only = new Map<Scope, TestKey>(SCOPES.map((scope) => [scope, testKey({ scopes: [scope] })]));

let service: TestService;
beforeAll(async () => {
  const keys = [...Object.values(KEYS), ...without.values(), ...only.values()];
  service = await openTestService({ keys: keysOf(...keys) });
});
afterAll(() => service.close());
beforeEach(async () => {
  const body = JSON.stringify(READING);
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${KEYS.right.token}`,
  };
  expect((await service.post('/metrics/heart-rate', body, headers)).status).toBe(200);
});

type Fields = Readonly<Record<string, string>>;

/** The request of the contract's examples, with other parameters and headers. */
const requestOf = (placed: PlacedOperation, headers: Headers, parameters: Fields = {}): Request => {
  const request = exampleOf(placed);
  const url = new URL(request.url);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const changed = new Request(url, request);
  for (const [name, value] of headers) changed.headers.set(name, value);
  return changed;
};

const scopeOf = ({ operation }: PlacedOperation): Scope | undefined =>
  operation.security[0]?.ApiKey?.[0] as Scope | undefined;

const named = (placed: readonly PlacedOperation[]) =>
  placed.map((each) => [each.operation.operationId, each] as const);
const all = operationsOf(contract);
const guarded = all.filter((placed) => scopeOf(placed) !== undefined);
const open = all.filter((placed) => scopeOf(placed) === undefined);
const takes = ({ parameters }: PlacedOperation, name: string): boolean =>
  parameters.some((parameter) => parameter.name === name);
const ofUser = guarded.filter((placed) => takes(placed, 'user_id'));
const sending = guarded.filter(({ operation }) => operation.requestBody !== undefined);

/** All that somebody can tell from a response; a stream has no end to wait for. */
const seenOf = async (response: Response) => {
  const headers = [...response.headers].filter(([name]) => name !== 'x-request-id');
  const isEndless = response.headers.get('content-type') === 'text/event-stream';
  if (isEndless) await response.body?.cancel();
  return { status: response.status, headers, body: isEndless ? '' : await response.text() };
};

test('these operations, and no others, are open to all', () => {
  expect(open.map(({ operation }) => operation.operationId).sort()).toEqual([
    'getDashboard',
    'getDashboardAsset',
    'getDocs',
    'getDocsDocument',
    'getDocsScript',
    'getLiveness',
    'getOpenapiJson',
    'getOpenapiYaml',
    'getReadiness',
  ]);
});

test('whose readings a request is about is checked for each, but where it is about nobody', () => {
  const others = guarded.filter((placed) => !ofUser.includes(placed) && !sending.includes(placed));
  expect(others.map(({ operation }) => operation.operationId).sort()).toEqual([
    'getHealth',
    'getMetrics',
    'listDevices',
  ]);
});

test.each(named(open))('%s asks for no key, and takes no notice of one', async (_, placed) => {
  for (const headers of [new Headers(), bearer('wrong'), KEYS.revoked.headers]) {
    const { status } = await service.fetch(requestOf(placed, headers));
    expect([401, 403]).not.toContain(status);
  }
});

const [, rightId = '', rightSecret = ''] = /^hr_(.+?)_(.+)$/.exec(KEYS.right.token) ?? [];
const otherSecret = `${rightSecret.startsWith('A') ? 'B' : 'A'}${rightSecret.slice(1)}`;

/** What is no valid key, and whether the response says that one was sent. */
const INVALID: readonly (readonly [string, Headers, boolean])[] = [
  ['no key', new Headers(), false],
  ['another scheme', new Headers({ authorization: `Basic ${KEYS.right.token}` }), false],
  ['no scheme', new Headers({ authorization: KEYS.right.token }), false],
  ['an empty key', new Headers({ authorization: 'Bearer' }), true],
  ['a malformed key', bearer('hr_nonsense'), true],
  ['two keys in one header', bearer(`${KEYS.right.token}, Bearer ${KEYS.right.token}`), true],
  ['an unknown id', bearer(`hr_unknown_${rightSecret}`), true],
  ['a wrong secret', bearer(`hr_${rightId}_${otherSecret}`), true],
  ['a shorter secret', bearer(KEYS.right.token.slice(0, -1)), true],
  ['the hash in place of the secret', bearer(`hr_${rightId}_${KEYS.right.entry.hash}`), true],
  ['an expired key', KEYS.expired.headers, true],
  ['a revoked key', KEYS.revoked.headers, true],
];

describe.each(named(guarded))('%s', (_name, placed) => {
  const scope = scopeOf(placed) as Scope;

  test.each(INVALID)('%s: 401', async (_, headers, wasSent) => {
    const response = await service.fetch(requestOf(placed, headers));
    expect(response.status).toBe(401);
    const realm = 'Bearer realm="heart-rate"';
    expect(response.headers.get('www-authenticate')).toBe(
      wasSent ? `${realm}, error="invalid_token"` : realm,
    );
    expect(await response.json()).toMatchObject({ type: 'urn:problem:heart-rate:unauthorized' });
  });

  test('all scopes but its own: 403', async () => {
    const { headers } = without.get(scope) as TestKey;
    const response = await service.fetch(requestOf(placed, headers));
    expect(response.status).toBe(403);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer realm="heart-rate", error="insufficient_scope", scope="${scope}"`,
    );
    expect(await response.json()).toMatchObject({ type: 'urn:problem:heart-rate:forbidden' });
  });

  test.each([
    ['a key with its scope alone', only.get(scope) as TestKey],
    ['a key for the user and the device', KEYS.bound],
    ['a key for users whose ids begin so', KEYS.prefix],
  ])('%s: what it is there for', async (_, { headers }) => {
    const response = await service.fetch(requestOf(placed, headers));
    expect(response.status).toBeLessThan(400);
    await response.body?.cancel();
  });
});

describe.each(named(ofUser))('%s', (_name, placed) => {
  const isThere = async () => {
    const { headers } = KEYS.right;
    const path = `/metrics/heart-rate/latest?user_id=${READING.user_id}`;
    return (await service.get(path, Object.fromEntries(headers))).status === 200;
  };

  test.each([
    ['another user', KEYS.otherUser],
    ['another device', KEYS.otherDevice],
  ])('a key for %s: exactly as for nobody', async (_, { headers }) => {
    const foreign = await seenOf(await service.fetch(requestOf(placed, headers)));
    const asNobody = requestOf(placed, KEYS.right.headers, { user_id: NOBODY });
    expect(foreign).toEqual(await seenOf(await service.fetch(asNobody)));
    expect(foreign.status).toBe(takes(placed, 'last-event-id') ? 200 : 404);
    expect(await isThere()).toBe(true);
  });

  test('nor do the right user and a wrong range, or what the client still has, tell', async () => {
    const more: Fields = takes(placed, 'start') ? { start: '2025-01-15T00:00:00Z' } : {};
    const headers = new Headers(KEYS.otherUser.headers);
    headers.set('if-none-match', '*');
    const right = new Headers(KEYS.right.headers);
    right.set('if-none-match', '*');
    const foreign = await service.fetch(requestOf(placed, headers, more));
    const asNobody = await service.fetch(requestOf(placed, right, { ...more, user_id: NOBODY }));
    expect(await seenOf(foreign)).toEqual(await seenOf(asNobody));
  });
});

describe.each(named(sending))('%s', (_name, placed) => {
  test.each([
    ['another user', KEYS.otherUser, 'user_id'],
    ['another device', KEYS.otherDevice, 'device_id'],
  ])('a key for %s: 403, and nothing is stored', async (_, { headers }, field) => {
    const before = service.stored();
    const response = await service.fetch(requestOf(placed, headers));
    expect(response.status).toBe(403);
    const { errors } = (await response.json()) as { errors: { pointer: string }[] };
    expect(errors[0]?.pointer).toMatch(new RegExp(`^(/readings/0)?/${field}$`));
    expect(service.stored()).toBe(before);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Audit } from '../../../src/audit/audits.ts';
import { auditOf } from '../../../src/http/audit/mount-audit.ts';
import { SCOPES, type Scope } from '../../../src/keys/scopes.ts';
import { operationsOf, type PlacedOperation } from '../../../src/openapi/spec-document.ts';
import { linesOf, openTestAudit, type TestAudit } from '../../support/audit.ts';
import { contract } from '../../support/contract.ts';
import { exampleOf } from '../../support/example-request.ts';
import { keysOf, type TestKey, testKey } from '../../support/test-keys.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { READING } from '../../support/test-service.ts';

/** Each operation of the contract, by each kind of key, over the wire. */
const AUDITS: Readonly<Record<string, Audit>> = {
  ingestHeartRate: 'none',
  ingestHeartRateBatch: 'none',
  queryHeartRate: 'read',
  latestHeartRate: 'read',
  listUserDevices: 'read',
  followHeartRate: 'stream',
  exportHeartRate: 'export',
  eraseReadings: 'erase',
  listDevices: 'none',
  getHealth: 'none',
  getLiveness: 'none',
  getReadiness: 'none',
  getMetrics: 'none',
  getOpenapiYaml: 'none',
  getOpenapiJson: 'none',
  getDocs: 'none',
  getDocsDocument: 'none',
  getDocsScript: 'none',
  getDashboard: 'none',
  getDashboardAsset: 'none',
};

const ALL = operationsOf(contract);

test('these operations are audited, and so', () => {
  const declared = ALL.map(({ operation }) => [operation.operationId, operation['x-audit']]);
  expect(Object.fromEntries(declared)).toEqual(AUDITS);
});

test('a route that does not say what is audited of it is not mounted', () => {
  expect(auditOf({ operationId: 'a', 'x-audit': 'stream' })).toBe('stream');
  expect(() => auditOf({ operationId: 'a' })).toThrow(/^a: nothing audits as x-audit says/);
  expect(() => auditOf({ operationId: 'a', 'x-audit': 'ingest' })).toThrow(/^a: nothing audits/);
});

const KEYS = {
  right: testKey(),
  otherUser: testKey({ users: ['user_12'] }),
  otherDevice: testKey({ devices: ['device_c'] }),
  revoked: testKey({ revoked: '2024-01-02T00:00:00Z' }),
} as const;
const without = new Map<Scope, TestKey>(
  SCOPES.map((scope) => [scope, testKey({ scopes: SCOPES.filter((each) => each !== scope) })]),
);

let server: TestServer;
let audit: TestAudit;
beforeAll(async () => {
  audit = await openTestAudit();
  const keys = keysOf(...Object.values(KEYS), ...without.values());
  server = await openTestServer({ keys, audit: audit.log });
});
afterAll(async () => {
  await server.close();
  await audit.close();
});
beforeEach(async () => {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${KEYS.right.token}`,
  };
  const body = JSON.stringify(READING);
  expect((await server.post('/metrics/heart-rate', body, headers)).status).toBe(200);
});

/** The response to the contract's own example, and what was audited until then. */
const ask = async (placed: PlacedOperation, key?: TestKey) => {
  const before = (await linesOf(audit.path)).length;
  const example = exampleOf(placed);
  const { pathname, search } = new URL(example.url);
  const request = new Request(server.url + pathname + search, example);
  for (const [name, value] of key?.headers ?? []) request.headers.set(name, value);
  const response = await fetch(request);
  await response.body?.cancel();
  const lines = (await linesOf(audit.path)).slice(before);
  const told = lines.filter(({ event }) => event !== 'ended');
  return { status: response.status, requestId: response.headers.get('x-request-id'), told };
};

const idOf = ({ operation }: PlacedOperation): string => operation.operationId;
const auditFor = (placed: PlacedOperation) => AUDITS[idOf(placed)];
const named = (placed: readonly PlacedOperation[]) =>
  placed.map((each) => [idOf(each), each] as const);
const silent = ALL.filter((placed) => auditFor(placed) === 'none');
const audited = ALL.filter((placed) => auditFor(placed) !== 'none');

test.each(named(silent))('%s is not audited, whoever asks', async (_, placed) => {
  for (const key of [undefined, KEYS.right, KEYS.otherUser, KEYS.revoked]) {
    expect((await ask(placed, key)).told).toEqual([]);
  }
});

describe.each(named(audited))('%s', (operation, placed) => {
  const action = auditFor(placed);
  const hasRange = placed.parameters.some(({ name }) => name === 'start');
  const hasDevice = placed.parameters.some(({ name }) => name === 'device_id');
  const asked = {
    time: expect.any(String),
    action,
    operation,
    client: '127.0.0.1',
    user_id: READING.user_id,
    ...(hasDevice ? { device_id: 'device_a' } : {}),
    ...(hasRange ? { start: expect.stringMatching(/Z$/), end: expect.stringMatching(/Z$/) } : {}),
  };

  test('the right key: all that was asked for, and before an erasure as well', async () => {
    const { status, requestId, told } = await ask(placed, KEYS.right);
    expect(status).toBe(200);
    const all = { ...asked, key: KEYS.right.entry.id, request_id: requestId };
    const erased = action === 'erase' ? { readings: 1 } : {};
    const answered = { ...all, event: 'answered', status: 200, ...erased };
    const before = action === 'erase' ? [{ ...all, event: 'asked' }] : [];
    expect(told).toEqual([...before, answered]);
  });

  test('no key', async () => {
    const { status, requestId, told } = await ask(placed);
    expect(status).toBe(401);
    const refused = { event: 'answered', key: null, status: 401, denied: true };
    expect(told).toEqual([{ ...asked, ...refused, request_id: requestId }]);
  });

  test('a revoked key: whose it was said to be', async () => {
    const { status, requestId, told } = await ask(placed, KEYS.revoked);
    expect(status).toBe(401);
    const refused = { event: 'answered', key: null, status: 401, denied: true };
    const claimed = { claimed_key: KEYS.revoked.entry.id };
    expect(told).toEqual([{ ...asked, ...refused, ...claimed, request_id: requestId }]);
  });

  test('another scope: nothing is asked of the store', async () => {
    const scope = placed.operation.security[0]?.ApiKey?.[0] as Scope;
    const key = without.get(scope) as TestKey;
    const { status, requestId, told } = await ask(placed, key);
    expect(status).toBe(403);
    const refused = { event: 'answered', key: key.entry.id, status: 403, denied: true };
    expect(told).toEqual([{ ...asked, ...refused, request_id: requestId }]);
  });

  test.each([
    ['user', KEYS.otherUser],
    ['device', KEYS.otherDevice],
  ])('a key for another %s: who wanted to see whom', async (kind, key) => {
    const { status, requestId, told } = await ask(placed, key);
    expect(status).toBe(action === 'stream' ? 200 : 404);
    // Who does not name a device means the one of the key.
    const ofKey = kind === 'device' && !hasDevice;
    const denied = ofKey ? { device_id: 'device_c' } : { denied: true };
    const all = { ...asked, key: key.entry.id, request_id: requestId, ...denied };
    const erased = action === 'erase' ? { readings: 0 } : {};
    const answered = { ...all, event: 'answered', status, ...erased };
    const before = action === 'erase' ? [{ ...all, event: 'asked' }] : [];
    expect(told).toEqual([...before, answered]);
  });
});

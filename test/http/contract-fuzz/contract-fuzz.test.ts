import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { operationsOf, type PlacedOperation } from '../../../src/openapi/spec-document.ts';
import { checked, contract } from '../../support/contract.ts';
import { dashboardAssets } from '../../support/dashboard-assets.ts';
import { keysOf, testKey } from '../../support/test-keys.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { Accepted, exportedReadings } from './accepted.ts';
import { type Draft, targetOf, validDrafts } from './draft.ts';
import { type Exchanged, Wire } from './exchange.ts';
import { MARK } from './hostile-values.ts';
import { MAX_BODY_BYTES, mutated } from './mutations.ts';

/**
 * Of each operation. A failure prints `seed` and `path`: `FUZZ_SEED=… FUZZ_PATH=… npx vitest run
 * test/http/contract-fuzz -t <operation>` runs that request alone.
 */
const { FUZZ_RUNS, FUZZ_SEED, FUZZ_PATH } = process.env;
const RUNS = Number(FUZZ_RUNS ?? 30);
/** So many that an operation gets requests of every kind. */
const MANY_RUNS = 200;
const TIMEOUT_MS = 60_000 + RUNS * 200;
const PINO_DEBUG = 20;

const KEY = testKey();
const accepted = new Accepted();
let server: TestServer;
let wire: Wire;
let assets: readonly string[];
beforeAll(async () => {
  server = await openTestServer({
    keys: keysOf(KEY),
    allowedHosts: [],
    maxBodyBytes: MAX_BODY_BYTES,
  });
  wire = new Wire(server.url);
  assets = await dashboardAssets(server);
});
afterAll(async () => {
  wire.close();
  await server.close();
});

/** What the contract says of a response depends on the method and the path alone. */
const checkDeclared = async ({ method, path }: Draft, { response }: Exchanged): Promise<void> => {
  await checked(() => response)(new Request(server.url + path, { method }));
};

const checkStored = (placed: PlacedOperation, draft: Draft, { response, body }: Exchanged) => {
  if (draft.method !== placed.method.toUpperCase()) return;
  if (placed.method === 'post' && response.status === 200) {
    accepted.stored(draft, JSON.parse(body.toString()));
  }
  if (placed.method === 'delete' && response.status === 200) {
    expect(JSON.parse(body.toString()).count).toBe(accepted.erased(draft));
  }
  if (placed.method === 'delete' && body.includes(':no-readings"')) {
    expect(accepted.erased(draft)).toBe(0);
  }
};

/** What nobody must find out who reads logs; at `debug` it may be looked for on purpose. */
const checkLog = (): void => {
  const lines = server.service.logged.splice(0).filter(({ level }) => Number(level) > PINO_DEBUG);
  const text = JSON.stringify(lines);
  expect(text).not.toContain(MARK);
  expect(text).not.toContain(KEY.token);
};

const TAKEN = [200, 304, 404];

/** A parser that has not got through the target does not know that it is HEAD, and sends a body. */
const isUnknownHead = (draft: Draft): boolean =>
  draft.method === 'HEAD' && /[^\x21-\x7e]/.test(targetOf(draft));

const survives = async (placed: PlacedOperation, made: Draft): Promise<number> => {
  const draft = isUnknownHead(made) ? { ...made, method: 'GET' } : made;
  accepted.sending(draft);
  const exchanged = await wire.exchange(draft);
  const { status } = exchanged.response;
  expect(status).toBeLessThan(500);
  if (draft.isValid) expect(TAKEN).toContain(status);
  await checkDeclared(draft, exchanged);
  checkStored(placed, draft, exchanged);
  checkLog();
  return status;
};

/** Each has a seed of its own, as some differ in their paths alone. */
const OPERATIONS = operationsOf(contract).map((placed, index) => ({
  placed,
  operationId: placed.operation.operationId,
  seed: Number(FUZZ_SEED ?? (Date.now() + index * 7919) % 2 ** 31),
}));

const readable = (draft: Draft): string => {
  const { method, headers, body } = draft;
  return JSON.stringify({ method, target: targetOf(draft), headers, body: body?.bytes.toString() });
};

test.each(OPERATIONS)(
  `$operationId: whatever is sent gets a response of the contract (${RUNS} times, seed $seed)`,
  { timeout: TIMEOUT_MS },
  async ({ placed, seed }) => {
    const statuses = new Map<number, number>();
    const hasBody = placed.operation.requestBody !== undefined;
    const drafts = mutated(validDrafts(placed, { token: KEY.token, assets }), hasBody).map(
      (draft) => Object.assign(draft, { [fc.toStringMethod]: () => readable(draft) }),
    );
    await fc.assert(
      fc.asyncProperty(drafts, async (draft) => {
        const status = await survives(placed, draft);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }),
      { numRuns: RUNS, seed, ...(FUZZ_PATH === undefined ? {} : { path: FUZZ_PATH }) },
    );
    // Otherwise the generator would miss what it is for; a few may be of one kind by chance.
    if (FUZZ_PATH === undefined && RUNS >= MANY_RUNS) expect(statuses.size).toBeGreaterThan(1);
  },
);

test('all that was accepted is stored, and nothing that was refused; the service is well', async () => {
  const path = '/metrics/heart-rate/export';
  for (const userId of accepted.users) {
    const { response, body } = await wire.exchange({
      method: 'GET',
      path,
      query: [['user_id', userId]],
      suffix: '',
      headers: { authorization: `Bearer ${KEY.token}` },
      body: undefined,
      isValid: true,
    });
    const expected = accepted.expected(userId);
    expect([userId, response.status]).toEqual([userId, expected.size === 0 ? 404 : 200]);
    if (response.status === 200) {
      expect(exportedReadings(body.toString(), userId)).toEqual(expected);
    }
  }
  const health = await server.fetch(new Request(`${server.url}/health`, { headers: KEY.headers }));
  expect([health.status, await health.json()]).toMatchObject([200, { status: 'ok', reasons: [] }]);
  const metrics = await server.fetch(
    new Request(`${server.url}/metrics`, { headers: KEY.headers }),
  );
  expect(await metrics.text()).not.toContain(MARK);
});

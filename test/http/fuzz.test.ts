import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { contract } from '../support/contract.ts';
import { ORIGIN, openTestService, READING, type TestService } from '../support/test-service.ts';

/** The oracle is in `service.fetch`: it throws for every answer that is not declared. */
let service: TestService;
beforeAll(async () => {
  service = await openTestService();
});
afterAll(() => service.close());

const EDGES = [
  '',
  ' ',
  'null',
  '__proto__',
  'user_123',
  '2024-01-15T10:00:00Z',
  '2024-01-16T10:00:00 02:00',
  '2199-12-31T23:59:59.999999Z',
  '1m',
  '1d',
  'stats',
  'bucket',
  '%00',
  '%ff',
  '%',
  '💓',
  '\ud83d',
  "' OR 1=1 --",
];
const text = fc.oneof(
  fc.constantFrom(...EDGES),
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.string({ maxLength: 200 }),
);
const value = fc.oneof(
  text,
  fc.double(),
  fc.integer({ min: 25, max: 225 }),
  fc.jsonValue({ maxDepth: 2 }),
);

const reading = fc
  .tuple(
    fc.dictionary(
      fc.constantFrom('device_id', 'user_id', 'timestamp', 'heart_rate', 'x', '__proto__'),
      value,
      { maxKeys: 2 },
    ),
    fc.constantFrom(undefined, 'device_id', 'user_id', 'timestamp', 'heart_rate'),
  )
  .map(([changes, missing]) => ({
    ...READING,
    ...changes,
    ...(missing === undefined ? {} : { [missing]: undefined }),
  }));
const readings = fc.array(fc.oneof(reading, fc.constant(READING)), { maxLength: 4 });

const bytes = (written: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  written.map((one) => new TextEncoder().encode(one));
const body = fc.oneof(
  bytes(reading.map((one) => JSON.stringify(one))),
  bytes(readings.map((some) => JSON.stringify({ readings: some }))),
  bytes(readings.map((some) => some.map((one) => JSON.stringify(one)).join('\n'))),
  bytes(fc.json({ maxDepth: 3 })),
  bytes(reading.map((one) => JSON.stringify(one).slice(0, -3))),
  fc.uint8Array({ maxLength: 50 }).map((some) => new Uint8Array(some)),
);

const parameters = fc.array(
  fc.tuple(
    fc.oneof(
      fc.constantFrom('user_id', 'start', 'end', 'device_id', 'interval', 'priority_scope'),
      fc.constantFrom('include', 'limit', '__proto__'),
      text,
    ),
    text,
  ),
  { maxLength: 5 },
);
/** As programs encode it, or as it was typed. */
const search = fc.oneof(
  parameters.map((pairs) => new URLSearchParams(pairs).toString()),
  parameters.map((pairs) => pairs.map((pair) => pair.join('=')).join('&')),
);

const PATHS = Object.keys(contract.paths);
const path = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom(...PATHS) },
  {
    weight: 1,
    arbitrary: text.map((one) => `/${encodeURIComponent(Buffer.from(one).toString())}`),
  },
);
const headers = fc.record(
  {
    'content-type': fc.constantFrom(
      'application/json',
      'application/x-ndjson',
      'text/plain',
      'application/json;',
      'multipart/form-data; boundary=a',
      ';',
    ),
    'content-encoding': fc.constantFrom('gzip', 'identity', ''),
    'x-request-id': fc.constantFrom('', 'a', '<', 'x'.repeat(300)),
    'accept-encoding': fc.constantFrom('gzip', 'br', '*'),
    'if-none-match': fc.constantFrom('*', '""'),
  },
  { requiredKeys: [] },
);
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];

/** What is sent, in a form that a failure can print. */
interface Sent {
  readonly method: string;
  readonly target: string;
  readonly headers?: Record<string, string>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

const survives = async ({ target, ...init }: Sent): Promise<number> => {
  const answer = await service.fetch(new Request(ORIGIN + target, init));
  expect(answer.status).toBeLessThan(500);
  return answer.status;
};

/** Any statuses that did not come up would mean that the generator misses what it is for. */
const expectStatuses = async (
  arbitrary: fc.Arbitrary<Sent>,
  runs: number,
  statuses: readonly number[],
): Promise<void> => {
  const seen = new Set<number>();
  await fc.assert(
    fc.asyncProperty(arbitrary, async (sent) => {
      seen.add(await survives(sent));
    }),
    { numRuns: runs },
  );
  expect([...seen].sort()).toEqual(statuses);
};

const post = (target: string): fc.Arbitrary<Sent> =>
  fc.record({
    method: fc.constant('POST'),
    target: fc.constant(target),
    headers: fc.record({
      'content-type': fc.constantFrom('application/json', 'application/x-ndjson', 'text/csv'),
    }),
    body,
  });

test('one reading: any body gets a declared answer', async () => {
  await expectStatuses(post('/metrics/heart-rate'), 1_000, [200, 400, 415]);
});

test('a batch: any body gets a declared answer', async () => {
  await expectStatuses(post('/metrics/heart-rate/batch'), 1_000, [200, 400, 415]);
});

test('a series: any query gets a declared answer', async () => {
  const valid = { user_id: 'user_123', start: '2024-01-15T00:00:00Z', end: '2024-01-16T00:00:00Z' };
  const nearlyValid = fc
    .tuple(fc.constantFrom('user_id', 'start', 'end', 'interval', 'include', 'device_id'), text)
    .map(([name, changed]) => new URLSearchParams({ ...valid, [name]: changed }).toString());
  const query = fc.oneof(search, nearlyValid);
  const sent = query.map((one) => ({ method: 'GET', target: `/metrics/heart-rate?${one}` }));
  await expectStatuses(sent, 1_000, [200, 400, 404]);
});

test('any method, path, query, headers and body get a declared answer', async () => {
  const sent = fc
    .tuple(fc.constantFrom(...METHODS), path, search, headers, body)
    .map(([method, to, query, some, content]): Sent => {
      const hasBody = method !== 'GET' && method !== 'HEAD';
      const target = `${to}?${query}`;
      return { method, target, headers: some, ...(hasBody ? { body: content } : {}) };
    });
  await fc.assert(
    fc.asyncProperty(sent, async (one) => {
      await survives(one);
    }),
    { numRuns: 1_500 },
  );
});

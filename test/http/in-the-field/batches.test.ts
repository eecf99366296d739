import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ProblemError } from '../../../src/http/responses/problem.ts';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { JSON_TYPE, NDJSON_TYPE, READING } from '../../support/test-service.ts';

const BATCH = '/metrics/heart-rate/batch';
const SKIP = `${BATCH}?on_invalid=skip`;

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer({ retentionDays: 10 });
});
afterAll(() => server.close());

const NOW = new Date().toISOString();
const GOOD = { ...READING, timestamp: NOW };
const HIGH = { ...GOOD, heart_rate: 300 };
const EXPIRED = { ...GOOD, timestamp: '2024-01-15T10:00:00Z' };
const EXPIRED_DETAIL = `must not be of a day that ended more than 10 days ago, as of ${NOW.slice(0, 10)}`;
/** In a body of lines this is one that is not JSON; in JSON it is no object. */
const TORN = '{"device_id":"dev';

const FORMS = [
  ['JSON', JSON_TYPE, (readings: unknown[]) => JSON.stringify({ readings })],
  [
    'lines',
    NDJSON_TYPE,
    (readings: unknown[]) =>
      readings.map((each) => (each === TORN ? TORN : JSON.stringify(each))).join('\n'),
  ],
] as const;

const at = (index: number, field: string, detail: string): ProblemError => ({
  pointer: `/readings/${index}${field}`,
  detail,
});

describe.each(FORMS)('a batch as %s', (name, type, write) => {
  const send = async (path: string, readings: unknown[]) => {
    const before = server.service.stored();
    const response = await server.post(path, write(readings), type);
    const body = await response.json();
    return { status: response.status, body, stored: server.service.stored() - before };
  };
  const torn = at(3, '', name === 'JSON' ? 'must be an object' : 'is not JSON');
  const mixed = [GOOD, HIGH, EXPIRED, TORN, GOOD];
  const mixedErrors = [
    at(1, '/heart_rate', 'must be at most 220'),
    at(2, '/timestamp', EXPIRED_DETAIL),
    torn,
  ];

  test.each([BATCH, `${BATCH}?on_invalid=reject`])('%s: all or none', async (path) => {
    expect(await send(path, [GOOD, GOOD])).toEqual({
      status: 200,
      body: { status: 'accepted', count: 2 },
      stored: 2,
    });
    expect(await send(path, mixed)).toMatchObject({
      status: 400,
      body: { type: 'urn:problem:heart-rate:invalid-request', invalid_count: 3 },
      stored: 0,
    });
  });

  test('the valid ones are stored when the others are skipped', async () => {
    expect(await send(SKIP, mixed)).toEqual({
      status: 200,
      body: { status: 'accepted', count: 2, rejected: 3, errors: mixedErrors },
      stored: 2,
    });
  });

  test('the errors are the same when nothing is stored', async () => {
    const { body } = await send(BATCH, mixed);
    expect(body).toMatchObject({ errors: mixedErrors });
  });

  test.each([
    ['on the fast path', GOOD],
    ['on the slow path', { ...GOOD, source: 'watch' }],
  ])('nothing is skipped where all are valid, %s', async (_, reading) => {
    expect(await send(SKIP, [reading, reading])).toEqual({
      status: 200,
      body: { status: 'accepted', count: 2, rejected: 0, errors: [] },
      stored: 2,
    });
  });

  test('the largest batch with one valid reading: 20 errors, and the number of all', async () => {
    const bad = { ...GOOD, user_id: '', heart_rate: 0 };
    const readings = [...Array.from({ length: 9_999 }, () => bad), GOOD];
    const errors = Array.from({ length: 10 }, (_, index) => [
      at(index, '/user_id', 'must be 1 to 128 characters, none of them a control character'),
      at(index, '/heart_rate', 'must be at least 30'),
    ]).flat();
    expect(await send(SKIP, readings)).toEqual({
      status: 200,
      body: { status: 'accepted', count: 1, rejected: 9_999, errors },
      stored: 1,
    });
    expect(await send(BATCH, readings)).toMatchObject({
      status: 400,
      body: { invalid_count: 9_999, errors },
      stored: 0,
    });
  });

  test.each([
    ['invalid', HIGH, 'must be at most 220'],
    ['expired', EXPIRED, EXPIRED_DETAIL],
  ])('where all are %s nothing can be stored', async (_, reading, detail) => {
    const expected = {
      status: 400,
      body: { invalid_count: 2, errors: [{ detail }, { detail }] },
      stored: 0,
    };
    expect(await send(SKIP, [reading, reading])).toMatchObject(expected);
    expect(await send(BATCH, [reading, reading])).toMatchObject(expected);
  });

  test.each([
    ['no readings', []],
    ['too many', Array.from({ length: 10_001 }, () => GOOD)],
  ])('what is no batch is refused, skip or not: %s', async (_, readings) => {
    for (const path of [BATCH, SKIP]) {
      const { status, body, stored } = await send(path, readings);
      expect([status, stored]).toEqual([400, 0]);
      expect(body).toMatchObject({ errors: [{ pointer: '/readings' }] });
      expect(body).not.toHaveProperty('invalid_count');
    }
  });

  test.each(['', 'Skip', 'ignore', 'skip&on_invalid=skip'])('on_invalid=%s', async (value) => {
    const { status, body, stored } = await send(`${BATCH}?on_invalid=${value}`, [GOOD]);
    expect([status, stored]).toEqual([400, 0]);
    expect(body).toMatchObject({ errors: [{ pointer: '/query/on_invalid' }] });
  });
});

test.each([
  ['not JSON', '{"readings":[', JSON_TYPE],
  ['not UTF-8', new Uint8Array([0xff]), NDJSON_TYPE],
])('a body that is %s is not a batch, skip or not', async (detail, body, type) => {
  for (const path of [BATCH, SKIP]) {
    const response = await server.post(path, body, type);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      errors: [{ pointer: '', detail: `is ${detail}` }],
    });
  }
});

test('skipped readings are counted as rejected, stored ones as accepted', async () => {
  const count = async (name: string) => {
    const text = await (await server.get('/metrics')).text();
    return Number(new RegExp(`^heart_rate_readings_${name}_total (\\d+)$`, 'm').exec(text)?.[1]);
  };
  const before = [await count('accepted'), await count('rejected')] as const;
  await server.postJson(SKIP, { readings: [GOOD, HIGH, EXPIRED, null] });
  expect([await count('accepted'), await count('rejected')]).toEqual([
    before[0] + 1,
    before[1] + 3,
  ]);
});

test('a single reading that is not valid: the problem counts one, and speaks of one', async () => {
  const response = await server.postJson('/metrics/heart-rate', { ...HIGH, user_id: '' });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({
    detail: 'Nothing was stored, because the reading is not valid.',
    invalid_count: 1,
  });
});

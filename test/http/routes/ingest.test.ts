import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ScanRequest } from '../../../src/storage/reading-store.ts';
import { collected } from '../../support/collected.ts';
import {
  JSON_TYPE,
  NDJSON_TYPE,
  openTestService,
  READING,
  type TestService,
} from '../../support/test-service.ts';

const SINGLE = '/metrics/heart-rate';
const BATCH = '/metrics/heart-rate/batch';

let service: TestService;
beforeAll(async () => {
  service = await openTestService();
});
afterAll(() => service.close());

const MICROS = Date.UTC(2024, 0, 15, 10) * 1000;
const ALL_TIME = { startMicros: 0, endMicros: 7_000_000_000_000_000 } as ScanRequest['range'];

/** What the store has of a user, as [device, microseconds, value], in order of acceptance. */
const storedOf = async (userId: string): Promise<unknown[][]> => {
  const rows: { sequence: number; row: unknown[] }[] = [];
  for await (const scan of service.store.scan({ userId, range: ALL_TIME })) {
    const records = (await collected(scan)).toRecords();
    for (const { device_id, timestamp, heart_rate, sequence } of records) {
      rows.push({ sequence: Number(sequence), row: [device_id, Number(timestamp), heart_rate] });
    }
  }
  return rows.sort((a, b) => a.sequence - b.sequence).map(({ row }) => row);
};

test('one reading is stored as it was sent', async () => {
  const answer = await service.postJson(SINGLE, { ...READING, user_id: 'one' });
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'accepted' }]);
  expect(await storedOf('one')).toEqual([['device_a', MICROS, 75]]);
});

test.each([
  ['Java and js-joda, on a whole minute', '2024-01-15T10:00Z'],
  ['js-joda with an offset', '2024-01-15T12:00+02:00'],
  ['PostgreSQL', '2024-01-15 10:00:00+00'],
  ['PostgreSQL in another zone', '2024-01-15 15:00:00+05'],
  ["Apple's Health", '2024-01-15 12:00:00 +0200'],
  ['Python, isoformat', '2024-01-15T10:00:00+00:00'],
])('a timestamp as %s writes it', async (name, timestamp) => {
  const reading = { ...READING, user_id: name, timestamp };
  expect((await service.postJson(SINGLE, reading)).status).toBe(200);
  // A further field is for JSON.parse and the schema.
  expect((await service.postJson(SINGLE, { ...reading, source: name })).status).toBe(200);
  expect((await service.post(BATCH, JSON.stringify(reading), NDJSON_TYPE)).status).toBe(200);
  expect(await storedOf(name)).toEqual(Array(3).fill(['device_a', MICROS, 75]));
});

test('decimals, offsets, microseconds and unknown fields', async () => {
  const user_id = 'exact';
  const send = (changes: object) => service.postJson(SINGLE, { ...READING, user_id, ...changes });
  expect((await send({ heart_rate: 30 })).status).toBe(200);
  expect((await send({ heart_rate: 71.123456789 })).status).toBe(200);
  expect((await send({ timestamp: '2024-01-15T12:00:00+02:00', heart_rate: 220 })).status).toBe(
    200,
  );
  expect((await send({ timestamp: '2024-01-15 10:00:00.0000019' })).status).toBe(200);
  expect((await send({ mood: 'good', timestamp: '2024-01-15T10:00:01' })).status).toBe(200);
  expect(await storedOf(user_id)).toEqual([
    ['device_a', MICROS, 30],
    ['device_a', MICROS, 71.123456789],
    ['device_a', MICROS, 220],
    ['device_a', MICROS + 1, 75],
    ['device_a', MICROS + 1_000_000, 75],
  ]);
});

test.each([
  ['128 characters outside the basic plane', '💓'.repeat(128)],
  ['a path', '../../etc/passwd'],
  ['a glob', '*?[a]{b}'],
  ['a formula', '=1+1'],
  ['markup', '<script>alert(1)</script>'],
  ['a quote and a backslash', '\'"\\'],
  ['blanks', '  '],
  ['a line separator', 'a\u2028b'],
  ['__proto__', '__proto__'],
  ['text from right to left', 'מטופל'],
])('an id may be %s', async (_name, user_id) => {
  expect((await service.postJson(SINGLE, { ...READING, user_id })).status).toBe(200);
  expect(await storedOf(user_id)).toEqual([['device_a', MICROS, 75]]);
});

test('a batch is stored in its order', async () => {
  const user_id = 'batch';
  const readings = [75, 76, 77].map((heart_rate) => ({ ...READING, user_id, heart_rate }));
  const answer = await service.postJson(BATCH, { readings });
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'accepted', count: 3 }]);
  expect(await storedOf(user_id)).toEqual([75, 76, 77].map((rate) => ['device_a', MICROS, rate]));
});

test.each([
  ['ended', '\n', '\n', 'application/x-ndjson'],
  ['not ended', '\n', '', 'application/x-ndjson; charset=utf-8'],
  ['ended by CRLF', '\r\n', '\r\n', 'Application/X-NDJSON'],
  ['followed by blank ones', '\n', '\n\n \n', 'application/x-ndjson'],
])('lines %s', async (name, separator, end, type) => {
  const user_id = `lines ${name}`;
  const lines = [75, 76].map((heart_rate) => JSON.stringify({ ...READING, user_id, heart_rate }));
  const answer = await service.post(BATCH, lines.join(separator) + end, { 'content-type': type });
  expect([answer.status, await answer.json()]).toEqual([200, { status: 'accepted', count: 2 }]);
  expect(await storedOf(user_id)).toEqual([75, 76].map((rate) => ['device_a', MICROS, rate]));
});

test('a batch of 10,000, either way', async () => {
  const before = service.stored();
  const readings = Array.from({ length: 10_000 }, (_, index) => ({
    ...READING,
    user_id: `user_${index % 7}`,
    timestamp: new Date(Date.UTC(2024, 0, 16) + index).toISOString(),
  }));
  const json = await service.postJson(BATCH, { readings });
  expect(await json.json()).toEqual({ status: 'accepted', count: 10_000 });
  const lines = readings.map((reading) => JSON.stringify(reading)).join('\n');
  const ndjson = await service.post(BATCH, lines, NDJSON_TYPE);
  expect(await ndjson.json()).toEqual({ status: 'accepted', count: 10_000 });
  expect(service.stored() - before).toBe(20_000);
});

test('a byte order mark is no part of the JSON', async () => {
  const body = `\ufeff${JSON.stringify({ ...READING, user_id: 'bom' })}`;
  expect((await service.post(SINGLE, body)).status).toBe(200);
});

test('an encoding of identity is none', async () => {
  const headers = { ...JSON_TYPE, 'content-encoding': 'identity' };
  const answer = await service.post(SINGLE, JSON.stringify(READING), headers);
  expect(answer.status).toBe(200);
});

/** All that an answer says, but what differs from one request to the next. */
const saidBy = async (answer: Response) => {
  const headers = [...answer.headers].filter(([name]) => name !== 'x-request-id');
  return { status: answer.status, headers, body: await answer.text() };
};

test.each([
  ['single', SINGLE, JSON_TYPE, (readings: object[]) => JSON.stringify(readings[0])],
  ['batch', BATCH, JSON_TYPE, (readings: object[]) => JSON.stringify({ readings })],
  [
    'lines',
    BATCH,
    NDJSON_TYPE,
    (readings: object[]) => readings.map((r) => JSON.stringify(r)).join('\n'),
  ],
])('a %s in any spelling is answered and stored alike', async (name, path, type, write) => {
  const users = [`plain ${name}`, `escaped ${name}`, `more ${name}`];
  const send = (body: string) => service.post(path, body, type);
  const [first, second, third] = users.map((user_id) =>
    write([75, 76.5].map((heart_rate) => ({ ...READING, user_id, heart_rate }))),
  ) as [string, string, string];
  const answers = [
    await send(first),
    // The same letters by their numbers, and a field more: neither is plain spelling.
    await send(second.replaceAll('escaped', '\\u0065scaped')),
    await send(third.replaceAll('"user_id"', '"mood":{"is":"good"},"user_id"')),
  ];
  const said = await Promise.all(answers.map(saidBy));
  expect(said[0]).toMatchObject({ status: 200 });
  expect(said).toEqual([said[0], said[0], said[0]]);
  const stored = await Promise.all(users.map(storedOf));
  expect(stored[0]).toHaveLength(name === 'single' ? 1 : 2);
  expect(stored).toEqual([stored[0], stored[0], stored[0]]);
});

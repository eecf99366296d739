import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Problem } from '../../src/http/responses/problem.ts';
import { openTestServer, type TestServer } from '../support/test-server.ts';
import { JSON_TYPE, NDJSON_TYPE, READING, type Requests } from '../support/test-service.ts';

/** All of it goes over the wire: in process, requests are not what clients send. */
interface Case {
  readonly name: string;
  readonly send: (service: Requests) => Promise<Response>;
  readonly status: number;
  /** Every pointer of `errors`, in order. */
  readonly pointers?: readonly string[];
  /** Part of what the first error, or else the problem, says. */
  readonly says?: string | RegExp;
}

const SINGLE = '/metrics/heart-rate';
const BATCH = '/metrics/heart-rate/batch';
const LONG_ID = 'x'.repeat(129);

const single = (
  name: string,
  changes: Record<string, unknown>,
  pointers: readonly string[],
  says?: string | RegExp,
): Case => ({
  name: `one reading: ${name}`,
  send: (service) => service.postJson(SINGLE, { ...READING, ...changes }),
  status: 400,
  pointers,
  ...(says === undefined ? {} : { says }),
});

const body = (
  name: string,
  path: string,
  text: string | Uint8Array<ArrayBuffer>,
  expected: Omit<Case, 'name' | 'send'>,
  headers: Record<string, string> = JSON_TYPE,
): Case => ({ name, send: (service) => service.post(path, text, headers), ...expected });

const lines = (name: string, text: string, pointers: readonly string[], says?: string): Case =>
  body(
    `lines: ${name}`,
    BATCH,
    text,
    { status: 400, pointers, ...(says === undefined ? {} : { says }) },
    NDJSON_TYPE,
  );

const RANGE = 'user_id=u&start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z';
const query = (name: string, search: string, pointers: readonly string[], says?: string): Case => ({
  name: `query: ${name}`,
  send: (service) => service.get(`${SINGLE}?${search}`),
  status: 400,
  pointers,
  ...(says === undefined ? {} : { says }),
});

const LATEST = `${SINGLE}/latest`;
const latest = (
  name: string,
  search: string,
  pointers: readonly string[],
  says?: string,
): Case => ({
  ...query(name, '', pointers, says),
  name: `latest: ${name}`,
  send: (service) => service.get(`${LATEST}?${search}`),
});

const USER_DEVICES = `${SINGLE}/devices`;
const devicesOf = (name: string, search: string, pointers: readonly string[], says = ''): Case => ({
  ...query(name, '', pointers, says),
  name: `devices of a user: ${name}`,
  send: (service) => service.get(`${USER_DEVICES}?${search}`),
});

const exported = (name: string, search: string, pointers: readonly string[], says = ''): Case => ({
  ...query(name, '', pointers, says),
  name: `export: ${name}`,
  send: (service) => service.get(`${SINGLE}/export?${search}`),
});

const stream = (name: string, search: string, pointers: readonly string[], says = ''): Case => ({
  name: `stream: ${name}`,
  send: (service) => service.get(`${SINGLE}/stream?${search}`),
  status: 400,
  pointers,
  says,
});

const ask = (name: string, method: string, path: string, status: number): Case => ({
  name,
  send: (service) => service.ask(method, path),
  status,
});

const json = JSON.stringify;
const LINE = json(READING);
const ROOT_400 = { status: 400, pointers: [''] };

const CASES: readonly Case[] = [
  single('no device_id', { device_id: undefined }, ['/device_id'], 'is required'),
  single('no user_id', { user_id: undefined }, ['/user_id'], 'is required'),
  single('no timestamp', { timestamp: undefined }, ['/timestamp'], 'is required'),
  single('no heart_rate', { heart_rate: undefined }, ['/heart_rate'], 'is required'),
  single('empty user_id', { user_id: '' }, ['/user_id'], '1 to 128 characters'),
  single('empty device_id', { device_id: '' }, ['/device_id'], '1 to 128 characters'),
  single('user_id of 129 characters', { user_id: LONG_ID }, ['/user_id']),
  single('user_id of 129 hearts', { user_id: '💓'.repeat(129) }, ['/user_id']),
  single('NUL in an id', { device_id: 'a\0b' }, ['/device_id']),
  single('line feed in an id', { user_id: 'a\nb' }, ['/user_id']),
  single('control character above ASCII in an id', { user_id: 'a\u0085b' }, ['/user_id']),
  single('lone high surrogate in an id', { user_id: '\ud83d' }, ['/user_id']),
  single('lone low surrogate in an id', { user_id: 'a\udc93' }, ['/user_id']),
  single('number for an id', { user_id: 123 }, ['/user_id'], 'must be a string'),
  single('null for an id', { device_id: null }, ['/device_id'], 'must be a string'),
  single('array for an id', { device_id: ['device_a'] }, ['/device_id'], 'must be a string'),
  single('object for an id', { device_id: {} }, ['/device_id'], 'must be a string'),
  single('heart_rate below 30', { heart_rate: 29.999 }, ['/heart_rate'], 'must be at least 30'),
  single('heart_rate above 220', { heart_rate: 220.001 }, ['/heart_rate'], 'must be at most 220'),
  single('negative heart_rate', { heart_rate: -75 }, ['/heart_rate']),
  single('heart_rate 0', { heart_rate: 0 }, ['/heart_rate']),
  single('heart_rate as a string', { heart_rate: '75' }, ['/heart_rate'], 'must be a number'),
  single('heart_rate null', { heart_rate: null }, ['/heart_rate'], 'must be a number'),
  single('heart_rate true', { heart_rate: true }, ['/heart_rate'], 'must be a number'),
  body('one reading: heart_rate 1e400', SINGLE, LINE.replace('75', '1e400'), {
    status: 400,
    pointers: ['/heart_rate'],
  }),
  body('one reading: heart_rate NaN', SINGLE, LINE.replace('75', 'NaN'), ROOT_400),
  ...[
    ['a blank for the offset sign', '2024-01-15T10:00:00 02:00'],
    ['an hour alone', '2024-01-15T10Z'],
    ['an offset of 99 hours', '2024-01-15T10:00:00+99:00'],
    ['something after it', '2024-01-15T10:00:00Zoo'],
    ['second 60', '2024-01-15T10:00:60Z'],
    ['hour 24', '2024-01-15T24:00:00Z'],
    ['year 0', '0000-01-01T00:00:00Z'],
    ['a word', 'now'],
    ['nothing', ''],
    ['a small number', 12345],
    ['an enormous number', 1e300],
  ].map(([name, timestamp]) => single(`timestamp is ${name}`, { timestamp }, ['/timestamp'], /Z$/)),
  ...[
    ['seconds', 1705312800, 'not seconds since 1970'],
    ['seconds with decimals', 1705312800.25, 'not seconds since 1970'],
    ['seconds as a string', '1705312800', 'not seconds since 1970'],
    ['milliseconds', 1705312800000, 'not milliseconds since 1970'],
    ['milliseconds as a string', '1705312800000', 'not milliseconds since 1970'],
    ['a day', '2024-01-15', 'not a date alone'],
    ['30 February', '2024-02-30T10:00:00Z', 'of a date that exists'],
    ['29 February of 2023', '2023-02-29T10:00:00Z', 'of a date that exists'],
    ['before 1970', '1969-12-31T23:59:59Z', 'of a date that exists, from 1970 to 2199'],
    ['after 2199', '2200-01-01T00:00:00Z', 'of a date that exists, from 1970 to 2199'],
  ].map(([name, timestamp, what]) =>
    single(
      `timestamp is ${name}`,
      { timestamp },
      ['/timestamp'],
      `must be like 2024-01-15T10:00:00Z, ${what}`,
    ),
  ),
  single('timestamp is null', { timestamp: null }, ['/timestamp'], 'must be a string'),
  single('timestamp is an array', { timestamp: [1] }, ['/timestamp'], 'must be a string'),
  single('everything wrong', { user_id: '', device_id: 7, timestamp: 'x', heart_rate: 500 }, [
    '/device_id',
    '/user_id',
    '/timestamp',
    '/heart_rate',
  ]),

  body('body: array', SINGLE, '[]', { ...ROOT_400, says: 'must be an object' }),
  body('body: null', SINGLE, 'null', { ...ROOT_400, says: 'must be an object' }),
  body('body: string', SINGLE, '"reading"', ROOT_400),
  body('body: empty', SINGLE, '', { ...ROOT_400, says: 'is not JSON' }),
  body('body: cut off', SINGLE, LINE.slice(0, -1), { ...ROOT_400, says: 'is not JSON' }),
  body('body: not UTF-8', SINGLE, new Uint8Array([0x22, 0xff, 0x22]), {
    ...ROOT_400,
    says: 'is not UTF-8',
  }),
  body(
    'body: surrogate in UTF-8',
    SINGLE,
    new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]),
    ROOT_400,
  ),
  body('body: deep JSON', SINGLE, '['.repeat(100_000), ROOT_400),
  body('body: deep JSON that ends', SINGLE, '['.repeat(100_000) + ']'.repeat(100_000), ROOT_400),
  body('body: __proto__ for fields', SINGLE, `{"__proto__":${LINE}}`, {
    status: 400,
    pointers: ['/device_id', '/user_id', '/timestamp', '/heart_rate'],
  }),
  body('body: constructor for fields', SINGLE, `{"constructor":${LINE},"prototype":${LINE}}`, {
    status: 400,
    pointers: ['/device_id', '/user_id', '/timestamp', '/heart_rate'],
  }),
  body('body: a key twice, the last one wrong', SINGLE, LINE.replace('}', ',"heart_rate":7}'), {
    status: 400,
    pointers: ['/heart_rate'],
  }),
  body('body: overlong UTF-8', SINGLE, new Uint8Array([0x22, 0xc0, 0xaf, 0x22]), {
    ...ROOT_400,
    says: 'is not UTF-8',
  }),
  body(
    'batch: deep JSON in a field',
    BATCH,
    `{"readings":[${LINE.replace('75', '['.repeat(50_000))}`,
    {
      status: 400,
      pointers: [''],
    },
  ),
  body('body: readings of a batch', SINGLE, json({ readings: [READING] }), {
    status: 400,
    pointers: ['/device_id', '/user_id', '/timestamp', '/heart_rate'],
  }),
  body('type: text/plain', SINGLE, LINE, { status: 415 }, { 'content-type': 'text/plain' }),
  body('type: NDJSON for one reading', SINGLE, LINE, { status: 415 }, NDJSON_TYPE),
  body(
    'type: form',
    SINGLE,
    'user_id=u',
    { status: 415 },
    {
      'content-type': 'application/x-www-form-urlencoded',
    },
  ),
  body('type: none', SINGLE, LINE, { status: 415, says: 'as application/json.' }, {}),
  body('type: batch as CSV', BATCH, 'a,b', { status: 415 }, { 'content-type': 'text/csv' }),
  body(
    'encoding: br',
    SINGLE,
    LINE,
    { status: 415, says: 'one of gzip, deflate' },
    {
      ...JSON_TYPE,
      'content-encoding': 'br',
    },
  ),
  body(
    'encoding: gzip that is none',
    BATCH,
    LINE,
    { status: 400, pointers: [''], says: 'is not one complete gzip stream' },
    {
      ...NDJSON_TYPE,
      'content-encoding': 'gzip',
    },
  ),
  body('one reading: unknown parameter', `${SINGLE}?dry_run=1`, LINE, {
    status: 400,
    pointers: ['/query/dry_run'],
    says: 'is not a parameter',
  }),

  body('batch: no readings', BATCH, '{}', { status: 400, pointers: ['/readings'] }),
  body('batch: empty', BATCH, '{"readings":[]}', {
    status: 400,
    pointers: ['/readings'],
    says: 'must have at least 1 item',
  }),
  body('batch: object for readings', BATCH, '{"readings":{}}', {
    status: 400,
    pointers: ['/readings'],
    says: 'must be an array',
  }),
  body('batch: bare array', BATCH, `[${LINE}]`, { status: 400, pointers: [''] }),
  body('batch: one reading bare', BATCH, LINE, { status: 400, pointers: ['/readings'] }),
  body('batch: null in it', BATCH, `{"readings":[${LINE},null]}`, {
    status: 400,
    pointers: ['/readings/1'],
    says: 'must be an object',
  }),
  body(
    'batch: the third and fifth wrong',
    BATCH,
    json({
      readings: [
        READING,
        READING,
        { ...READING, heart_rate: 10 },
        READING,
        { ...READING, timestamp: 'x' },
      ],
    }),
    { status: 400, pointers: ['/readings/2/heart_rate', '/readings/4/timestamp'] },
  ),
  body(
    'batch: 10,001 readings',
    BATCH,
    json({ readings: Array.from({ length: 10_001 }, () => READING) }),
    { status: 400, pointers: ['/readings'], says: 'must have at most 10000 items' },
  ),
  body('batch: four million numbers', BATCH, `{"readings":[${'1,'.repeat(4_000_000)}1]}`, {
    status: 400,
    pointers: ['/readings'],
    says: 'must have at most 10000 items',
  }),
  body(
    'batch: 30 wrong, of which 20 are told',
    BATCH,
    json({ readings: Array.from({ length: 30 }, () => ({ ...READING, user_id: '' })) }),
    {
      status: 400,
      pointers: Array.from({ length: 20 }, (_, index) => `/readings/${index}/user_id`),
    },
  ),
  body('batch: unknown parameter', `${BATCH}?x=1`, json({ readings: [READING] }), {
    status: 400,
    pointers: ['/query/x'],
  }),

  lines('nothing', '', ['/readings'], 'must have at least 1 item'),
  lines('only line feeds', '\n\n', ['/readings']),
  lines('a blank one between', `${LINE}\n\n${LINE}\n`, ['/readings/1'], 'is not JSON'),
  lines('one that is no JSON', `${LINE}\nnope\n`, ['/readings/1'], 'is not JSON'),
  lines('one that is an array', `[${LINE}]\n`, ['/readings/0'], 'must be an object'),
  lines('a wrong value', `${LINE}\n${LINE.replace('75', '7')}\n`, ['/readings/1/heart_rate']),
  lines('no JSON, and a wrong value', `${LINE.replace('75', '7')}\nx`, [
    '/readings/0/heart_rate',
    '/readings/1',
  ]),
  lines('10,001 of them', `${LINE}\n`.repeat(10_001), ['/readings'], 'at most 10000 items'),
  lines('a million', 'x\n'.repeat(1_000_000), ['/readings'], 'at most 10000 items'),
  body(
    'lines: unknown parameter',
    `${BATCH}?x=1`,
    LINE,
    { status: 400, pointers: ['/query/x'] },
    NDJSON_TYPE,
  ),
  body('lines: not UTF-8', BATCH, new Uint8Array([0xff]), ROOT_400, NDJSON_TYPE),

  latest('nothing', '', ['/query/user_id'], 'is required'),
  latest('empty user_id', 'user_id=', ['/query/user_id'], '1 to 128 characters'),
  latest('NUL in user_id', 'user_id=%00', ['/query/user_id']),
  latest('user_id twice', 'user_id=u&user_id=v', ['/query/user_id'], 'only once'),
  latest('empty device_id', 'user_id=u&device_id=', ['/query/device_id']),
  latest('a range', RANGE, ['/query/start', '/query/end'], 'is not a parameter'),
  ask('latest: POST', 'POST', LATEST, 405),
  devicesOf('nothing', '', ['/query/user_id', '/query/start', '/query/end'], 'is required'),
  devicesOf('empty user_id', RANGE.replace('=u', '='), ['/query/user_id']),
  devicesOf('no end', 'user_id=u&start=2024-01-16T00:00:00Z', ['/query/end'], 'is required'),
  devicesOf('end before start', RANGE.replace('2024-01-16', '2024-01-14'), ['/query/end'], 'after'),
  devicesOf(
    '401 days',
    RANGE.replace('2024-01-16', '2025-02-19'),
    ['/query/end'],
    'at most 400 days',
  ),
  devicesOf('an interval', `${RANGE}&interval=1d`, ['/query/interval'], 'is not a parameter'),
  ask('devices of a user: DELETE', 'DELETE', USER_DEVICES, 405),
  query('nothing', '', ['/query/user_id', '/query/start', '/query/end'], 'is required'),
  query('no user_id', RANGE.replace('user_id=u&', ''), ['/query/user_id'], 'is required'),
  query('no start', 'user_id=u&end=2024-01-16T00:00:00Z', ['/query/start'], 'is required'),
  query('no end', 'user_id=u&start=2024-01-16T00:00:00Z', ['/query/end'], 'is required'),
  query('empty user_id', RANGE.replace('=u', '='), ['/query/user_id']),
  query('NUL in user_id', RANGE.replace('=u', '=%00'), ['/query/user_id']),
  query('user_id twice', `${RANGE}&user_id=v`, ['/query/user_id'], 'must be given only once'),
  query('start twice', `${RANGE}&start=2024-01-15T00:00:00Z`, ['/query/start'], 'only once'),
  query('interval twice', `${RANGE}&interval=1m&interval=5m`, ['/query/interval'], 'only once'),
  query('device_id empty', `${RANGE}&device_id=`, ['/query/device_id']),
  query('unknown interval', `${RANGE}&interval=2m`, ['/query/interval'], '1m, 5m, 15m, 1h, 1d'),
  query('empty interval', `${RANGE}&interval=`, ['/query/interval']),
  query('unknown scope', `${RANGE}&priority_scope=day`, ['/query/priority_scope'], 'one of'),
  query('unknown include', `${RANGE}&include=raw`, ['/query/include/0'], 'stats, explain'),
  query('unknown include behind another', `${RANGE}&include=stats,raw`, ['/query/include/1']),
  query('include with a blank', `${RANGE}&include=stats,%20explain`, ['/query/include/1']),
  query('empty include', `${RANGE}&include=`, ['/query/include/0']),
  query('include that ends with a comma', `${RANGE}&include=stats,`, ['/query/include/1']),
  query('include in capitals', `${RANGE}&include=Explain`, ['/query/include/0']),
  query('include of three', `${RANGE}&include=stats,explain,stats`, ['/query/include'], '2'),
  query('explain=true', `${RANGE}&explain=true`, ['/query/explain'], 'is not a parameter'),
  ...[
    ['there is none of that name', 'Europe/Atlantis'],
    ['an offset', '%2B02:00'],
    ['an offset whose plus became a blank', '+02:00'],
    ['an offset of UTC', 'UTC%2B2'],
    ['an abbreviation', 'CET'],
    ['an abbreviation that is somewhere else in the database of Java', 'AST'],
    ['an area without a place', 'Europe/'],
    ['a place with a blank', 'America/New York'],
    ['a letter that is not ASCII', 'America/S%C3%A3o_Paulo'],
    ['a path', '../etc/localtime'],
    ['NUL', 'Europe/Berlin%00'],
    ['too long', `Europe/${'B'.repeat(33)}`],
    ['empty', ''],
  ].map(([name, tz]) =>
    query(`tz: ${name}`, `${RANGE}&tz=${tz}`, ['/query/tz'], 'zone of the time zone database'),
  ),
  query('tz twice', `${RANGE}&tz=UTC&tz=UTC`, ['/query/tz'], 'only once'),
  query('time_zone', `${RANGE}&time_zone=UTC`, ['/query/time_zone'], 'is not a parameter'),
  query(
    'tz that there is not, and an empty range',
    `${RANGE.replace('-16T', '-15T')}&tz=Europe/Atlantis`,
    ['/query/end', '/query/tz'],
  ),
  query('unknown parameter', `${RANGE}&limit=5`, ['/query/limit'], 'is not a parameter'),
  query('two unknown', `${RANGE}&a=1&b/c=2`, ['/query/a', '/query/b~1c']),
  query('an unknown one with a tilde', `${RANGE}&a~b=1`, ['/query/a~0b']),
  query('__proto__', `${RANGE}&__proto__=1`, ['/query/__proto__']),
  query('constructor', `${RANGE}&constructor=1`, ['/query/constructor']),
  query('misspelt case', RANGE.replace('user_id', 'User_Id'), ['/query/user_id', '/query/User_Id']),
  query(
    'start in seconds',
    RANGE.replace('2024-01-15T00:00:00Z', '1705276800'),
    ['/query/start'],
    'not seconds since 1970',
  ),
  query('start is a date alone', RANGE.replace('T00:00:00Z', ''), ['/query/start'], 'a date alone'),
  query('start is no date', RANGE.replace('2024-01-15', '2024-13-15'), ['/query/start']),
  query('end before start', RANGE.replace('2024-01-16', '2024-01-14'), ['/query/end'], 'after'),
  query('end equal to start', RANGE.replace('2024-01-16', '2024-01-15'), ['/query/end'], 'after'),
  query(
    'more than 400 days',
    RANGE.replace('2024-01-16', '2025-02-19'),
    ['/query/end'],
    '400 days',
  ),
  exported('nothing', '', ['/query/user_id'], 'is required'),
  exported('empty user_id', 'user_id=', ['/query/user_id'], '1 to 128 characters'),
  exported('user_id of 129 characters', `user_id=${LONG_ID}`, ['/query/user_id']),
  exported('control character in user_id', 'user_id=a%0d%0aX-A:b', ['/query/user_id']),
  exported('user_id twice', 'user_id=u&user_id=v', ['/query/user_id'], 'only once'),
  exported('empty device_id', 'user_id=u&device_id=', ['/query/device_id']),
  exported('a day for start', 'user_id=u&start=2024-01-15', ['/query/start']),
  exported('30 February for end', 'user_id=u&end=2024-02-30T00:00:00Z', ['/query/end']),
  exported('empty start', 'user_id=u&start=', ['/query/start']),
  exported('end before start', RANGE.replace('2024-01-16', '2024-01-14'), ['/query/end'], 'after'),
  exported('end at start', RANGE.replace('2024-01-16', '2024-01-15'), ['/query/end'], 'after'),
  exported('end at the epoch', 'user_id=u&end=1970-01-01T00:00:00Z', ['/query/end'], 'after'),
  exported('an unknown format', 'user_id=u&format=xml', ['/query/format'], 'parquet'),
  exported('an empty format', 'user_id=u&format=', ['/query/format']),
  exported('a format in capitals', 'user_id=u&format=CSV', ['/query/format']),
  exported('two formats', 'user_id=u&format=csv&format=fhir', ['/query/format'], 'only once'),
  exported('an interval', 'user_id=u&interval=1m', ['/query/interval'], 'is not a parameter'),
  exported('all at once', 'start=x&end=y&format=z&a=b', [
    '/query/user_id',
    '/query/start',
    '/query/end',
    '/query/format',
    '/query/a',
  ]),

  stream('no user_id', '', ['/query/user_id'], 'is required'),
  stream('empty user_id', 'user_id=', ['/query/user_id'], '1 to 128 characters'),
  stream('user_id of 129 characters', `user_id=${LONG_ID}`, ['/query/user_id']),
  stream('empty device_id', 'user_id=u&device_id=', ['/query/device_id']),
  stream('user_id twice', 'user_id=u&user_id=v', ['/query/user_id'], 'only once'),
  stream('unknown parameter', 'user_id=u&start=now', ['/query/start'], 'is not a parameter'),
  ask('method: POST of the stream', 'POST', `${SINGLE}/stream`, 405),
  {
    name: 'devices: unknown parameter',
    send: (service) => service.get('/devices?user_id=u'),
    status: 400,
    pointers: ['/query/user_id'],
  },
  ask('path: unknown', 'GET', '/nope', 404),
  ask('path: of another case', 'GET', '/Devices', 404),
  ask('path: with a slash too many', 'GET', '/devices/', 404),
  ask('path: encoded slash', 'GET', '/metrics%2Fheart-rate', 404),
  ask('path: below a known one', 'POST', '/metrics/heart-rate/batch/1', 404),
  ask('method: PUT', 'PUT', SINGLE, 405),
  ask('method: DELETE', 'DELETE', BATCH, 405),
  ask('method: GET of the batch', 'GET', BATCH, 405),
  ask('method: HEAD of the batch', 'HEAD', BATCH, 405),
  ask('method: POST of health', 'POST', '/health', 405),
];

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

describe.each(CASES)('$name', ({ send, status, pointers, says }) => {
  test(`is refused with ${status}, and nothing is stored`, async () => {
    const answer = await send(server);
    expect(answer.status).toBe(status);
    expect(server.service.stored()).toBe(0);
    const text = await answer.text();
    if (text === '') return; // HEAD
    const problem: Problem = JSON.parse(text);
    expect(problem.errors?.map(({ pointer }) => pointer)).toEqual(pointers);
    expect(problem.errors?.[0]?.detail ?? problem.detail).toMatch(says ?? '');
    expect(text).not.toMatch(/node_modules|\.ts:|ZodError/);
  });
});

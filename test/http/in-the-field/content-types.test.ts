import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openTestServer, type TestServer } from '../../support/test-server.ts';
import { READING } from '../../support/test-service.ts';

let server: TestServer;
beforeAll(async () => {
  server = await openTestServer();
});
afterAll(() => server.close());

const SINGLE = '/metrics/heart-rate';
const BATCH = '/metrics/heart-rate/batch';

/** Sends a body with exactly this Content-Type, or with none. */
const post = async (path: string, type: string | undefined, body: string) => {
  const sent = request(`${server.url}${path}`, {
    method: 'POST',
    agent: false,
    headers: {
      'Content-Length': String(Buffer.byteLength(body)),
      ...(type === undefined ? {} : { 'Content-Type': type }),
    },
  });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return { status: response.statusCode, body: await json(response) };
};

const LINE = JSON.stringify(READING);
/** Each on the fast path, and on the slow one. */
const spellings = (body: string) => [body, body.replaceAll('device_a', '\\u0064evice_a')];

describe.each([
  ['most clients', 'application/json'],
  ['axios, OkHttp', 'application/json; charset=utf-8'],
  ['.NET HttpClient', 'application/json; charset=UTF-8'],
  ['Apache HttpClient', 'application/json;charset=UTF-8'],
  ['a quoted charset', 'application/json; charset="utf-8"'],
  ['a semicolon and nothing after it', 'application/json;'],
  ['a blank before the semicolon', 'application/json ; charset=utf-8'],
  ['upper case', 'APPLICATION/JSON'],
  ['a parameter nobody knows', 'application/json; odata=verbose'],
])('%s: %s', (_, type) => {
  test('is JSON', async () => {
    for (const body of spellings(LINE)) {
      expect(await post(SINGLE, type, body)).toEqual({ status: 200, body: { status: 'accepted' } });
    }
    for (const body of spellings(`{"readings":[${LINE}]}`)) {
      expect(await post(BATCH, type, body)).toMatchObject({ status: 200, body: { count: 1 } });
    }
  });
});

test.each([
  'application/x-ndjson',
  'application/x-ndjson;',
  'application/x-ndjson ;charset=utf-8',
  'Application/X-NDJSON; charset=UTF-8',
])('%s: lines', async (type) => {
  for (const body of spellings(`${LINE}\n${LINE}\n`)) {
    expect(await post(BATCH, type, body)).toMatchObject({ status: 200, body: { count: 2 } });
  }
});

describe.each([
  ['none', undefined],
  ['an empty one', ''],
  ['a parameter alone', ';charset=utf-8'],
  ['curl -d without a header', 'application/x-www-form-urlencoded'],
  ['fetch with a string', 'text/plain;charset=UTF-8'],
  ['no type', 'json'],
  ['an old name', 'text/json'],
  ['another kind of JSON', 'application/vnd.api+json'],
  ['two of them', 'application/json, application/json'],
  ['one that begins like it', 'application/jsonl'],
])('Content-Type, %s: %s', (_, type) => {
  const refusal = (types: string) => ({
    status: 415,
    body: {
      type: 'urn:problem:heart-rate:unsupported-media-type',
      detail: `Send the body as ${types}.`,
    },
  });

  test('is refused by what the path takes', async () => {
    const before = server.service.stored();
    expect(await post(SINGLE, type, LINE)).toMatchObject(refusal('application/json'));
    const both = refusal('application/json or application/x-ndjson');
    expect(await post(BATCH, type, `{"readings":[${LINE}]}`)).toMatchObject(both);
    expect(server.service.stored()).toBe(before);
  });
});

test('lines are no single reading', async () => {
  expect((await post(SINGLE, 'application/x-ndjson', LINE)).status).toBe(415);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { StoreUnavailableError } from '../../src/storage/reading-store.ts';
import { JSON_TYPE, openTestService, READING, type TestService } from '../support/test-service.ts';

const SINGLE = '/metrics/heart-rate';
const LIMIT = 2_048;

let service: TestService;
beforeAll(async () => {
  service = await openTestService({ maxBodyBytes: LIMIT });
});
afterAll(() => service.close());

/** A reading in exactly so many bytes. */
const readingOf = (bytes: number): string => {
  const json = JSON.stringify(READING);
  return json.slice(0, -1) + ' '.repeat(bytes - json.length) + json.slice(-1);
};

const chunked = (text: string): ReadableStream<Uint8Array> =>
  new ReadableStream({
    start(controller) {
      const bytes = new TextEncoder().encode(text);
      for (let at = 0; at < bytes.length; at += 100) controller.enqueue(bytes.slice(at, at + 100));
      controller.close();
    },
  });

test.each([
  ['with its length', (text: string) => text, true],
  ['in chunks', chunked, false],
] as const)('a body %s may have as many bytes as the limit says, and no more', async (...row) => {
  const [, bodyOf, hasLength] = row;
  const send = (bytes: number) =>
    service.post(SINGLE, bodyOf(readingOf(bytes)), {
      ...JSON_TYPE,
      ...(hasLength ? { 'content-length': String(bytes) } : {}),
    });
  expect((await send(LIMIT)).status).toBe(200);
  const before = service.stored();
  const answer = await send(LIMIT + 1);
  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({ detail: 'The body may have at most 2048 bytes.' });
  expect(service.stored()).toBe(before);
});

test('a range may have 400 days, and not a microsecond more', async () => {
  const ask = (end: string) =>
    service.get(`${SINGLE}?user_id=nobody&start=2024-01-01T00:00:00Z&end=${end}`);
  expect((await ask('2025-02-04T00:00:00Z')).status).toBe(404);
  expect((await ask('2025-02-04T00:00:00.000001Z')).status).toBe(400);
});

test.each([
  [2.5, '3'],
  // 0 would mean at once.
  [0, '1'],
])(
  'a store that cannot take readings for %d s is told as 503, with when to come again',
  async (seconds, retryAfter) => {
    const full = await openTestService({
      store: {
        ...service.store,
        append: async () => {
          throw new StoreUnavailableError('The disk is full.', seconds);
        },
      },
    });
    try {
      const answer = await full.postJson(SINGLE, READING);
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe(retryAfter);
      expect(await answer.json()).toMatchObject({ detail: 'The disk is full.' });
    } finally {
      await full.close();
    }
  },
);

test('a mistake of the service is told as 500 without a word of why, and logged', async () => {
  const broken = await openTestService({
    series: {
      // biome-ignore lint/correctness/useYield: it fails before the first piece.
      async *run() {
        throw new Error('a secret of the inside');
      },
      forget: () => {},
    },
  });
  try {
    const range = 'start=2024-01-15T00:00:00Z&end=2024-01-16T00:00:00Z';
    const answer = await broken.get(`${SINGLE}?user_id=u&${range}`, { 'x-request-id': 'abc-1' });
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([500, 'abc-1']);
    expect(await answer.text()).not.toContain('secret');
    const failure = broken.logged.find(({ msg }) => msg === 'request failed');
    expect(failure).toMatchObject({
      requestId: 'abc-1',
      err: { message: 'a secret of the inside' },
    });
  } finally {
    await broken.close();
  }
});

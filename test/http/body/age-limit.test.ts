import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { OpeningStore } from '../../../src/opening-store.ts';
import { openStore } from '../../support/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import {
  JSON_TYPE,
  NDJSON_TYPE,
  openTestService,
  READING,
  type TestService,
} from '../../support/test-service.ts';

const PATH = '/metrics/heart-rate';
const TODAY = '2024-01-15T23:59:59Z';
const OLDEST = '2024-01-13T00:00:00Z';
const TOO_OLD = '2024-01-12T23:59:59.999999Z';
const DETAIL = 'must not be of a day that ended more than 2 days ago, as of 2024-01-15';

let service: TestService;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(TODAY) });
  service = await openTestService({ retentionDays: 2 });
});
afterEach(async () => {
  vi.useRealTimers();
  await service.close();
});

const at = (timestamp: string) => ({ ...READING, timestamp });

/** The plain spelling, which is taken from the bytes, and one that needs JSON.parse and schemas. */
const SPELLINGS = [
  ['plain', (value: unknown) => JSON.stringify(value)],
  ['escaped', (value: unknown) => JSON.stringify(value).replaceAll('device_a', '\\u0064evice_a')],
] as const;

const errorsOf = async (answer: Response) => ((await answer.json()) as { errors: unknown }).errors;

test.each(SPELLINGS)('a reading that is kept for no longer is refused: %s', async (_, text) => {
  const answer = await service.post(PATH, text(at(TOO_OLD)));
  expect(answer.status).toBe(400);
  expect(await errorsOf(answer)).toEqual([{ pointer: '/timestamp', detail: DETAIL }]);
  expect(service.stored()).toBe(0);
  expect((await service.post(PATH, text(at(OLDEST)))).status).toBe(200);
  expect(service.stored()).toBe(1);
});

test.each(
  SPELLINGS.flatMap(([name, text]) => [
    [`JSON, ${name}`, (all: object[]) => text({ readings: all }), JSON_TYPE] as const,
    [`NDJSON, ${name}`, (all: object[]) => all.map(text).join('\n'), NDJSON_TYPE] as const,
  ]),
)('a batch with such readings is refused whole: %s', async (_, body, type) => {
  const readings = [OLDEST, TOO_OLD, TODAY, '1970-01-01T00:00:00Z'].map(at);
  const answer = await service.post(`${PATH}/batch`, body(readings), type);
  expect(answer.status).toBe(400);
  expect(await errorsOf(answer)).toEqual(
    [1, 3].map((place) => ({ pointer: `/readings/${place}/timestamp`, detail: DETAIL })),
  );
  expect(service.stored()).toBe(0);
  const kept = [OLDEST, TODAY].map(at);
  expect((await service.post(`${PATH}/batch`, body(kept), type)).status).toBe(200);
  expect(service.stored()).toBe(2);
});

test('refused readings are counted', async () => {
  const readings = Array.from({ length: 30 }, () => at(TOO_OLD));
  const answer = await service.postJson(`${PATH}/batch`, { readings });
  expect(await errorsOf(answer)).toHaveLength(20);
  expect(await (await service.get('/metrics')).text()).toContain(
    'heart_rate_readings_rejected_total 30',
  );
});

test('the limit moves on at midnight UTC', async () => {
  for (const timestamp of [OLDEST, TODAY]) {
    expect((await service.postJson(PATH, at(timestamp))).status).toBe(200);
  }
  vi.setSystemTime(new Date('2024-01-16T00:00:00Z'));
  expect((await service.postJson(PATH, at(OLDEST))).status).toBe(400);
  expect((await service.postJson(PATH, at('2024-01-14T00:00:00Z'))).status).toBe(200);
});

/** A store in the folder that drops nothing for now, and its service. */
const openedIn = async (dataDir: string) => {
  const options = { retentionDays: 2, expiryIntervalMs: 3_600_000 };
  const { store } = await openStore(dataDir, options);
  const opened = await openTestService({ store, retentionDays: 2 });
  const close = async (): Promise<void> => {
    await opened.close();
    await store.close();
  };
  return { opened, close };
};

/** Accepted readings of today, in the log still, and a clock that jumps ten years ahead then. */
const withClockAhead = async (): Promise<TestService> => {
  const { opened, close } = await openedIn(await temporaryFolder());
  onTestFinished(close);
  expect((await opened.postJson(PATH, at('2024-01-15T10:00:00Z'))).status).toBe(200);
  vi.setSystemTime(new Date('2034-01-15T12:00:00Z'));
  return opened;
};

test.each(SPELLINGS)(
  'a clock that is years ahead refuses nothing of today: %s',
  async (_, text) => {
    const ahead = await withClockAhead();
    expect((await ahead.post(PATH, text(at('2024-01-15T10:00:01Z')))).status).toBe(200);
    expect((await ahead.post(PATH, text(at('2024-01-16T00:00:00Z')))).status).toBe(200);
    const batch = JSON.stringify({ readings: [at('2024-01-14T00:00:00Z'), at(TODAY)] });
    expect((await ahead.post(`${PATH}/batch`, batch)).status).toBe(200);
  },
);

test('nor does it after a start, whatever was in the log, or when all has been erased', async () => {
  const dataDir = await temporaryFolder();
  const before = await openedIn(dataDir);
  expect((await before.opened.postJson(PATH, at(TODAY))).status).toBe(200);
  const killed = await temporaryFolder();
  await cp(join(dataDir, 'wal'), join(killed, 'wal'), { recursive: true });
  await before.close();
  vi.setSystemTime(new Date('2034-01-15T12:00:00Z'));
  for (const folder of [killed, dataDir]) {
    const { opened, close } = await openedIn(folder);
    expect((await opened.postJson(PATH, at(TODAY))).status).toBe(200);
    const erased = await opened.app.request(`${PATH}?user_id=${READING.user_id}`, {
      method: 'DELETE',
    });
    expect(erased.status).toBe(200);
    expect((await opened.postJson(PATH, at(TODAY))).status).toBe(200);
    await close();
  }
});

test.each(SPELLINGS)('it refuses what is too old as of what is stored: %s', async (_, text) => {
  const ahead = await withClockAhead();
  const answer = await ahead.post(PATH, text(at(TOO_OLD)));
  expect(answer.status).toBe(400);
  expect(await errorsOf(answer)).toEqual([{ pointer: '/timestamp', detail: DETAIL }]);
});

test('with nothing stored the clock alone tells, and the detail says what it tells', async () => {
  vi.setSystemTime(new Date('2034-01-15T12:00:00Z'));
  const answer = await service.postJson(PATH, at(TODAY));
  expect(answer.status).toBe(400);
  expect(await errorsOf(answer)).toEqual([
    { pointer: '/timestamp', detail: DETAIL.replace('2024', '2034') },
  ]);
});

test.each(SPELLINGS)('while the store opens nothing is too old for later: %s', async (_, text) => {
  const store = new OpeningStore(() => new Promise(() => {}));
  const opening = await openTestService({ store, retentionDays: 2 });
  vi.setSystemTime(new Date('2034-01-15T12:00:00Z'));
  const answer = await opening.post(PATH, text(at(TODAY)));
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('1');
  await opening.close();
});

test('what is from the future, or from any time where all is kept, is taken', async () => {
  expect((await service.postJson(PATH, at('2199-12-31T00:00:00Z'))).status).toBe(200);
  const keepsAll = await openTestService();
  expect((await keepsAll.postJson(PATH, at('1970-01-01T00:00:00Z'))).status).toBe(200);
  await keepsAll.close();
});

import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { EpochDay, Sequence } from '../../../../src/readings/reading.ts';
import { dayStart } from '../../../../src/readings/timestamp.ts';
import { KnownDays } from '../../../../src/storage/parquet/known-days.ts';
import { DayExpiry } from '../../../../src/storage/parquet/maintenance/day-expiry.ts';
import { type Part, PartCatalog } from '../../../../src/storage/parquet/parts/part-catalog.ts';
import { DATA_DIR, nowhere } from '../../../support/maintenance.ts';
import { recordingObserver } from '../../../support/store.ts';

const TODAY = 19_737 as EpochDay;
const MS_PER_DAY = 86_400_000;
const INTERVAL_MS = 30_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'], now: (TODAY + 0.5) * MS_PER_DAY });
  onTestFinished(() => void vi.useRealTimers());
});

const partOf = (day: number): Part => ({
  day: day as EpochDay,
  range: { first: 1 as Sequence, last: 9 as Sequence },
  rewrites: 0,
  path: `${DATA_DIR}/${day}`,
  bytes: 1,
});

const expiryOf = async (...days: readonly number[]) => {
  const parts = await PartCatalog.load(nowhere(), DATA_DIR);
  const knownDays = new KnownDays([]);
  const put = (day: number): void => {
    knownDays.note([dayStart(day as EpochDay)]);
    parts.put(partOf(day));
  };
  days.forEach(put);
  const { observer, events } = recordingObserver();
  const expiry = new DayExpiry({
    ...{ parts, knownDays, observer, retentionDays: 2, expiryIntervalMs: INTERVAL_MS },
  });
  return { expiry, parts, put, events };
};

const pass = (ms: number): void => void vi.advanceTimersByTime(ms);

test('each day waits for its time, and it is told when that is', async () => {
  const { expiry, parts } = await expiryOf(TODAY - 5, TODAY - 4, TODAY);
  expect(expiry.dueInMs).toBeUndefined();
  for (const oldest of [TODAY - 5, TODAY - 4]) {
    expect(expiry.next()).toBeUndefined();
    expect(expiry.dueInMs).toBe(INTERVAL_MS);
    pass(INTERVAL_MS - 1);
    expect(expiry.next()).toBeUndefined();
    expect(expiry.dueInMs).toBe(1);
    pass(1);
    await expiry.next()?.run();
    expect(parts.ofDay(oldest as EpochDay)).toEqual([]);
  }
  expect(expiry.next()).toBeUndefined();
  expect(expiry.dueInMs).toBeUndefined();
});

test('it is told once as of which day, and again when time has gone on', async () => {
  const { expiry, parts, put, events } = await expiryOf(TODAY - 4, TODAY - 3, TODAY);
  const told = { oldest: '2024-01-11', firstInMs: INTERVAL_MS };
  for (let look = 0; look < 3; look++) expiry.next();
  expect(events.expiring).toEqual([{ days: 2, asOf: '2024-01-15', ...told }]);
  pass(MS_PER_DAY);
  put(TODAY + 1);
  put(TODAY - 2);
  expect(expiry.next()).toBeUndefined();
  expect(events.expiring.slice(1)).toEqual([{ days: 3, asOf: '2024-01-16', ...told }]);
  expect(expiry.dueInMs).toBe(INTERVAL_MS);
  pass(INTERVAL_MS);
  await expiry.next()?.run();
  expect(events.expired).toEqual([{ day: '2024-01-11', parts: 1, asOf: '2024-01-16', left: 2 }]);
  expect(parts.size).toBe(4);
});

test('once none is left, the next ones are told of and wait again', async () => {
  const { expiry, put, events } = await expiryOf(TODAY - 3, TODAY);
  expiry.next();
  pass(INTERVAL_MS);
  await expiry.next()?.run();
  expiry.next();
  pass(MS_PER_DAY);
  put(TODAY - 4);
  expect(expiry.next()).toBeUndefined();
  expect(events.expiring).toHaveLength(2);
  expect(expiry.dueInMs).toBe(INTERVAL_MS);
});

test('a clock that is put right in time takes nothing away', async () => {
  const { expiry, parts, events } = await expiryOf(TODAY - 1, TODAY, TODAY + 3_999, TODAY + 4_000);
  pass(4_000 * MS_PER_DAY);
  expiry.next();
  expect(events.expiring).toMatchObject([{ days: 2, asOf: '2034-12-28' }]);
  vi.setSystemTime(TODAY * MS_PER_DAY);
  pass(INTERVAL_MS);
  expect(expiry.next()).toBeUndefined();
  expect(expiry.dueInMs).toBeUndefined();
  expect(parts.size).toBe(4);
});

test('a clock that is further ahead than days are kept is told of each time it becomes so', async () => {
  const { expiry, events } = await expiryOf(TODAY);
  const look = (day: number) => {
    vi.setSystemTime((TODAY + day) * MS_PER_DAY);
    expiry.next();
  };
  for (const day of [0, 2]) look(day);
  expect(events.clockAhead).toEqual([]);
  for (const day of [3, 4, 2, 3]) look(day);
  expect(events.clockAhead).toEqual([
    { asOf: '2024-01-15', today: '2024-01-18' },
    { asOf: '2024-01-15', today: '2024-01-18' },
  ]);
});

test('while nothing is stored no clock is wrong', async () => {
  const { expiry, events } = await expiryOf();
  expect(expiry.next()).toBeUndefined();
  expect([...events.clockAhead, ...events.expiring]).toEqual([]);
});

import { expect, onTestFinished, test, vi } from 'vitest';
import type { Erasure } from '../../../src/readings/erasure.ts';
import type { EpochDay, EpochMicros } from '../../../src/readings/reading.ts';
import { chunksOf } from '../../../src/storage/cassandra/chunk.ts';
import { CHUNK_COLUMNS, chunkRowOf, valuesOf } from '../../../src/storage/cassandra/chunk-row.ts';
import { MAX_WRITE_MS } from '../../../src/storage/cassandra/chunk-writer.ts';
import { Eraser } from '../../../src/storage/cassandra/eraser.ts';
import type { Stamp } from '../../../src/storage/cassandra/stamps.ts';
import type { Statements, UnfinishedErasure } from '../../../src/storage/cassandra/statements.ts';
import type { StampedErasure } from '../../../src/storage/cassandra/voided.ts';
import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';

const DAY = 3 as EpochDay;
const MAX_SKEW_MS = 4;
const UNTRUSTED_MS = 700_000;
const NAMES = CHUNK_COLUMNS.split(', ');

/** One reading of a device on the day. */
const chunk = () => {
  const micros = 3 * 86_400_000_000 + 1;
  const run = { deviceId: 'a', timestampsMicros: [micros as EpochMicros], heartRates: [60] };
  const [columns] = chunksOf([run]);
  const values = columns === undefined ? [] : valuesOf(columns, 1e15 as Stamp, 'w');
  return chunkRowOf(Object.fromEntries(NAMES.map((name, at) => [name, values[at]])) as never);
};

/** An eraser of what a cluster has. */
const eraserOf = (stored: ReturnType<typeof chunk>[], erasures: StampedErasure[] = []) => {
  const statements = {
    days: vi.fn(async () => (stored.length > 0 ? [DAY] : [])),
    erasures: vi.fn(async () => erasures),
    chunks: vi.fn(async () => stored),
    insertErasure: vi.fn(async (_: StampedErasure) => undefined),
    deleteErasure: vi.fn(async (_: StampedErasure, __: Stamp) => undefined),
    deleteChunks: vi.fn(async (_: string, __: EpochDay, ___: Stamp) => undefined),
    deleteDay: vi.fn(async (_: string, __: EpochDay, ___: Stamp) => undefined),
    insertUnfinishedErasure: vi.fn(async (_: UnfinishedErasure) => undefined),
  };
  const [onErased, check] = [vi.fn(), vi.fn()];
  const eraser = new Eraser({
    ...{ statements: statements as unknown as Statements, writer: 'me' },
    ...{ maxClockSkewMs: MAX_SKEW_MS, untrustedMs: UNTRUSTED_MS, check, onErased },
  });
  return { eraser, statements, onErased, check };
};

test('its stamp is ahead of all that others give before, and its answer comes after it', async () => {
  const { eraser, statements } = eraserOf([chunk()]);
  const beganMs = Date.now();
  expect(await eraser.erase({ userId: 'ann' })).toBe(1);
  const [[userId, day, stamp] = []] = statements.deleteChunks.mock.calls;
  expect([userId, day]).toEqual(['ann', DAY]);
  expect(stamp).toBeGreaterThanOrEqual((beganMs + 3 * MAX_SKEW_MS) * 1000);
  // Even a clock that is behind by all that it may be is past it.
  expect((Date.now() - 2 * MAX_SKEW_MS) * 1000).toBeGreaterThan(stamp ?? Number.NaN);
});

test('of a user, entries of days that somebody may rely on are left to be looked at later', async () => {
  const { eraser, statements } = eraserOf([chunk()]);
  await eraser.erase({ userId: 'ann' });
  const endedMs = Date.now();
  const [[, , voidUpTo] = []] = statements.deleteChunks.mock.calls;
  expect(statements.insertUnfinishedErasure.mock.calls).toEqual([
    [{ userId: 'ann', days: [DAY], seq: expect.any(Number), writer: expect.any(String) }],
  ]);
  const seq = statements.insertUnfinishedErasure.mock.calls[0]?.[0].seq;
  expect(seq).toBeGreaterThanOrEqual(voidUpTo ?? Number.NaN);
  // Those that nobody relies on go at once.
  const [[, , untrusted = Number.NaN] = []] = statements.deleteDay.mock.calls;
  expect(untrusted).toBeLessThanOrEqual((endedMs - UNTRUSTED_MS) * 1000);
  expect(untrusted).toBeGreaterThan((endedMs - UNTRUSTED_MS - 1_000) * 1000);
  // Who finds that it is unfinished may be sure that the chunks of these days are void.
  const [noted = Number.NaN] = statements.insertUnfinishedErasure.mock.invocationCallOrder;
  expect(statements.deleteChunks.mock.invocationCallOrder[0]).toBeLessThan(noted);
});

test('a device leaves a record, and those before that it includes go', async () => {
  const earlier = { userId: 'ann', deviceId: 'a', seq: 1 as Stamp, writer: 'w' };
  const range = { startMicros: 0 as EpochMicros, endMicros: 9 as EpochMicros };
  const other = { ...earlier, deviceId: 'b' };
  const { eraser, statements, onErased } = eraserOf([chunk()], [{ ...earlier, range }, other]);
  expect(await eraser.erase({ userId: 'ann', deviceId: 'a' })).toBe(1);
  expect(statements.insertErasure.mock.calls).toMatchObject([[{ deviceId: 'a' }]]);
  expect(statements.deleteErasure.mock.calls).toEqual([[{ ...earlier, range }, 1]]);
  expect(statements.deleteChunks).not.toHaveBeenCalled();
  expect(onErased.mock.calls).toEqual([['ann', DAY]]);
});

test('each of several at once is a record of its own, though they may have one stamp', async () => {
  const { eraser, statements } = eraserOf([chunk()]);
  vi.useFakeTimers({ now: Date.now(), toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const day = { startMicros: (DAY * 86_400_000_000) as EpochMicros };
  const erasures = [1, 2, 3].map((hours) => ({
    userId: 'ann',
    range: { ...day, endMicros: (day.startMicros + hours * 3_600_000_000) as EpochMicros },
  }));
  await Promise.all(erasures.map((erasure) => eraser.erase(erasure)));
  const keys = statements.insertErasure.mock.calls.map(([{ seq, writer }]) => `${seq} ${writer}`);
  expect(new Set(keys).size).toBe(3);
});

test('that there is nothing is said when stamps are past those of an erasure that made it so', async () => {
  const { eraser } = eraserOf([]);
  const beganMs = performance.now();
  expect(await eraser.erase({ userId: 'ann' })).toBe(0);
  expect(performance.now() - beganMs).toBeGreaterThan(5 * MAX_SKEW_MS - 1);
});

test.each([
  [{ userId: 'ann' }, []],
  [{ userId: 'ann', deviceId: 'b' }, [chunk()]],
])('nothing is written for %j where there is nothing', async (erasure, stored) => {
  const { eraser, statements } = eraserOf(stored);
  expect(await eraser.erase(erasure)).toBe(0);
  expect(statements.insertErasure).not.toHaveBeenCalled();
  expect(statements.deleteChunks).not.toHaveBeenCalled();
  expect(statements.insertUnfinishedErasure).not.toHaveBeenCalled();
});

test('a user of whom only records are left loses those too', async () => {
  const left = { userId: 'ann', deviceId: 'a', seq: 1 as Stamp, writer: 'w' };
  const { eraser, statements } = eraserOf([], [left]);
  expect(await eraser.erase({ userId: 'ann' })).toBe(0);
  expect(statements.deleteErasure.mock.calls).toMatchObject([[left, expect.any(Number)]]);
});

test('one that took longer than a write may is not said to be done', async () => {
  const { eraser, statements, onErased } = eraserOf([chunk()]);
  const real = Date.now;
  onTestFinished(() => {
    Date.now = real;
  });
  statements.insertErasure.mockImplementation(async () => {
    Date.now = () => real() + 2 * MAX_WRITE_MS;
  });
  const one = eraser.erase({ userId: 'ann', deviceId: 'a' });
  await expect(one).rejects.toThrow(StoreUnavailableError);
  expect(onErased).not.toHaveBeenCalled();
});

/** A cluster in which each removal of a day's chunks takes so long, by the clock. */
const slowEraserOf = (days: readonly EpochDay[], tookMs: number) => {
  const parts = eraserOf([chunk()]);
  const real = Date.now;
  onTestFinished(() => {
    Date.now = real;
  });
  let lateMs = 0;
  Date.now = () => real() + lateMs;
  parts.statements.days.mockResolvedValue([...days]);
  parts.statements.deleteChunks.mockImplementation(async () => {
    lateMs += tookMs;
  });
  return parts;
};

test('of many days each is void up to its own moment, as merges may go on meanwhile', async () => {
  const days = Array.from({ length: 40 }, (_, day) => day as EpochDay);
  const tookMs = MAX_WRITE_MS / 20;
  const { eraser, statements } = slowEraserOf(days, tookMs);
  const beganMs = Date.now();
  expect(await eraser.erase({ userId: 'ann' })).toBe(days.length);
  const stamps = statements.deleteChunks.mock.calls.map(([, , stamp]) => stamp);
  const lastMs = (stamps.at(-1) ?? Number.NaN) / 1000;
  expect(lastMs).toBeGreaterThan(beganMs + (days.length - 8) * tookMs);
  // And all are past when it is said to be done.
  expect(Date.now() - 2 * MAX_SKEW_MS).toBeGreaterThan(lastMs);
});

test('no entry goes of a day whose chunks may not have: a merge may have outlived a slow removal', async () => {
  const { eraser, statements } = slowEraserOf([DAY], 2 * MAX_WRITE_MS);
  await expect(eraser.erase({ userId: 'ann' })).rejects.toThrow(StoreUnavailableError);
  expect(statements.deleteChunks).toHaveBeenCalled();
  expect(statements.deleteDay).not.toHaveBeenCalled();
  expect(statements.insertUnfinishedErasure).not.toHaveBeenCalled();
});

test.each<[string, Partial<Erasure>, ReturnType<typeof chunk>[]]>([
  ['a user', {}, [chunk()]],
  ['a device', { deviceId: 'a' }, [chunk()]],
  ['nothing', {}, []],
])(
  'an erasure of %s is not said to be done when the clock turns out to be off',
  async (_, of, stored) => {
    const { eraser, statements, check, onErased } = eraserOf(stored);
    const refusal = new StoreUnavailableError('The clock is off.', 5);
    // Only once all else is done.
    const isDone = () =>
      statements.insertErasure.mock.calls.length + statements.deleteDay.mock.calls.length > 0;
    check.mockImplementation(() => {
      if (isDone() || stored.length === 0) throw refusal;
    });
    await expect(eraser.erase({ userId: 'ann', ...of })).rejects.toBe(refusal);
    expect(onErased).not.toHaveBeenCalled();
  },
);

test('no stamp is taken from a clock that is off', async () => {
  const { eraser, statements, check } = eraserOf([chunk()]);
  check.mockImplementation(() => {
    throw new StoreUnavailableError('The clock is off.', 5);
  });
  await expect(eraser.erase({ userId: 'ann' })).rejects.toThrow('off');
  expect(statements.deleteChunks).not.toHaveBeenCalled();
});

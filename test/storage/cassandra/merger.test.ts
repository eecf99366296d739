import { expect, onTestFinished, test, vi } from 'vitest';
import type { EpochDay } from '../../../src/readings/reading.ts';
import { chunksOf } from '../../../src/storage/cassandra/chunk.ts';
import {
  CHUNK_COLUMNS,
  type ChunkRow,
  chunkRowOf,
  valuesOf,
} from '../../../src/storage/cassandra/chunk-row.ts';
import { MAX_WRITE_MS } from '../../../src/storage/cassandra/chunk-writer.ts';
import { Merger } from '../../../src/storage/cassandra/merger.ts';
import type { Stamp } from '../../../src/storage/cassandra/stamps.ts';
import type { Statements } from '../../../src/storage/cassandra/statements.ts';
import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';
import { recordingObserver, until } from '../../support/store.ts';

const DAY = 3 as EpochDay;
const NAMES = CHUNK_COLUMNS.split(', ');

/** A chunk as it is read, with readings at these instants. */
const stored = (seq: number, instants: readonly number[], writer = 'w'): ChunkRow => {
  const heartRates = instants.map((at) => 60 + (at % 100));
  const run = { deviceId: 'a', timestampsMicros: instants as never[], heartRates };
  const [columns] = chunksOf([run]);
  const stamp = (1e15 + seq) as Stamp;
  const values = columns === undefined ? [] : valuesOf(columns, stamp, writer);
  const row = Object.fromEntries(NAMES.map((name, place) => [name, values[place]]));
  return chunkRowOf({ ...row, written: stamp, ttl: 7 } as never);
};

/** Chunks of one reading each. */
const chunks = (count: number) => Array.from({ length: count }, (_, at) => stored(at, [at]));

/** A merger of what a cluster has; at once, and of three chunks. */
const mergerOf = (found: readonly ChunkRow[], byRule = 7) => {
  const statements = {
    erasures: vi.fn(async (_userId: string): Promise<never[]> => []),
    chunks: vi.fn(async (_userId: string, _day: EpochDay) => found),
    replaceChunks: vi.fn(async (..._: Parameters<Statements['replaceChunks']>) => undefined),
  };
  const { observer, events } = recordingObserver();
  const check = vi.fn((): void => undefined);
  const merger = new Merger({
    statements: statements as unknown as Statements,
    ttlSeconds: () => byRule,
    ...{ check, observer, merging: { settledMs: 5, minChunks: 3 } },
  });
  onTestFinished(() => merger.close());
  return { merger, statements, events, check };
};

test('a day is merged once as many small chunks of it were written as are worth it', async () => {
  const { merger, statements, events } = mergerOf(chunks(3));
  merger.wrote('ann', DAY, 1);
  merger.wrote('ann', DAY, 1);
  merger.wrote('ben', DAY, 1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(statements.chunks).not.toHaveBeenCalled();
  merger.wrote('ann', DAY, 1);
  await until('it is merged', () => statements.replaceChunks.mock.calls.length === 1);
  const [userDay, sources, merged] = statements.replaceChunks.mock.calls[0] ?? [];
  expect(userDay).toEqual({ userId: 'ann', day: DAY, ttlSeconds: 7 });
  expect(sources).toHaveLength(3);
  expect(merged?.map(({ columns }) => [...columns.heartRates])).toEqual([[60, 61, 62]]);
  // In the place of the newest.
  expect(merged?.map(({ seq }) => seq)).toEqual([1e15 + 2]);
  await until('it is told', () => events.compacted.length === 1);
  expect(events.compacted).toMatchObject([{ parts: 3, duplicates: 0 }]);
  expect(statements.chunks.mock.calls).toEqual([['ann', DAY]]);
});

test('a day that is read with many small chunks is merged, one with few is not', async () => {
  const { merger, statements } = mergerOf(chunks(3));
  merger.saw('few', DAY, chunks(2));
  // As many, and nothing of them is old enough or small enough.
  merger.saw(
    'moved',
    DAY,
    chunks(3).map((chunk) => ({ ...chunk, seq: 1e12 as Stamp })),
  );
  merger.saw('many', DAY, chunks(3));
  await until('it is merged', () => statements.replaceChunks.mock.calls.length === 1);
  expect(statements.chunks.mock.calls).toEqual([['many', DAY]]);
});

test('a merge that fails is told of, and others go on', async () => {
  const { merger, statements, events } = mergerOf(chunks(3));
  const error = new Error('no quorum');
  statements.erasures.mockRejectedValueOnce(error);
  merger.erased('ann', DAY);
  await until('it is told', () => events.failed.length === 1);
  merger.erased('ben', DAY);
  await until('the other is merged', () => statements.replaceChunks.mock.calls.length === 1);
  expect(events.failed).toEqual([{ what: 'chunks could not be merged', error }]);
  expect(statements.chunks.mock.calls).toEqual([['ben', DAY]]);
});

test('one that is closed begins no other merge', async () => {
  const { merger, statements } = mergerOf(chunks(3));
  statements.erasures.mockImplementationOnce(async () => {
    void merger.close();
    return [];
  });
  await merger.merge('ann', DAY);
  expect(statements.replaceChunks).not.toHaveBeenCalled();
});

test('large chunks that repeat each other are looked at when they are read, once in a while', async () => {
  const day = Array.from({ length: 5_000 }, (_, at) => at);
  const { merger, statements } = mergerOf([stored(0, day), stored(1, day)]);
  const apart = [
    stored(0, day),
    stored(
      1,
      day.map((at) => at + 5_000),
    ),
  ];
  merger.saw('apart', DAY, apart);
  merger.saw('one', DAY, [stored(0, day)]);
  merger.saw('twice', DAY, [stored(0, day), stored(1, day)]);
  await until('they are one', () => statements.replaceChunks.mock.calls.length === 1);
  const [, sources, merged] = statements.replaceChunks.mock.calls[0] ?? [];
  expect(sources).toHaveLength(2);
  expect(merged?.map(({ columns }) => columns.timestamps.length)).toEqual([5_000]);
  expect(new Set(statements.chunks.mock.calls.map(([userId]) => userId))).toEqual(
    new Set(['twice']),
  );
});

test('many large chunks that are written are looked at, whoever reads them', async () => {
  const day = Array.from({ length: 5_000 }, (_, at) => at);
  const { merger, statements } = mergerOf(Array.from({ length: 16 }, (_, seq) => stored(seq, day)));
  for (let sent = 0; sent < 15; sent++) merger.wrote('ann', DAY, 5_000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(statements.chunks).not.toHaveBeenCalled();
  merger.wrote('ann', DAY, 5_000);
  await until('they are one', () => statements.replaceChunks.mock.calls.length > 0);
});

test('large chunks of which less than half repeats others stay', async () => {
  const of = (from: number) => Array.from({ length: 5_000 }, (_, at) => from + at);
  const { merger, statements } = mergerOf([stored(0, of(0)), stored(1, of(0))]);
  await merger.merge('ann', DAY);
  expect(statements.replaceChunks).toHaveBeenCalledTimes(1);
  statements.chunks.mockResolvedValue([stored(0, of(0)), stored(1, of(1))]);
  await merger.merge('ann', DAY);
  expect(statements.replaceChunks).toHaveBeenCalledTimes(1);
});

test('what is merged is younger than its sources, and older than all that may still be erased', async () => {
  const { merger, statements } = mergerOf(chunks(3));
  const beganMs = Date.now();
  await merger.merge('ann', DAY);
  const { written = Number.NaN } = statements.replaceChunks.mock.calls[0]?.[3] ?? {};
  expect(written).toBeGreaterThan(1e15 + 2);
  expect(written).toBeGreaterThanOrEqual((beganMs - 2.5) * 1000);
  expect(written).toBeLessThanOrEqual((Date.now() - 2.5) * 1000);
});

test('what was merged a moment ago is left alone, and looked at later if it has erased readings', async () => {
  const fresh = { ...stored(1, [1, 2]), written: (Date.now() * 1000 + 50_000) as Stamp };
  const { merger, statements } = mergerOf([stored(0, [0]), fresh, stored(2, [3])]);
  statements.erasures.mockResolvedValue([
    { userId: 'ann', deviceId: 'a', seq: 2e15 as Stamp, writer: 'e' } as never,
  ]);
  await merger.merge('ann', DAY);
  const sources = statements.replaceChunks.mock.calls.map(([, run]) => run.map(({ seq }) => seq));
  expect(sources).toEqual([[1e15], [1e15 + 2]]);
  await until('it is as old', () =>
    statements.replaceChunks.mock.calls.some(([, run]) => run.some(({ seq }) => seq === 1e15 + 1)),
  );
});

test('a merge that has taken too long writes nothing, and is begun anew', async () => {
  const { merger, statements } = mergerOf(chunks(3));
  const real = Date.now;
  onTestFinished(() => {
    Date.now = real;
  });
  statements.chunks.mockImplementationOnce(async () => {
    Date.now = () => real() + 2 * MAX_WRITE_MS;
    return chunks(3);
  });
  await merger.merge('ann', DAY);
  expect(statements.replaceChunks).not.toHaveBeenCalled();
  await until('it is merged', () => statements.replaceChunks.mock.calls.length === 1);
});

test('a process whose clock is not to be trusted merges nothing', async () => {
  const { merger, statements, check } = mergerOf(chunks(3));
  check.mockImplementation(() => {
    throw new StoreUnavailableError('the clock', 1);
  });
  await expect(merger.merge('ann', DAY)).rejects.toThrow('the clock');
  expect(statements.replaceChunks).not.toHaveBeenCalled();
});

test('what outlives the rule is written again, also alone and whatever its size', async () => {
  const large = stored(
    1,
    Array.from({ length: 5_000 }, (_, at) => at),
  );
  const kept = { ...large, ttlSeconds: null };
  const { merger, statements } = mergerOf([stored(0, [0]), kept]);
  // A day more is nothing to write it again for.
  merger.saw('ben', DAY, [stored(0, [0]), { ...large, ttlSeconds: 86_400 }]);
  merger.saw('ann', DAY, [stored(0, [0]), kept]);
  await until('it is written again', () => statements.replaceChunks.mock.calls.length > 0);
  const [[userDay, sources] = []] = statements.replaceChunks.mock.calls;
  expect(userDay).toEqual({ userId: 'ann', day: DAY, ttlSeconds: 7 });
  expect(sources).toEqual([kept]);
});

test.each([
  [[100, 50], 7, 7],
  [[5, 3], 7, 5],
  [[5, null], 7, 7],
  [[5, 3], 0, 5],
  [[5, null], 0, 0],
])('sources kept for %j s and a rule of %i: %i', async (kept, byRule, ttlSeconds) => {
  const sources = kept.map((ttl, at) => ({ ...stored(at, [at]), ttlSeconds: ttl }));
  const { merger, statements } = mergerOf(
    [...sources, { ...stored(2, [2]), ttlSeconds: 1 }],
    byRule,
  );
  await merger.merge('ann', DAY);
  expect(statements.replaceChunks.mock.calls[0]?.[0]).toMatchObject({ ttlSeconds });
});

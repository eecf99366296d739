import { expect, onTestFinished, test, vi } from 'vitest';
import type { EpochDay } from '../../../src/readings/reading.ts';
import { chunksOf } from '../../../src/storage/cassandra/chunk.ts';
import { CHUNK_COLUMNS, chunkRowOf, valuesOf } from '../../../src/storage/cassandra/chunk-row.ts';
import { Merger } from '../../../src/storage/cassandra/merger.ts';
import type { Stamp } from '../../../src/storage/cassandra/stamps.ts';
import type { Statements } from '../../../src/storage/cassandra/statements.ts';
import { recordingObserver, until } from '../../support/store.ts';

const DAY = 3 as EpochDay;
const NAMES = CHUNK_COLUMNS.split(', ');

/** Chunks of one reading each, as they are read. */
const chunks = (count: number, writer = 'w') =>
  Array.from({ length: count }, (_, at) => {
    const run = { deviceId: 'a', timestampsMicros: [at as never], heartRates: [60 + at] };
    const [columns] = chunksOf([run]);
    const values = columns === undefined ? [] : valuesOf(columns, (1e15 + at) as Stamp, writer);
    return chunkRowOf(
      Object.fromEntries(NAMES.map((name, place) => [name, values[place]])) as never,
    );
  });

/** A merger of what a cluster has; at once, and of three chunks. */
const mergerOf = (stored: ReturnType<typeof chunks>) => {
  const statements = {
    erasures: vi.fn(async (_userId: string): Promise<never[]> => []),
    chunks: vi.fn(async (_userId: string, _day: EpochDay) => stored),
    replaceChunks: vi.fn(async (..._: Parameters<Statements['replaceChunks']>) => undefined),
  };
  const { observer, events } = recordingObserver();
  const merger = new Merger({
    statements: statements as unknown as Statements,
    ttlSeconds: () => 7,
    observer,
    merging: { settledMs: 5, minChunks: 3 },
  });
  onTestFinished(() => merger.close());
  return { merger, statements, events };
};

test('a day is merged once as many small chunks of it were written as are worth it', async () => {
  const { merger, statements, events } = mergerOf(chunks(3));
  merger.wrote('ann', DAY);
  merger.wrote('ann', DAY);
  merger.wrote('ben', DAY);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(statements.chunks).not.toHaveBeenCalled();
  merger.wrote('ann', DAY);
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

test('what has been merged so often that its name is long stays as it is', async () => {
  const { merger, statements } = mergerOf(chunks(3, 'w'.repeat(201)));
  await merger.merge('ann', DAY);
  expect(statements.replaceChunks).not.toHaveBeenCalled();
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

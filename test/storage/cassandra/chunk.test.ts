import { expect, test } from 'vitest';
import { ReadingBatch } from '../../../src/readings/reading-batch.ts';
import { MICROS_PER_DAY } from '../../../src/readings/timestamp.ts';
import { chunksOf, MAX_CHUNK_READINGS, userDaysOf } from '../../../src/storage/cassandra/chunk.ts';
import { chunkRowOf, valuesOf } from '../../../src/storage/cassandra/chunk-row.ts';
import { dayColumns } from '../../../src/storage/cassandra/day-columns.ts';
import type { Stamp } from '../../../src/storage/cassandra/stamps.ts';
import { reading } from '../../support/store.ts';

const run = (deviceId: string, timestamps: number[], heartRates: number[]) => ({
  deviceId,
  timestampsMicros: timestamps as never[],
  heartRates,
});

/** As it comes back from a node, where a column may begin at any byte. */
const stored = (chunk: ReturnType<typeof chunksOf>[number], seq = 1) => {
  const values = valuesOf(chunk, seq as Stamp, 'w');
  const shifted = (value: unknown) => Buffer.concat([Buffer.alloc(3), value as Buffer]).subarray(3);
  const [, writer, readings, devices, device, timestamps, rates] = values;
  return chunkRowOf({
    ...{ seq, writer, readings, devices, device: shifted(device) },
    ...{ timestamps: shifted(timestamps), heart_rates: shifted(rates) },
  } as never);
};

test('a batch is cut by user and day, in order', () => {
  const batch = ReadingBatch.of(
    reading('ann', 'a', 5, 60),
    reading('ben', 'a', 5, 61),
    reading('ann', 'a', MICROS_PER_DAY, 62),
    reading('ann', 'b', 6, 63),
    reading('ann', 'a', 4, 64),
  );
  expect(userDaysOf(batch)).toEqual([
    {
      userId: 'ann',
      day: 0,
      runs: [run('a', [5, 4], [60, 64]), run('b', [6], [63])].map((one) =>
        expect.objectContaining(one),
      ),
    },
    { userId: 'ann', day: 1, runs: [run('a', [MICROS_PER_DAY], [62])] },
    { userId: 'ben', day: 0, runs: [expect.objectContaining(run('a', [5], [61]))] },
  ]);
});

test('a chunk has each identity once, with its last value', () => {
  const chunks = chunksOf([
    run('a', [2, 1], [60, 61]),
    run('b', [1], [70]),
    run('a', [1, 3], [62, 63]),
  ]);
  expect(chunks).toHaveLength(1);
  const { deviceIds, devices, timestamps, heartRates, sequences } = dayColumns(
    chunks.map((one) => stored(one)),
  );
  expect(deviceIds).toEqual(['a', 'b']);
  expect([...devices]).toEqual([0, 0, 0, 1]);
  expect([...timestamps]).toEqual([2, 1, 3, 1]);
  expect([...heartRates]).toEqual([60, 62, 63, 70]);
  expect([...sequences]).toEqual([0, 0, 0, 0]);
});

test('what is too long for a chunk is cut, and nothing is lost', () => {
  const many = Array.from({ length: MAX_CHUNK_READINGS + 3 }, (_, at) => at);
  const chunks = chunksOf([run('a', many, many), run('b', [7, 8], [1, 2])]);
  expect(chunks.map(({ timestamps }) => timestamps.length)).toEqual([MAX_CHUNK_READINGS, 5]);
  const columns = dayColumns(chunks.map((one, at) => stored(one, at)));
  expect([...columns.timestamps]).toEqual([...many, 7, 8]);
  expect([...columns.heartRates]).toEqual([...many, 1, 2]);
  expect([...columns.devices].filter((place) => place === 1)).toHaveLength(2);
  expect(columns.sequences[0]).toBe(0);
  expect(columns.sequences.at(-1)).toBe(1);
});

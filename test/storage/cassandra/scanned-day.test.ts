import { expect, test } from 'vitest';
import type { EpochDay, TimeRange } from '../../../src/readings/reading.ts';
import { ALL_TIME } from '../../../src/readings/time-range.ts';
import { chunksOf } from '../../../src/storage/cassandra/chunk.ts';
import { type ChunkRow, chunkRowOf, valuesOf } from '../../../src/storage/cassandra/chunk-row.ts';
import { scannedDay } from '../../../src/storage/cassandra/scanned-day.ts';
import type { Stamp } from '../../../src/storage/cassandra/stamps.ts';
import { Voided } from '../../../src/storage/cassandra/voided.ts';

const chunk = (seq: number, times: number[], deviceId = 'a'): ChunkRow => {
  const run = { deviceId, timestampsMicros: times as never[], heartRates: times };
  const [columns] = chunksOf([run]);
  if (columns === undefined) throw new Error('no chunk');
  const [, writer, readings, devices, device, timestamps, heart_rates] = valuesOf(
    columns,
    seq as Stamp,
    'w',
  );
  return chunkRowOf({ seq, writer, readings, devices, device, timestamps, heart_rates } as never);
};
const erasure = (seq: number, deviceId: string) => ({
  ...{ userId: 'u', deviceId, seq: seq as Stamp, writer: 'w' },
});

const day = (
  chunks: ChunkRow[],
  erasures: ReturnType<typeof erasure>[] = [],
  request: { range?: TimeRange; deviceId?: string } = {},
) =>
  scannedDay(
    { day: 0 as EpochDay, chunks, voided: new Voided(erasures) },
    { userId: 'u', range: ALL_TIME, ...request },
  );

const found = (scanned: ReturnType<typeof day>, range?: TimeRange): number[] | undefined =>
  scanned?.source(range).inMemory.flatMap(({ timestamps }) => [...timestamps]);

const range = (startMicros: number, endMicros: number) =>
  ({ startMicros, endMicros }) as unknown as TimeRange;

test('what has been added since lies where the new chunks lie', () => {
  const [first, second, third] = [chunk(1, [10, 20]), chunk(2, [30]), chunk(3, [50, 40])];
  const before = day([first]);
  if (before === undefined) throw new Error('no day');
  const after = day([first, second, third]);
  expect(after?.changesSince(before.version)).toEqual({ startMicros: 30, endMicros: 51 });
  expect(after?.changesSince(after.version)).toBe('none');
  expect(day([first])?.changesSince(before.version)).toBe('none');
});

test('what has been taken away, merged or erased may be anywhere', () => {
  const [first, second] = [chunk(1, [10]), chunk(2, [20])];
  const before = day([first, second]);
  if (before === undefined) throw new Error('no day');
  expect(day([second])?.changesSince(before.version)).toBe('unknown');
  expect(day([first, chunk(3, [20])])?.changesSince(before.version)).toBe('unknown');
  const erased = day([first, second], [erasure(1, 'b')]);
  expect(erased?.changesSince(before.version)).toBe('unknown');
  expect(erased?.changesSince(erased.version)).toBe('none');
});

test('an erasure voids what it covers up to its stamp, and nothing later', () => {
  const chunks = [chunk(1, [10]), chunk(2, [20], 'b'), chunk(3, [30])];
  expect(found(day(chunks, [erasure(2, 'a')]))).toEqual([20, 30]);
  expect(found(day(chunks, [erasure(0, 'a')]))).toEqual([10, 20, 30]);
  expect(day([chunk(1, [10])], [erasure(1, 'a')])).toBeUndefined();
});

test('a range and a device are all that is given, again and again', () => {
  const chunks = [chunk(1, [10, 20, 30]), chunk(2, [20], 'b')];
  expect(found(day(chunks, [], { range: range(20, 30) }))).toEqual([20, 20]);
  expect(found(day(chunks, [], { deviceId: 'b' }))).toEqual([20]);
  expect(day(chunks, [], { deviceId: 'c' })).toBeUndefined();
  expect(found(day(chunks), range(25, 99))).toEqual([30]);
});

test.each([
  ['one chunk', [chunk(1, [10, 20])], true],
  ['chunks that follow each other', [chunk(1, [30]), chunk(2, [10, 20])], true],
  ['chunks that overlap', [chunk(1, [10, 30]), chunk(2, [20])], false],
  ['the same instant twice', [chunk(1, [10]), chunk(2, [10])], false],
])('%s: whether no two rows share an identity', (_, chunks, distinct) => {
  expect(day(chunks)?.distinct).toBe(distinct);
});

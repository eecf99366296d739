import { expect, it } from 'vitest';
import type { Sequence } from '../../../src/readings/reading.ts';
import { ReadingBatch } from '../../../src/readings/reading-batch.ts';
import { dayOf } from '../../../src/readings/timestamp.ts';
import { RecentReadings } from '../../../src/storage/parquet/memory/recent-readings.ts';
import type { Part } from '../../../src/storage/parquet/parts/part-catalog.ts';
import { userSnapshot } from '../../../src/storage/parquet/user-snapshot.ts';
import { reading, scanRequest } from '../../support/store.ts';

const TEN = reading('', '', '2024-01-15T10:00:00Z', 0).timestampMicros;
const DAY = dayOf(TEN);

const segmentOf = (first: number, userId: string): RecentReadings => {
  const segment = new RecentReadings(first as Sequence);
  const { runs } = ReadingBatch.of(
    reading(userId, 'a', TEN, 70),
    reading(userId, 'a', TEN + 1, 80),
  );
  segment.add(first as Sequence, 2, runs);
  return segment;
};

const partOf = (first: number, last: number): Part => ({
  path: `${first} to ${last}`,
  day: DAY,
  bytes: 0,
  range: { first: first as Sequence, last: last as Sequence },
  rewrites: 0,
});

/** Whether a day is found of which nothing is in memory: then its part is to be read. */
const isRead = async (part: Part): Promise<boolean> => {
  const content = {
    parts: new Map([[DAY, [part]]]),
    warm: [segmentOf(3, 'ben'), segmentOf(5, 'ben')],
    unflushed: [segmentOf(7, 'ben')],
    lastSequence: 8 as Sequence,
    removals: 0,
  };
  const days = userSnapshot(scanRequest('ann'), content, async (parts) => parts);
  for await (const _ of days) return true;
  return false;
};

it.each([
  [3, 4, false],
  [5, 6, false],
  [3, 6, false],
  [1, 4, true],
  [1, 2, true],
  // An earlier process made it of the segment that is to be flushed now.
  [7, 8, true],
  [5, 8, true],
])('a part of %i to %i is read beside warm segments of 3 to 6: %s', async (first, last, read) => {
  expect(await isRead(partOf(first, last))).toBe(read);
});

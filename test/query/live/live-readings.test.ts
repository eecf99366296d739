import { expect, test } from 'vitest';
import { LiveReadings } from '../../../src/query/live/live-readings.ts';
import type { EpochMicros, Sequence } from '../../../src/readings/reading.ts';
import { ReadingBatch } from '../../../src/readings/reading-batch.ts';

const oneReading = (): ReadingBatch => {
  const batch = new ReadingBatch();
  batch.add('ann', 'a', 0 as EpochMicros, 70);
  return batch;
};

test('what nobody followed is not remembered, and what somebody did is for a while', () => {
  const live = new LiveReadings({ maxStreams: 2 });
  const before = live.lastEventId;
  live.accepted(1 as Sequence, oneReading());
  expect(live.follow({ userId: 'ann' }, before).isReset).toBe(true);
  const known = live.lastEventId;
  live.accepted(2 as Sequence, oneReading());
  const { reader, isReset } = live.follow({ userId: 'ann' }, known);
  expect(isReset).toBe(false);
  live.leave(reader);
  live.accepted(3 as Sequence, oneReading());
  expect(live.follow({ userId: 'ann' }, known).isReset).toBe(false);
  live.close();
});

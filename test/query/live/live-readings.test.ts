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

test('nothing is remembered where another process may have erased it', () => {
  const live = new LiveReadings({ maxStreams: 3, isShared: true });
  const { reader } = live.follow({ userId: 'ann' });
  live.accepted(1 as Sequence, oneReading());
  expect(reader.pendingBytes).toBeGreaterThan(0);
  const known = live.lastEventId;
  // Who has missed nothing goes on.
  expect(live.follow({ userId: 'ann' }, known).isReset).toBe(false);
  live.accepted(2 as Sequence, oneReading());
  const { reader: again, isReset } = live.follow({ userId: 'ann' }, known);
  expect([isReset, again.pendingBytes]).toEqual([true, 0]);
  live.close();
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import type { Sequence, TimeRange } from '../../../../src/readings/reading.ts';
import { ReadingBatch, type SeriesRun } from '../../../../src/readings/reading-batch.ts';
import { RecentReadings } from '../../../../src/storage/parquet/memory/recent-readings.ts';
import { reading } from '../../../support/store.ts';

/** What a process has that is started with --expose-gc. */
const collector = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
};

const at = (sequence: number): Sequence => sequence as Sequence;

const recentOf = (first: number, ...batches: readonly ReadingBatch[]): RecentReadings => {
  const recent = new RecentReadings(at(first));
  let sequence = first;
  for (const batch of batches) {
    recent.add(at(sequence), batch.size, batch.runs);
    sequence += batch.size;
  }
  return recent;
};

describe('RecentReadings', () => {
  it('is empty at first, with the sequence its segment is named by', () => {
    const recent = new RecentReadings(at(42));
    expect(recent).toMatchObject({ size: 0, firstSequence: 42, lastSequence: 42 });
    expect([...recent.byUser]).toEqual([]);
  });

  it('finds readings by user and device, in order of arrival, duplicates included', () => {
    const recent = recentOf(
      10,
      ReadingBatch.of(reading('ann', 'a', 5, 70), reading('ann', 'a', 3, 71)),
      ReadingBatch.of(reading('bob', 'a', 1, 72), reading('ann', 'b', 2, 73)),
      ReadingBatch.of(reading('ann', 'a', 5, 74)),
    );
    expect(recent).toMatchObject({ size: 5, firstSequence: 10, lastSequence: 14 });
    expect(recent.byUser.get('ann')?.get('a')).toMatchObject({
      timestampsMicros: [5, 3, 5],
      heartRates: [70, 71, 74],
    });
    expect(recent.byUser.get('ann')?.get('b')?.heartRates).toEqual([73]);
    expect(recent.byUser.get('bob')?.get('a')?.heartRates).toEqual([72]);
    expect(recent.byUser.get('bob')?.get('b')).toBeUndefined();
    expect(recent.byUser.get('__proto__')).toBeUndefined();
  });

  it('keeps nothing of the batch, which its sender may use again', () => {
    const batch = ReadingBatch.of(reading('ann', 'a', 1, 70));
    const recent = recentOf(1, batch);
    batch.add('ann', 'a', 2 as never, 71);
    recent.add(at(2), 1, ReadingBatch.of(reading('ann', 'a', 3, 72)).runs);
    expect(recent.byUser.get('ann')?.get('a')).toMatchObject({
      timestampsMicros: [1, 3],
      heartRates: [70, 72],
    });
    expect(batch.runs[0]).toMatchObject({ timestampsMicros: [1, 2], heartRates: [70, 71] });
  });

  it('knows the largest sequence, though records were lost before or between', () => {
    const recent = new RecentReadings(at(10));
    recent.add(at(50), 3, ReadingBatch.of(reading('ann', 'a', 1, 70)).runs);
    expect(recent.lastSequence).toBe(52);
    recent.add(at(20), 1, ReadingBatch.of(reading('ann', 'a', 2, 70)).runs);
    expect(recent.lastSequence).toBe(52);
  });

  it('takes a run that is longer than a call may have arguments', () => {
    const long = new ReadingBatch();
    for (let i = 0; i < 300_000; i++) long.add('ann', 'a', i as never, 70);
    const recent = recentOf(1, ReadingBatch.of(reading('ann', 'a', -1, 60)), long);
    expect(recent.size).toBe(300_001);
    expect(recent.byUser.get('ann')?.get('a')?.timestampsMicros).toHaveLength(300_001);
  });

  const five = [
    reading('ann', 'a', 10, 70),
    reading('ann', 'a', 20, 71),
    reading('ann', 'a', 30, 72),
    reading('ann', 'b', 20, 73),
    reading('bob', 'a', 20, 74),
  ];
  const filled = () => recentOf(10, ReadingBatch.of(...five));
  const ratesOf = (recent: RecentReadings) =>
    [...recent.byUser].flatMap(([, byDevice]) =>
      [...byDevice].flatMap(([, series]) => series.heartRates),
    );
  const range = { startMicros: 20, endMicros: 30 } as TimeRange;

  it.each([
    ['all of a user', {}, [74]],
    ['a device', { deviceId: 'a' }, [73, 74]],
    ['a range, without its end', { range }, [70, 72, 74]],
    ['a range of a device', { deviceId: 'a', range }, [70, 72, 73, 74]],
    ['nothing', { deviceId: 'c' }, [70, 71, 72, 73, 74]],
  ])('forgets %s, and takes the sequence of the erasure', (_, selection, left) => {
    const recent = filled();
    recent.erase({ userId: 'ann', ...selection, sequence: at(40) });
    expect(ratesOf(recent)).toEqual(left);
    expect(recent).toMatchObject({ size: left.length, lastSequence: 40 });
    expect(recent.byUser.has('ann')).toBe(left.length > 1);
    const others = five.filter(({ heartRate }) => left.includes(heartRate));
    expect(recent.weightBytes).toBe(recentOf(1, ReadingBatch.of(...others)).weightBytes);
  });

  it('leaves the columns that a scan has taken as they were', () => {
    const recent = filled();
    const taken = recent.byUser.get('ann')?.get('a');
    recent.forget({ userId: 'ann', range });
    expect(taken).toMatchObject({ timestampsMicros: [10, 20, 30], heartRates: [70, 71, 72] });
  });
});

describe('the weight of readings', () => {
  const gc = collector();
  const usedBytes = (): number => {
    gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };

  /** As they come from the network: each text is one of its own. */
  const received = (user: number, device: number, from: number, size: number) => {
    const text = JSON.stringify({
      userId: `user_${String(user).padStart(7, '0')}`,
      deviceId: `device_${device}`,
      timestampsMicros: Array.from({ length: size }, (_, i) => (from + i) * 1e6),
      heartRates: Array.from({ length: size }, (_, i) => 60 + ((from + i) % 90)),
    });
    return JSON.parse(text) as SeriesRun;
  };

  it.each([
    { users: 100_000, devices: 1, readings: 1, batch: 1 },
    { users: 50_000, devices: 1, readings: 2, batch: 1 },
    { users: 20_000, devices: 1, readings: 10, batch: 1 },
    { users: 20_000, devices: 1, readings: 10, batch: 10 },
    { users: 50_000, devices: 2, readings: 1, batch: 1 },
    { users: 5_000, devices: 10, readings: 1, batch: 1 },
    { users: 50, devices: 1, readings: 10_000, batch: 1 },
    { users: 50, devices: 1, readings: 10_000, batch: 10_000 },
  ])(
    'is what they take, to a quarter: $users users, $devices devices, $readings readings in batches of $batch',
    ({ users, devices, readings, batch }) => {
      const before = usedBytes();
      const recent = new RecentReadings(at(1));
      let sequence = 1;
      for (let from = 0; from < readings; from += batch) {
        for (let user = 0; user < users; user++) {
          for (let device = 0; device < devices; device++) {
            recent.add(at(sequence), batch, [received(user, device, from, batch)]);
            sequence += batch;
          }
        }
      }
      const takenBytes = usedBytes() - before;
      expect(recent.weightBytes / takenBytes).toBeGreaterThan(0.75);
      expect(recent.weightBytes / takenBytes).toBeLessThan(1.25);
      for (let user = 0; user < users; user++) {
        recent.forget({ userId: `user_${String(user).padStart(7, '0')}` });
      }
      expect(recent).toMatchObject({ size: 0, weightBytes: 0 });
    },
  );
});

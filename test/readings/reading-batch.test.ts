import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMicros, Reading } from '../../src/readings/reading.ts';
import { ReadingBatch } from '../../src/readings/reading-batch.ts';

const reading = (userId: string, deviceId: string, micros: number, heartRate: number): Reading => ({
  userId,
  deviceId,
  timestampMicros: micros as EpochMicros,
  heartRate,
});

/** What each series holds, in order, found the plain way. */
const bySeries = (readings: readonly Reading[]): Map<string, [number, number][]> => {
  const series = new Map<string, [number, number][]>();
  for (const { userId, deviceId, timestampMicros, heartRate } of readings) {
    const key = JSON.stringify([userId, deviceId]);
    series.set(key, [...(series.get(key) ?? []), [timestampMicros, heartRate]]);
  }
  return series;
};

const runsOf = (batch: ReadingBatch): Map<string, [number, number][]> =>
  new Map(
    batch.runs.map((run) => {
      expect(run.heartRates).toHaveLength(run.timestampsMicros.length);
      const rows = run.timestampsMicros.map((t, i): [number, number] => [
        t,
        run.heartRates[i] as number,
      ]);
      return [JSON.stringify([run.userId, run.deviceId]), rows];
    }),
  );

describe('ReadingBatch', () => {
  it('is empty at first', () => {
    const batch = new ReadingBatch();
    expect(batch.size).toBe(0);
    expect(batch.runs).toEqual([]);
  });

  it('groups by user and device and keeps the order of arrival in each', () => {
    const batch = ReadingBatch.of(
      reading('ann', 'a', 3, 70),
      reading('ann', 'b', 1, 71),
      reading('ann', 'a', 2, 72),
      reading('bob', 'a', 9, 73),
      reading('ann', 'a', 3, 74),
    );
    expect(batch.size).toBe(5);
    expect(batch.runs).toEqual([
      { userId: 'ann', deviceId: 'a', timestampsMicros: [3, 2, 3], heartRates: [70, 72, 74] },
      { userId: 'ann', deviceId: 'b', timestampsMicros: [1], heartRates: [71] },
      { userId: 'bob', deviceId: 'a', timestampsMicros: [9], heartRates: [73] },
    ]);
  });

  it('does not take two series for one because their ids join to the same text', () => {
    const batch = ReadingBatch.of(reading('ab', 'c', 1, 70), reading('a', 'bc', 1, 71));
    expect(batch.runs.map((run) => [run.userId, run.deviceId])).toEqual([
      ['ab', 'c'],
      ['a', 'bc'],
    ]);
  });

  it('loses, adds and reorders nothing, whatever the ids', () => {
    const id = fc.oneof(
      fc.constantFrom('__proto__', 'constructor', 'a', 'b', ''),
      fc.string({ unit: 'binary', maxLength: 3 }),
    );
    const anyReading = fc
      .tuple(id, id, fc.nat(5), fc.double({ min: 30, max: 220, noNaN: true }))
      .map(([user, device, micros, rate]) => reading(user, device, micros, rate));
    fc.assert(
      fc.property(fc.array(anyReading, { maxLength: 60 }), (readings) => {
        const batch = ReadingBatch.of(...readings);
        const expected = bySeries(readings);
        expect(batch.size).toBe(readings.length);
        expect(batch.runs).toHaveLength(expected.size);
        expect(runsOf(batch)).toEqual(expected);
      }),
    );
  });
});

import { describe, expect, it } from 'vitest';
import type { EpochMicros } from '../../../../src/readings/reading.ts';
import { countReadings } from '../../../../src/storage/parquet/parts/count-readings.ts';
import type { RowsSource, UserRows } from '../../../../src/storage/rows/rows-source.ts';

const rowsAt = (...timestamps: readonly number[]): UserRows => ({
  deviceIds: ['a'],
  devices: new Uint32Array(timestamps.length),
  timestamps: Float64Array.from(timestamps),
  heartRates: Float64Array.from(timestamps, () => 70),
  sequences: Float64Array.from(timestamps, (_, i) => i + 1),
});

const sourceOf = (...inMemory: readonly UserRows[]): RowsSource => ({
  userId: 'ann',
  range: { startMicros: 0 as EpochMicros, endMicros: 1000 as EpochMicros },
  inMemory,
  parts: [],
});

describe('counting readings', () => {
  it('takes those of the same identity for one, across all sources', async () => {
    const sources = [sourceOf(rowsAt(1, 2), rowsAt(2, 3)), sourceOf(rowsAt(3, 4))];
    expect(await countReadings({ sources })).toBe(4);
  });

  it('finds none where there is nothing to count', async () => {
    expect(await countReadings({ sources: [] })).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';
import { chunksOf, LARGE_READINGS } from '../../../src/storage/cassandra/chunk.ts';
import { type ChunkRow, chunkRowOf, valuesOf } from '../../../src/storage/cassandra/chunk-row.ts';
import {
  type MergeRules,
  mergedChunks,
  runsToMerge,
} from '../../../src/storage/cassandra/merge-plan.ts';
import { movedStamp, type Stamp } from '../../../src/storage/cassandra/stamps.ts';
import { type StampedErasure, Voided } from '../../../src/storage/cassandra/voided.ts';

/** A stamp of 2024. */
const FIRST = 1_705_276_800_000_000;

const of = (seq: number, readings: number): ChunkRow =>
  ({ seq: FIRST + seq, writer: 'w', readings }) as unknown as ChunkRow;
const clean: MergeRules = { minChunks: 3, isDirty: () => false };

/** The stamps of what is merged, run by run. */
const merged = (chunks: readonly ChunkRow[], rules = clean) =>
  runsToMerge(chunks, rules).map((run) => run.map(({ seq }) => seq - FIRST));

describe('which chunks are merged', () => {
  it.each([
    ['too few', [1, 1], []],
    ['enough', [1, 1, 1], [[0, 1, 2]]],
    ['none across a large one, which came in between', [1, 1, LARGE_READINGS, 1, 1], []],
    [
      'each side of a large one',
      [1, 1, 1, LARGE_READINGS, 1, 1, 1],
      [
        [0, 1, 2],
        [4, 5, 6],
      ],
    ],
    ['not what has more than all after it', [100, 1, 1, 1], [[1, 2, 3]]],
    ['sizes that alternate, once there are many', [9, 1, 9, 1, 9, 1], [[0, 1, 2, 3, 4, 5]]],
    ['what has as much as those after it', [3, 1, 1, 1], [[0, 1, 2, 3]]],
  ])('%s', (_, sizes, runs) => {
    expect(merged(sizes.map((readings, seq) => of(seq, readings)))).toEqual(runs);
  });

  it('writes each reading again as often as a number doubles', () => {
    let chunks: ChunkRow[] = [];
    let written = 0;
    for (let seq = 0; seq < 512; seq++) {
      chunks.push(of(seq, 1));
      for (const run of runsToMerge(chunks, clean)) {
        const readings = run.reduce((sum, chunk) => sum + chunk.readings, 0);
        written += readings;
        chunks = [...chunks.filter((chunk) => !run.includes(chunk)), of(seq, readings)];
      }
    }
    expect(written / 512).toBeLessThan(10);
    expect(chunks.length).toBeLessThan(14);
  });

  it('leaves what was moved here as it is, unless some of it is erased', () => {
    const moved = [1, 2, 3].map((at) => ({ ...of(0, 1), seq: movedStamp(FIRST / 1000 + at) }));
    const chunks = [...moved, of(1, 1), of(2, 1)];
    expect(runsToMerge(chunks, clean)).toEqual([]);
    const isDirty = (chunk: ChunkRow) => chunk === moved[1];
    expect(runsToMerge(chunks, { minChunks: 3, isDirty })).toEqual([[moved[1]]]);
  });

  it('writes a chunk with erased readings again, alone or with others', () => {
    const isDirty = ({ seq }: ChunkRow) => [1, 3].includes(seq - FIRST);
    const sizes = [1, 1, LARGE_READINGS, LARGE_READINGS];
    const chunks = sizes.map((readings, seq) => of(seq, readings));
    expect(merged(chunks, { minChunks: 3, isDirty })).toEqual([[1], [3]]);
  });
});

describe('what is merged', () => {
  const stored = (seq: number, deviceId: string, times: number[], rates: number[]) => {
    const [chunk] = chunksOf([{ deviceId, timestampsMicros: times as never[], heartRates: rates }]);
    if (chunk === undefined) throw new Error('no chunk');
    const [, writer, readings, devices, device, timestamps, heart_rates] = valuesOf(
      chunk,
      seq as Stamp,
      'w',
    );
    return chunkRowOf({ seq, writer, readings, devices, device, timestamps, heart_rates } as never);
  };
  const run = [
    stored(1, 'a', [5, 6], [60, 61]),
    stored(2, 'b', [5], [70]),
    stored(3, 'a', [5], [62]),
  ];
  const shown = (erasures: readonly StampedErasure[]) =>
    mergedChunks(run, new Voided(erasures)).flatMap(
      ({ deviceIds, devices, timestamps, heartRates }) =>
        Array.from(
          timestamps,
          (micros, row) => `${deviceIds[devices[row] as number]} ${micros} ${heartRates[row]}`,
        ),
    );
  const erasure = (seq: number) => ({
    ...{ userId: 'u', deviceId: 'a', seq: seq as Stamp, writer: 'w' },
  });

  it('has each identity once, with the value of the last chunk', () => {
    expect(shown([])).toEqual(['a 5 62', 'a 6 61', 'b 5 70']);
  });

  it('has nothing that was erased, and what came after', () => {
    expect(shown([erasure(2)])).toEqual(['a 5 62', 'b 5 70']);
    expect(shown([erasure(3)])).toEqual(['b 5 70']);
  });
});

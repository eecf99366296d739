import fc from 'fast-check';
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

const of = (seq: number, readings: number, writer = 'w'): ChunkRow =>
  ({ seq: FIRST + seq, writer, readings, deviceIds: ['a'] }) as unknown as ChunkRow;
const clean: MergeRules = {
  minChunks: 3,
  isDirty: () => false,
  isRepetitive: () => false,
  isSettled: () => true,
};

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
    expect(runsToMerge(chunks, { ...clean, isDirty })).toEqual([[moved[1]]]);
  });

  it('reduces what repeats itself, also large chunks, as much as goes into one write', () => {
    // Of 18 bytes a reading, so that two go into a write and three do not.
    const half = Math.floor(4e6 / 18);
    const chunks = [half, half, half, half, half].map((readings, seq) => of(seq, readings));
    const isRepetitive = (window: readonly ChunkRow[]) => window.length > 1;
    expect(merged(chunks, { ...clean, isRepetitive })).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(merged(chunks, { ...clean, isRepetitive: () => false })).toEqual([]);
    // Small ones among themselves are merged by their number, and one alone is what it is.
    const few = [of(0, 1), of(1, 1)];
    expect(merged(few, { ...clean, isRepetitive })).toEqual([]);
    expect(merged([of(0, 5 * half), of(1, 1)], { ...clean, isRepetitive })).toEqual([]);
  });

  it('merges the small ones on each side of what repeats itself', () => {
    const sizes = [1, 1, 1, LARGE_READINGS, LARGE_READINGS];
    const long = Math.floor(8.3e6 / 18);
    const chunks = [...sizes, long, 1, 1, 1].map((readings, seq) => of(seq, readings));
    const isRepetitive = (window: readonly ChunkRow[]) => window.length === 5;
    expect(merged(chunks, { ...clean, isRepetitive })).toEqual([
      [0, 1, 2, 3, 4],
      [6, 7, 8],
    ]);
  });

  it('makes no merge so large that a node would refuse it', () => {
    // Ids of 128 characters take more than readings do.
    const deviceIds = Array.from({ length: 1_000 }, (_, at) => String(at).padStart(128));
    const chunks = Array.from({ length: 60 }, (_, seq) => ({ ...of(seq, 1_000), deviceIds }));
    const runs = runsToMerge(chunks, clean);
    expect(runs.length).toBeGreaterThan(1);
    for (const run of runs)
      expect(run.length * (1_000 * 18 + 1_000 * 3 * 128)).toBeLessThan(2 ** 23);
  });

  it('ends no run between two chunks that stand at one place', () => {
    const place = ['w', 'w~~00000001abcdef.000', 'w~~00000001abcdef.001'];
    const atPlace = (sizes: readonly number[]) =>
      sizes.map((readings, at) => of(9, readings, place[at]));
    const before = [0, 1, 2].map((seq) => of(seq, 1));
    const names = (chunks: readonly ChunkRow[], rules = clean) =>
      runsToMerge(chunks, rules).map((run) =>
        run.map(({ seq, writer }) => `${seq - FIRST} ${writer}`),
      );
    const beginning = ['0 w', '1 w', '2 w'];
    expect(names([...before, ...atPlace([1, 1])])).toEqual([
      [...beginning, `9 w`, `9 ${place[1]}`],
    ]);
    // One of them is large, or was written a moment ago.
    expect(names([...before, ...atPlace([1, 1, LARGE_READINGS])])).toEqual([beginning]);
    const isSettled = ({ writer }: ChunkRow) => writer !== place[2];
    expect(names([...before, ...atPlace([1, 1, 1])], { ...clean, isSettled })).toEqual([beginning]);
    // A run may begin behind one of the place.
    const tail = atPlace([LARGE_READINGS, 1]);
    expect(names([...tail, of(10, 1), of(11, 1)])).toEqual([[`9 ${place[1]}`, '10 w', '11 w']]);
  });

  it('merges nothing across what has not settled', () => {
    const chunks = [0, 1, 2, 3, 4, 5, 6].map((seq) => of(seq, 1));
    const isSettled = ({ seq }: ChunkRow) => seq !== FIRST + 3;
    const rules = { ...clean, isSettled };
    expect(merged(chunks, rules)).toEqual([
      [0, 1, 2],
      [4, 5, 6],
    ]);
    const isDirty = () => true;
    expect(merged(chunks.slice(2, 5), { ...rules, isDirty })).toEqual([[2], [4]]);
  });

  it('writes a chunk with erased readings again, alone or with others', () => {
    const isDirty = ({ seq }: ChunkRow) => [1, 3].includes(seq - FIRST);
    const sizes = [1, 1, LARGE_READINGS, LARGE_READINGS];
    const chunks = sizes.map((readings, seq) => of(seq, readings));
    expect(merged(chunks, { ...clean, isDirty })).toEqual([[1], [3]]);
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
  const shownOf = (chunks: readonly ChunkRow[], erasures: readonly StampedErasure[]) =>
    mergedChunks(chunks, new Voided(erasures)).flatMap(
      ({ deviceIds, devices, timestamps, heartRates }) =>
        Array.from(
          timestamps,
          (micros, row) => `${deviceIds[devices[row] as number]} ${micros} ${heartRates[row]}`,
        ),
    );
  const shown = (erasures: readonly StampedErasure[]) => shownOf(run, erasures);
  const erasure = (seq: number) => ({
    ...{ userId: 'u', deviceId: 'a', seq: seq as Stamp, writer: 'w' },
  });

  it('has each identity once, with the value of the last chunk', () => {
    expect(shown([])).toEqual(['a 5 62', 'a 6 61', 'b 5 70']);
  });

  it('has the last value of each identity, in whatever order instants come', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            deviceId: fc.constantFrom('a', 'b'),
            times: fc.uniqueArray(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 9 }),
          }),
          { minLength: 1, maxLength: 8 },
        ),
        (drawn) => {
          const last = new Map<string, number>();
          const chunks = drawn.map(({ deviceId, times }, seq) => {
            for (const time of times) last.set(`${deviceId} ${time}`, 40 + seq);
            return stored(
              seq,
              deviceId,
              times,
              times.map(() => 40 + seq),
            );
          });
          expect(new Set(shownOf(chunks, []))).toEqual(
            new Set([...last].map(([identity, rate]) => `${identity} ${rate}`)),
          );
        },
      ),
    );
  });

  it('has nothing that was erased, and what came after', () => {
    expect(shown([erasure(2)])).toEqual(['a 5 62', 'b 5 70']);
    expect(shown([erasure(3)])).toEqual(['b 5 70']);
  });
});

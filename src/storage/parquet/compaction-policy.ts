import type { Part } from './part-catalog.ts';

/** A day with more parts than this is compacted. */
export const MAX_PARTS_PER_DAY = 4;

/**
 * The contiguous run of a day's parts to merge into one, or none when they are few enough.
 *
 * Size-tiered: it starts from the newest parts, which are the smallest, and takes in an older one
 * only while that is no larger than all newer ones taken so far together; so a reading is
 * rewritten about log2(n) times. It takes more than that only when too many parts would remain.
 */
export const chooseRun = (parts: readonly Part[]): readonly Part[] => {
  if (parts.length <= MAX_PARTS_PER_DAY) return [];
  let from = MAX_PARTS_PER_DAY - 1;
  let taken = 0;
  for (const part of parts.slice(from)) taken += part.bytes;
  while (from > 0 && (parts[from - 1] as Part).bytes <= taken) {
    from--;
    taken += (parts[from] as Part).bytes;
  }
  return parts.slice(from);
};

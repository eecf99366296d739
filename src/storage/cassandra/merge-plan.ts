import { type ChunkColumns, chunksOf, type DayRun, LARGE_READINGS } from './chunk.ts';
import type { ChunkRow } from './chunk-row.ts';
import { dayColumns, withoutErased } from './day-columns.ts';
import { isMoved } from './stamps.ts';
import type { Voided } from './voided.ts';

/** So many chunks go into one merge at most. */
const MAX_SOURCES = 2_000;

/**
 * Whether it is worth a merge. What was moved here stays as it is: it may be stamped long before it
 * is written, and what takes the place of a run of chunks would void what comes late into it.
 */
const isSmall = ({ readings, seq }: ChunkRow): boolean =>
  readings < LARGE_READINGS && !isMoved(seq);

/** Which chunks of a day are to be merged. */
export interface MergeRules {
  /** So many small chunks next to each other are worth a merge. */
  readonly minChunks: number;
  /** Whether a chunk has readings that are erased: it is written again in any case. */
  readonly isDirty: (chunk: ChunkRow) => boolean;
}

/** Runs of chunks that follow one another, each to be replaced by what is in it. */
export const runsToMerge = (
  chunks: readonly ChunkRow[],
  { minChunks, isDirty }: MergeRules,
): (readonly ChunkRow[])[] => {
  const runs: (readonly ChunkRow[])[] = [];
  let small: ChunkRow[] = [];
  const close = () => {
    const run = worthMerging(small, minChunks);
    for (const chunk of small) if (!run.includes(chunk) && isDirty(chunk)) runs.push([chunk]);
    if (run.length > 0) runs.push(run);
    small = [];
  };
  for (const chunk of chunks) {
    if (isSmall(chunk)) {
      small.push(chunk);
      if (small.length === MAX_SOURCES) close();
      continue;
    }
    close();
    if (isDirty(chunk)) runs.push([chunk]);
  }
  close();
  return runs;
};

/**
 * The last of the chunks, back to one that has more readings than all after it: so each reading is
 * written again as often as a number doubles, not with every merge. Where sizes alternate that
 * would leave too many for ever.
 */
const worthMerging = (small: readonly ChunkRow[], minChunks: number): readonly ChunkRow[] => {
  const isCrowded = small.length >= 2 * minChunks;
  let from = small.length;
  let readings = 0;
  while (from > 0) {
    const chunk = small[from - 1] as ChunkRow;
    const mayStop = !isCrowded || small.length - from >= minChunks;
    if (readings > 0 && chunk.readings > readings && mayStop) break;
    readings += chunk.readings;
    from--;
  }
  return small.length - from >= minChunks ? small.slice(from) : [];
};

/** What a run says when it is read as a whole: each identity once, and nothing that was erased. */
export const mergedChunks = (run: readonly ChunkRow[], voided: Voided): ChunkColumns[] => {
  const { deviceIds, devices, timestamps, heartRates } = withoutErased(
    dayColumns(run),
    run,
    voided,
  );
  if (timestamps.length === 0) return [];
  const runs = deviceIds.map(
    (deviceId): DayRun => ({ deviceId, timestampsMicros: [], heartRates: [] }),
  );
  for (let row = 0; row < timestamps.length; row++) {
    const ofDevice = runs[devices[row] as number] as DayRun;
    ofDevice.timestampsMicros.push(timestamps[row] as never);
    ofDevice.heartRates.push(heartRates[row] as number);
  }
  return chunksOf(runs.filter((one) => one.heartRates.length > 0));
};

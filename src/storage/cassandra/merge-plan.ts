import type { EpochMicros } from '../../readings/reading.ts';
import { type ChunkColumns, chunksOf, type DayRun, LARGE_READINGS } from './chunk.ts';
import { isSamePlace } from './chunk-place.ts';
import type { ChunkRow } from './chunk-row.ts';
import { dayColumns, lastOfEach, withoutErased } from './day-columns.ts';
import { isMoved } from './stamps.ts';
import type { Voided } from './voided.ts';

/** So many small chunks go into one merge at most. */
const MAX_SOURCES = 2_000;
/**
 * And so many bytes, which take this process a fifth of a second. Two devices' days of a reading a
 * second go into it twice.
 */
const MAX_MERGE_BYTES = 8 * 2 ** 20;
/** Of three columns; and an id takes three bytes a character at most. */
const READING_BYTES = 18;
const bytesOf = ({ readings, deviceIds }: ChunkRow): number =>
  READING_BYTES * readings + deviceIds.reduce((sum, { length }) => sum + 3 * length, 0);

const isLarge = ({ readings }: ChunkRow): boolean => readings >= LARGE_READINGS;
/**
 * Whether it is worth a merge. What was moved here stays as it is: it may be stamped long before it
 * is written, and what takes the place of a run of chunks would void what comes late into it.
 */
const isSmall = (chunk: ChunkRow): boolean => !isLarge(chunk) && !isMoved(chunk.seq);

/** Which chunks of a day are to be merged. */
export interface MergeRules {
  /** So many small chunks next to each other are worth a merge. */
  readonly minChunks: number;
  /** Whether a chunk may be merged: nothing is merged across one that may not. */
  readonly isSettled: (chunk: ChunkRow) => boolean;
  /** Whether a chunk has to be written again in any case, as for readings that are erased. */
  readonly isDirty: (chunk: ChunkRow) => boolean;
  /** Whether at least half of the readings of chunks repeat others: worth a merge whatever their size. */
  readonly isRepetitive: (chunks: readonly ChunkRow[]) => boolean;
}

/**
 * Runs of chunks that follow one another, each to be replaced by what is in it. None ends between
 * two that stand at one place, unless it is one chunk alone.
 */
export const runsToMerge = (
  chunks: readonly ChunkRow[],
  rules: MergeRules,
): (readonly ChunkRow[])[] => {
  const runs: (readonly ChunkRow[])[] = [];
  for (const stretch of stretchesOf(chunks, rules)) {
    let others: ChunkRow[] = [];
    for (const window of windowsOf(stretch)) {
      if (!isWorthReducing(window, rules)) {
        others.push(...window);
        continue;
      }
      runs.push(...smallRuns(others, rules), window);
      others = [];
    }
    runs.push(...smallRuns(others, rules));
  }
  return runs;
};

/** Chunks that follow one another of which all that stand at their places have settled. */
function* stretchesOf(
  chunks: readonly ChunkRow[],
  { isSettled }: MergeRules,
): Generator<ChunkRow[]> {
  let stretch: ChunkRow[] = [];
  for (const place of placesOf(chunks)) {
    if (place.every(isSettled)) stretch.push(...place);
    else {
      yield stretch;
      stretch = [];
    }
  }
  yield stretch;
}

/** All chunks in order, as many at once as one merge may have. */
function* windowsOf(chunks: readonly ChunkRow[]): Generator<ChunkRow[]> {
  let window: ChunkRow[] = [];
  let bytes = 0;
  for (const place of placesOf(chunks)) {
    const more = place.reduce((sum, chunk) => sum + bytesOf(chunk), 0);
    const [last, next] = [window.at(-1), place[0]];
    const fits = bytes + more <= MAX_MERGE_BYTES && last && isMoved(last.seq) === isMoved(next.seq);
    if (last !== undefined && !fits) {
      yield window;
      window = [];
      bytes = 0;
    }
    window.push(...place);
    bytes += more;
  }
  if (window.length > 0) yield window;
}

/** Chunks that stand at one place in the order of acceptance. */
function* placesOf(chunks: readonly ChunkRow[]): Generator<[ChunkRow, ...ChunkRow[]]> {
  let place: [ChunkRow, ...ChunkRow[]] | undefined;
  for (const chunk of chunks) {
    if (place !== undefined && isSamePlace(place[0], chunk)) place.push(chunk);
    else {
      if (place !== undefined) yield place;
      place = [chunk];
    }
  }
  if (place !== undefined) yield place;
}

const isWorthReducing = (window: readonly ChunkRow[], { isRepetitive }: MergeRules): boolean =>
  // Small ones among themselves are merged by their number.
  window.length > 1 &&
  window.some((chunk) => isLarge(chunk) && !isMoved(chunk.seq)) &&
  window.reduce((sum, chunk) => sum + bytesOf(chunk), 0) <= MAX_MERGE_BYTES &&
  isRepetitive(window);

/** Runs of small chunks, and each chunk alone that is dirty and in none of them. */
const smallRuns = (
  chunks: readonly ChunkRow[],
  { minChunks, isDirty }: MergeRules,
): (readonly ChunkRow[])[] => {
  const runs: (readonly ChunkRow[])[] = [];
  let small: ChunkRow[] = [];
  let bytes = 0;
  const close = (next?: ChunkRow) => {
    const isBefore = (chunk: ChunkRow) => next === undefined || !isSamePlace(chunk, next);
    const end = small.findLastIndex(isBefore) + 1;
    const run = worthMerging(small.slice(0, end), minChunks);
    const alone = [...small.slice(0, end - run.length), ...small.slice(end)];
    runs.push(...alone.filter(isDirty).map((chunk) => [chunk]));
    if (run.length > 0) runs.push(run);
    small = [];
    bytes = 0;
  };
  for (const chunk of chunks) {
    if (!isSmall(chunk)) {
      close(chunk);
      if (isDirty(chunk)) runs.push([chunk]);
      continue;
    }
    if (small.length === MAX_SOURCES || bytes + bytesOf(chunk) > MAX_MERGE_BYTES) close(chunk);
    small.push(chunk);
    bytes += bytesOf(chunk);
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
  const runs = lastOfEach(withoutErased(dayColumns(run), run, voided)).map(
    ({ deviceId, timestamps, heartRates }): DayRun => ({
      deviceId,
      timestampsMicros: Array.from(timestamps as Iterable<number>) as EpochMicros[],
      heartRates: Array.from(heartRates),
    }),
  );
  return runs.length === 0 ? [] : chunksOf(runs);
};

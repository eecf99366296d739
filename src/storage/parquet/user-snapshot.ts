import type { EpochDay, Sequence, TimeRange } from '../../readings/reading.ts';
import { dayRange, intersection } from '../../readings/time-range.ts';
import type { Changes, DayScan, DayVersion, ScanRequest } from '../reading-store.ts';
import type { RowsSource } from '../rows/rows-source.ts';
import { covers, type SequenceRange } from './disk/layout.ts';
import type { RecentReadings } from './memory/recent-readings.ts';
import {
  type CapturedSeries,
  captureSeries,
  daysIn,
  extentIn,
  rowsIn,
} from './memory/recent-rows.ts';
import type { Part } from './parts/part-catalog.ts';

/** What a store holds. */
export interface StoreContent {
  /** The parts in force that may hold readings of the user in the range, by day. */
  readonly parts: ReadonlyMap<EpochDay, readonly Part[]>;
  /** Segments that are in parts too, oldest first, none missing between the first and the last. */
  readonly warm: readonly RecentReadings[];
  /** Segments that are in no part yet, oldest first. */
  readonly unflushed: readonly RecentReadings[];
  readonly lastSequence: Sequence;
  /** See {@link DayVersion.removals}. */
  readonly removals: number;
}

/** Those of the parts that are as they were written. */
type Intact = (parts: readonly Part[]) => Promise<readonly Part[]>;

/**
 * The days of one user, ascending, as they are at this moment: what is in memory is taken at once,
 * and the files, which never change, are read as the days are asked for.
 */
export const userSnapshot = (
  request: ScanRequest,
  content: StoreContent,
  intact: Intact,
): AsyncGenerator<DayScan> => dayScans(request, content, capture(request, content), intact);

/** What is in memory of the user. */
interface Memory {
  readonly warm: readonly CapturedSeries[];
  /** What a part holds within this range is in `warm`; undefined when there is none. */
  readonly warmRange: SequenceRange | undefined;
  readonly unflushed: readonly CapturedSeries[];
  /** All that was accepted from here on is in memory. */
  readonly firstSequence: Sequence;
}

const capture = (request: ScanRequest, content: StoreContent): Memory => {
  const { warm, unflushed, lastSequence } = content;
  const [oldest, newest] = [warm[0], warm.at(-1)];
  return {
    warm: captureSeries(warm, request),
    warmRange: oldest && newest && { first: oldest.firstSequence, last: newest.lastSequence },
    unflushed: captureSeries(unflushed, request),
    firstSequence: (oldest ?? unflushed[0])?.firstSequence ?? ((lastSequence + 1) as Sequence),
  };
};

async function* dayScans(
  request: ScanRequest,
  content: StoreContent,
  memory: Memory,
  intact: Intact,
): AsyncGenerator<DayScan> {
  const { lastSequence: sequence, removals } = content;
  const days = new Set([...content.parts.keys(), ...daysIn(memory.unflushed, request.range)]);
  for (const day of [...days].sort((a, b) => a - b)) {
    const parts = await intact(content.parts.get(day) ?? []);
    const dayRequest = { ...request, range: intersection(request.range, dayRange(day)) };
    const sources = sourcesOf(parts, memory);
    const hasRowsInMemory = extentIn(sources.inMemory, dayRequest.range) !== undefined;
    if (sources.toRead.length === 0 && !hasRowsInMemory) continue;
    const version = { sequence, removals, parts };
    yield {
      day,
      // A part holds each identity once; only what is in two places may repeat one.
      distinct: sources.toRead.length === 1 && !hasRowsInMemory,
      version,
      changesSince: (earlier) => changes(earlier, version, memory, dayRequest.range),
      source: (asked) => rowsSource(day, dayRequest, sources, asked),
    };
  }
}

/** Where the readings of a day are. */
interface Sources {
  readonly inMemory: readonly CapturedSeries[];
  readonly toRead: readonly Part[];
}

const sourcesOf = (parts: readonly Part[], { warm, warmRange, unflushed }: Memory): Sources => {
  const isWarm = (part: Part) => warmRange !== undefined && covers(warmRange, part.range);
  // What is warm and in no part was taken out of force with the part that held it.
  const warmParts = parts.filter(isWarm);
  const ofWarmParts = warm.filter(({ segmentFirst }) =>
    warmParts.some(({ range: { first, last } }) => first <= segmentFirst && segmentFirst <= last),
  );
  return {
    inMemory: [...ofWarmParts, ...unflushed],
    toRead: parts.filter((part) => !isWarm(part)),
  };
};

const changes = (
  earlier: DayVersion,
  { sequence, removals, parts }: DayVersion,
  memory: Memory,
  range: TimeRange,
): Changes => {
  if (earlier.removals !== removals) return 'unknown';
  if (earlier.sequence === sequence) return 'none';
  // What came in since and is not in memory any more is in a part that is new.
  const isAllInMemory = earlier.sequence + 1 >= memory.firstSequence;
  if (!isAllInMemory && !isSame(earlier.parts, parts)) return 'unknown';
  // Of a segment that was half known all counts: it is a few seconds' worth.
  const newer = [...memory.warm, ...memory.unflushed].filter(
    ({ segmentLast }) => segmentLast > earlier.sequence,
  );
  return extentIn(newer, range) ?? 'none';
};

const rowsSource = (
  day: EpochDay,
  request: ScanRequest,
  { inMemory, toRead }: Sources,
  asked?: TimeRange,
): RowsSource => {
  const range = intersection(request.range, asked ?? request.range);
  const rows = rowsIn(inMemory, range);
  const hasRows = rows.timestamps.length > 0 || toRead.length === 0;
  return {
    ...request,
    day,
    range,
    inMemory: hasRows ? [rows] : [],
    parts: toRead,
    isExcerpt: asked !== undefined,
  };
};

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

import type { AcceptedErasure, Erasure } from '../../readings/erasure.ts';
import type { EpochDay, Sequence, TimeRange } from '../../readings/reading.ts';
import { dayRange, intersection, isEmptyRange, isWithin } from '../../readings/time-range.ts';
import type { Changes, DayScan, DayVersion, ScanRequest } from '../reading-store.ts';
import type { RowsSource, SourcePart } from '../rows/rows-source.ts';
import { inOrder } from './in-order.ts';
import {
  addedSince,
  type CapturedSeries,
  captureSeries,
  type DaySeries,
  extentOf,
  lengthsOf,
  rowsOf,
  seriesByDay,
} from './memory/captured-series.ts';
import type { RecentReadings } from './memory/recent-readings.ts';
import type { Part } from './parts/part-catalog.ts';

/** What a store holds. */
export interface StoreContent {
  /** The parts in force in the range, by day. */
  readonly parts: ReadonlyMap<EpochDay, readonly Part[]>;
  /** Segments that are in no part yet, oldest first. */
  readonly unflushed: readonly RecentReadings[];
  readonly lastSequence: Sequence;
  /** See {@link DayVersion.removals}. */
  readonly removals: number;
  /** Those of the user that may not have been carried out in all parts. */
  readonly erasures: readonly AcceptedErasure[];
}

/** What has to be asked of the parts themselves. */
export interface PartLookup {
  /** Whether the part may hold readings of the user; false is certain. */
  mayHold(part: Part, userId: string): Promise<boolean>;
  /** Those of the parts that are as they were written. */
  intact(parts: readonly Part[]): Promise<readonly Part[]>;
}

/** So many days' parts are looked up at the same time: a look is mostly waiting for the disk. */
const DAYS_AHEAD = 8;

/** Compares days for the order in which they are given. */
export type DayOrder = (a: EpochDay, b: EpochDay) => number;
export const OLDEST_FIRST: DayOrder = (a, b) => a - b;
export const NEWEST_FIRST: DayOrder = (a, b) => b - a;

/**
 * The days of one user, in order, as they are at this moment: what is in memory is taken at once,
 * and the files, which never change, are read as the days are asked for.
 */
export const userSnapshot = (
  request: ScanRequest,
  content: StoreContent,
  lookup: PartLookup,
  order: DayOrder = OLDEST_FIRST,
): AsyncGenerator<DayScan> =>
  dayScans(request, content, captureSeries(content.unflushed, request), lookup, order);

async function* dayScans(
  request: ScanRequest,
  content: StoreContent,
  captured: readonly CapturedSeries[],
  lookup: PartLookup,
  order: DayOrder,
): AsyncGenerator<DayScan> {
  const { unflushed, lastSequence: sequence, removals } = content;
  const firstInMemory = unflushed[0]?.firstSequence ?? ((sequence + 1) as Sequence);
  const ofMemory = seriesByDay(captured, request.range);
  const days = new Set([...content.parts.keys(), ...ofMemory.keys()]);
  const dayOfUser = async (day: EpochDay): Promise<UserDay> => {
    const range = intersection(request.range, dayRange(day));
    const parts = await partsOf(content.parts.get(day) ?? [], request, range, content, lookup);
    const inMemory = ofMemory.get(day) ?? [];
    const lengths = lengthsOf(inMemory);
    const version = { sequence, removals, parts: parts.map(({ part }) => part), lengths };
    return { day, range, parts, inMemory, version, firstInMemory };
  };
  // A day is given when the next is known, so that the last can say that it is the last.
  let known: UserDay | undefined;
  const ordered = [...days].sort(order);
  for await (const day of inOrder(ordered, DAYS_AHEAD, dayOfUser)) {
    if (day.parts.length === 0 && day.inMemory.length === 0) continue;
    if (known !== undefined) yield dayScan(request, known, false);
    known = day;
  }
  if (known !== undefined) yield dayScan(request, known, true);
}

/** What there is of the user on a day. */
interface UserDay {
  readonly day: EpochDay;
  /** What is asked for of the day. */
  readonly range: TimeRange;
  readonly parts: readonly MaskedPart[];
  readonly inMemory: readonly DaySeries[];
  readonly version: DayVersion;
  /** All that was accepted from here on is in memory. */
  readonly firstInMemory: Sequence;
}

/** A part, and the erasures that void some of its readings. */
interface MaskedPart {
  readonly part: Part;
  readonly without: readonly Erasure[];
}

const dayScan = (request: ScanRequest, day: UserDay, isLast: boolean): DayScan => ({
  day: day.day,
  isLast,
  // A part holds each identity once; only what is in two places may repeat one.
  distinct: day.parts.length === 1 && day.inMemory.length === 0,
  version: day.version,
  changesSince: (earlier) => changes(earlier, day),
  source: (asked) => rowsSource(request, day, asked),
});

/** The parts that may hold readings of the user, intact and with what is void in them. */
const partsOf = async (
  parts: readonly Part[],
  { userId }: ScanRequest,
  range: TimeRange,
  { erasures }: StoreContent,
  lookup: PartLookup,
): Promise<MaskedPart[]> => {
  const masks = new Map<Part, readonly Erasure[]>();
  for (const part of parts) {
    const voiding = erasures.filter((one) => voids(one, part, range));
    if (voiding.some((one) => voidsAll(one, range))) continue;
    if (await lookup.mayHold(part, userId)) masks.set(part, voiding);
  }
  const intact = await lookup.intact([...masks.keys()]);
  return intact.map((part) => ({ part, without: masks.get(part) ?? [] }));
};

/** What was accepted before the erasure is void: parts that were all accepted before lose some. */
const voids = ({ sequence, range }: AcceptedErasure, part: Part, asked: TimeRange): boolean =>
  part.range.last <= sequence && (range === undefined || !isEmptyRange(intersection(range, asked)));

const voidsAll = ({ deviceId, range }: Erasure, asked: TimeRange): boolean =>
  deviceId === undefined && (range === undefined || isWithin(asked, range));

const changes = (
  earlier: DayVersion,
  { version: { sequence, removals, parts }, inMemory, firstInMemory }: UserDay,
): Changes => {
  if (earlier.removals !== removals) return 'unknown';
  if (earlier.sequence === sequence) return 'none';
  // What came in since and is not in memory any more is in a part that is new.
  const isAllInMemory = earlier.sequence + 1 >= firstInMemory;
  if (!isAllInMemory && !isSame(earlier.parts, parts)) return 'unknown';
  return extentOf(addedSince(inMemory, earlier.lengths)) ?? 'none';
};

const rowsSource = (
  request: ScanRequest,
  { range: ofDay, parts, inMemory }: UserDay,
  asked = ofDay,
): RowsSource => {
  const range = intersection(ofDay, asked);
  const rows = rowsOf(inMemory, range);
  const hasRows = rows.timestamps.length > 0 || parts.length === 0;
  return { ...request, range, inMemory: hasRows ? [rows] : [], parts: parts.map(sourcePart) };
};

/** Only what another thread needs to know of it. */
const sourcePart = ({ part: { path, bytes, day }, without }: MaskedPart): SourcePart =>
  without.length === 0 ? { path, bytes, day } : { path, bytes, day, without };

const isSame = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((value, i) => value === b[i]);

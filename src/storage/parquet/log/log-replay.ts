import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { AcceptedErasure } from '../../../readings/erasure.ts';
import type { Sequence } from '../../../readings/reading.ts';
import { arrayOfLines, isIntactLine, LINE_HEAD } from '../disk/checked-line.ts';
import type { Files } from '../disk/files.ts';
import { logFolder, parseSegmentName } from '../disk/layout.ts';
import type { Quarantine } from '../disk/quarantine.ts';
import { RecentReadings } from '../memory/recent-readings.ts';
import { decodeRecord, decodeRecords, type LogRecord } from './log-record.ts';
import type { Segment } from './write-ahead-log.ts';

/** A segment that an earlier process left: what it says, and what of it was cut off. */
export interface ReplayedSegment {
  readonly segment: Segment;
  readonly recent: RecentReadings;
  readonly erasures: readonly AcceptedErasure[];
  /** Bytes of an unfinished last record. */
  readonly tornBytes: number;
}

/** A stretch of a segment: a record, or bytes that are none and why. Offsets in bytes. */
export type Piece = { readonly start: number; readonly end: number } & (
  | { readonly record: LogRecord }
  | { readonly damage: string; readonly isTorn: boolean }
);

const NEWLINE = 10;
/** So much of it is parsed in one go. */
const BLOCK_BYTES = 64 * 1024;

/** After so much of a segment others have their turn: who asks meanwhile is told to wait. */
const TURN_BYTES = 1024 * 1024;

/**
 * Reads the log that an earlier process left, oldest segment first.
 *
 * Every record whose checksum holds counts. Bytes without a line end at the end of the last
 * segment are a record that was never finished, so never acknowledged: they are cut off. Any other
 * bytes that are no record are damage, and are copied to quarantine.
 *
 * One segment is read and in memory at a time, the next when it is asked for: all of them may be
 * more than fits. `signal` ends it between two turns; what was not read is there for the next start.
 *
 * All of it is synced, because a process that died left it visible and not always durable: what a
 * scan shows, or a part is made of, must not be gone after the next power loss.
 */
export async function* replayLog(
  files: Files,
  dataDir: string,
  quarantine: Quarantine,
  signal?: AbortSignal,
): AsyncGenerator<ReplayedSegment> {
  const folder = logFolder(dataDir);
  const names = (await files.list(folder)).filter((name) => parseSegmentName(name) !== undefined);
  if (names.length > 0) await files.syncFolder(folder);
  for (const name of names) {
    const isLast = name === names.at(-1);
    yield await replaySegment(files, join(folder, name), isLast, quarantine, signal);
  }
}

const replaySegment = async (
  files: Files,
  path: string,
  isLast: boolean,
  quarantine: Quarantine,
  signal: AbortSignal | undefined,
): Promise<ReplayedSegment> => {
  signal?.throwIfAborted();
  const content = await files.read(path);
  const firstSequence = parseSegmentName(basename(path)) as Sequence;
  const recent = new RecentReadings(firstSequence);
  const erasures: AcceptedErasure[] = [];
  let bytes = content.length;
  let nextTurn = TURN_BYTES;
  for (const piece of piecesOf(content)) {
    if (piece.start >= nextTurn) {
      nextTurn = piece.start + TURN_BYTES;
      await setImmediate();
      signal?.throwIfAborted();
    }
    if ('record' in piece) {
      const { record } = piece;
      if (record.kind === 'readings') recent.add(record.sequence, record.size, record.runs);
      else {
        const erasure = { ...record.erasure, sequence: record.sequence };
        recent.erase(erasure);
        erasures.push(erasure);
      }
    } else if (piece.isTorn && isLast) {
      bytes = piece.start;
      await files.truncate(path, bytes);
    } else {
      const damaged = content.subarray(piece.start, piece.end);
      await quarantine.setAsideBytes(path, piece.start, damaged, piece.damage);
    }
  }
  await files.syncFile(path);
  const segment = { path, firstSequence, bytes };
  return { segment, recent, erasures, tornBytes: content.length - bytes };
};

/** A segment's content as records and what lies between them, without gaps. */
export function* piecesOf(content: Buffer): Generator<Piece> {
  for (let start = 0; start < content.length; ) {
    const ends = endsOfIntactLines(content, start);
    const end = ends.at(-1) ?? endOfLine(content, start);
    // Not by `yield*`, which costs a tenth of what it takes to read a short record.
    if (ends.length > 0) for (const piece of intactPieces(content, start, ends)) yield piece;
    else yield* piecesOfLine(content, start, end);
    start = end;
  }
}

const endOfLine = (content: Buffer, start: number): number => {
  const newline = content.indexOf(NEWLINE, start);
  return newline < 0 ? content.length : newline + 1;
};

/** Where the intact lines end that follow each other from here on, up to a block of them. */
const endsOfIntactLines = (content: Buffer, start: number): number[] => {
  const ends: number[] = [];
  for (let from = start; from < content.length && from < start + BLOCK_BYTES; ) {
    const end = endOfLine(content, from);
    if (content[end - 1] !== NEWLINE || !isIntactLine(content, from, end - 1)) break;
    ends.push(end);
    from = end;
  }
  return ends;
};

const intactPieces = (content: Buffer, start: number, ends: readonly number[]): Piece[] =>
  decodeRecords(arrayOfLines(content, start, ends)).map((record, i) => {
    const from = ends[i - 1] ?? start;
    const end = ends[i] as number;
    return typeof record === 'string'
      ? { start: from, end, damage: record, isTorn: false }
      : { start: from, end, record };
  });

/** A line that is not intact, which may hold a record all the same. */
function* piecesOfLine(content: Buffer, start: number, end: number): Generator<Piece> {
  const record = recordIn(content, start, end);
  if (typeof record !== 'string') yield { start, end, record };
  else yield* piecesOfBadLine(content, start, end, record, content[end - 1] !== NEWLINE);
}

/**
 * The record of a line, its end included, or what is wrong with it. A line end that is damaged, or
 * that a torn write left out, takes nothing from the record before it.
 */
const recordIn = (content: Buffer, start: number, end: number): LogRecord | string => {
  const record = decodeRecord(content.subarray(start, end - 1));
  if (typeof record !== 'string' || content[end - 1] === NEWLINE) return record;
  return decodeRecord(content.subarray(start, end));
};

/** A damaged line end joins two records: those inside a bad line may still be whole. */
function* piecesOfBadLine(
  content: Buffer,
  start: number,
  end: number,
  damage: string,
  isTorn: boolean,
): Generator<Piece> {
  const second = content.indexOf(LINE_HEAD, start + 1);
  if (second < 0 || second >= end) {
    yield { start, end, damage, isTorn };
    return;
  }
  // The byte before the second record stands where the first one's line end was.
  const record = decodeRecord(content.subarray(start, second - 1));
  if (typeof record !== 'string') yield { start, end: second, record };
  else yield { start, end: second, damage: record, isTorn: false };
  const rest = recordIn(content, second, end);
  if (typeof rest !== 'string') yield { start: second, end, record: rest };
  else yield* piecesOfBadLine(content, second, end, rest, isTorn);
}

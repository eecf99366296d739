import { join } from 'node:path';
import type { Sequence } from '../../readings/reading.ts';
import type { Files } from '../files.ts';
import { logFolder, parseSegmentName } from './layout.ts';
import { decodeRecord, type LogRecord } from './log-record.ts';
import { RecentReadings } from './recent-readings.ts';
import type { Segment } from './write-ahead-log.ts';

/** A segment that an earlier process left, and the readings in it. */
export interface ReplayedSegment {
  readonly segment: Segment;
  readonly recent: RecentReadings;
  /** Bytes of an unfinished last record that were cut off. */
  readonly tornBytes: number;
}

const NEWLINE = 10;

/** Reads the log that an earlier process left, oldest segment first, and cuts torn tails. */
export const replayLog = async (files: Files, dataDir: string): Promise<ReplayedSegment[]> => {
  const folder = logFolder(dataDir);
  const replayed: ReplayedSegment[] = [];
  for (const name of await files.list(folder)) {
    const firstSequence = parseSegmentName(name);
    if (firstSequence === undefined) continue;
    replayed.push(await replaySegment(files, join(folder, name), firstSequence));
  }
  return replayed;
};

const replaySegment = async (
  files: Files,
  path: string,
  firstSequence: Sequence,
): Promise<ReplayedSegment> => {
  const content = await files.read(path);
  const recent = new RecentReadings(firstSequence);
  let validBytes = 0;
  for (const { record, end } of recordsOf(content)) {
    if (typeof record === 'string') continue;
    recent.add(record.sequence, record.size, record.runs);
    validBytes = end;
  }
  const tornBytes = content.length - validBytes;
  // Only bytes after the last good record: no acknowledged one is among them.
  if (tornBytes > 0) await files.truncate(path, validBytes);
  return { segment: { path, firstSequence, bytes: validBytes }, recent, tornBytes };
};

/** The records of a segment's content, or what is wrong with each, with the offset it ends at. */
export function* recordsOf(
  content: Buffer,
): Generator<{ record: LogRecord | string; start: number; end: number }> {
  for (let start = 0; start < content.length; ) {
    const newline = content.indexOf(NEWLINE, start);
    const end = newline < 0 ? content.length : newline + 1;
    const line = content.subarray(start, newline < 0 ? end : newline);
    yield { record: newline < 0 ? 'no end of line' : decodeRecord(line), start, end };
    start = end;
  }
}

import { inParallel } from '../../in-parallel.ts';
import type { Files } from '../disk/files.ts';
import { dayFolder } from '../disk/layout.ts';
import type { FlushJob, FlushResult } from './jobs.ts';
import { FILES_AT_ONCE, PartPublisher } from './publish-parts.ts';
import { SegmentDays } from './sort-segment.ts';

/** Days whose parts are written, read back together and given their names, before the next are. */
const DAYS_AT_ONCE = 64;

/**
 * Writes a segment's readings as one part for each UTC day they touch, sorted, each identity once.
 * When it returns, every part is durable under its name and was read back, and the segment may go.
 */
export const flushSegment = async (files: Files, job: FlushJob): Promise<FlushResult> => {
  const { dataDir, doneDays } = job;
  const segment = new SegmentDays(job.columns);
  // All of them before the first part, so that their names are synced together.
  await files.makeFolders(segment.days.map((day) => dayFolder(dataDir, day)));
  const done = segment.days.filter((day) => doneDays.includes(day));
  // The process that wrote these days' parts may have died just before it synced their folders.
  await inParallel(FILES_AT_ONCE, done, (day) => files.syncFolder(dayFolder(dataDir, day)));
  return PartPublisher.run(files, dataDir, (publisher) => writeDays(publisher, segment, job));
};

const writeDays = async (
  publisher: PartPublisher,
  segment: SegmentDays,
  { range, columns, doneDays }: FlushJob,
): Promise<FlushResult> => {
  const identity = { range, rewrites: 0 };
  const parts: FlushResult['parts'][number][] = [];
  let duplicates = 0;
  let accounted = 0;
  const days = segment.days.filter((day) => !doneDays.includes(day));
  for (let from = 0; from < days.length; from += DAYS_AT_ONCE) {
    const turn = days.slice(from, from + DAYS_AT_ONCE);
    const drafts = await inParallel(FILES_AT_ONCE, turn, (day) => {
      const ofDay = segment.rowsOf(day);
      duplicates += ofDay.duplicates;
      return publisher.draft({ day, identity }, (append) => append(ofDay.rows));
    });
    parts.push(...(await publisher.publish(drafts)));
  }
  for (const { rows } of parts) accounted += rows;
  for (const day of segment.days) if (doneDays.includes(day)) accounted += segment.sizeOf(day);
  // The last look before the segment goes: not one of its readings was left out on the way.
  if (accounted + duplicates !== columns.timestamps.length) {
    const found = `${accounted} rows and ${duplicates} duplicates`;
    throw new Error(`of ${columns.timestamps.length} readings ${found} came of the flush`);
  }
  return { parts, duplicates };
};

import type { Files } from '../disk/files.ts';
import { checkPart } from './check-part.ts';
import { compactDay } from './compact-day.ts';
import { countReadings } from './count-readings.ts';
import { erasePart } from './erase-part.ts';
import { flushSegment } from './flush-segment.ts';
import type { Jobs } from './jobs.ts';

/** Does the jobs in the thread it is called from. */
export const inlineJobs = (files: Files): Jobs => ({
  flush: (job) => flushSegment(files, job),
  compact: (job) => compactDay(files, job),
  erase: (job) => erasePart(files, job),
  check: (job) => checkPart(job),
  count: (job) => countReadings(job),
  close: async () => {},
});

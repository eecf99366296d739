import type { Files } from '../files.ts';
import { compactDay } from './compact-day.ts';
import { flushSegment } from './flush-segment.ts';
import type { Jobs } from './jobs.ts';

/** Does the jobs in the thread it is called from. */
export const inlineJobs = (files: Files): Jobs => ({
  flush: (job) => flushSegment(files, job),
  compact: (job) => compactDay(files, job),
  close: async () => {},
});

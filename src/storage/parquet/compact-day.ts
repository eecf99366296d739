import pl from 'nodejs-polars';
import type { Files } from '../files.ts';
import { resolveIdentity } from './identity.ts';
import type { CompactJob, CompactResult } from './jobs.ts';
import { asPart, countRows, PART_ORDER, scanPart } from './part-frame.ts';
import { publishPart } from './publish-part.ts';

/** Merges a contiguous run of a day's parts into one that covers all their sequences. */
export const compactDay = async (files: Files, job: CompactJob): Promise<CompactResult> => {
  const all = pl.concat(job.paths.map(scanPart));
  const rows = asPart(resolveIdentity(all).sort(PART_ORDER), job.range.last);
  const identity = { range: job.range, rewrites: 0 };
  const published = await publishPart(files, job.dataDir, job.day, identity, rows);
  const before = await countRows(all);
  return { ...published, duplicates: before - (await countRows(scanPart(published.path))) };
};

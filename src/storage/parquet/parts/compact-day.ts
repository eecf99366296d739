import type { Files } from '../disk/files.ts';
import type { CompactJob, CompactResult } from './jobs.ts';
import { mergeRows } from './merge-rows.ts';
import { refuseDamaged } from './part-checksum.ts';
import { PartPublisher } from './publish-parts.ts';

/** Merges a contiguous run of a day's parts into one that covers all their sequences. */
export const compactDay = async (files: Files, job: CompactJob): Promise<CompactResult> => {
  const { dataDir, day, range, paths } = job;
  await refuseDamaged(paths);
  return PartPublisher.run(files, dataDir, async (publisher) => {
    let rowsBefore = 0;
    const target = { day, identity: { range, rewrites: 0 } };
    const draft = await publisher.draft(target, async (append) => {
      for await (const { rows, rowsRead } of mergeRows(paths)) {
        rowsBefore += rowsRead;
        await append(rows);
      }
    });
    const part = await publisher.publishOne(draft);
    return { ...part, duplicates: rowsBefore - part.rows };
  });
};

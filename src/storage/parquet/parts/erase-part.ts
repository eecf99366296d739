import pl from 'nodejs-polars';
import { PART_VERSION, partVersionOf, scanPart, scanStored } from '../../rows/part-file.ts';
import type { Files } from '../disk/files.ts';
import type { EraseJob, EraseResult } from './jobs.ts';
import { refuseDamaged } from './part-checksum.ts';
import { countRows } from './part-frame.ts';
import { publishPart } from './publish-part.ts';

const USER_ID = pl.col('user_id');

/**
 * Writes a part anew, in the last version and without some users' readings; the old file stays as
 * it is.
 */
export const erasePart = async (files: Files, job: EraseJob): Promise<EraseResult> => {
  await refuseDamaged([job.path]);
  const rows = scanPart(job.path);
  // Polars takes no empty list.
  const erased = job.userIds.length === 0 ? pl.lit(false) : USER_ID.isIn([...job.userIds]);
  const leaving = await countRows(rows.filter(erased));
  const isOld = partVersionOf(job.path) < PART_VERSION;
  if (leaving === 0 && !isOld) return { outcome: 'untouched' };
  if (leaving > 0 && leaving === (await countRows(scanStored(job.path))))
    return { outcome: 'emptied' };
  const kept = rows.filter(erased.not());
  const published = await publishPart(files, job.dataDir, job.day, job.identity, kept);
  return { outcome: 'rewritten', ...published };
};

import pl from 'nodejs-polars';
import type { Files } from '../files.ts';
import type { EraseJob, EraseResult } from './jobs.ts';
import { refuseDamaged } from './part-checksum.ts';
import { countRows, scanPart } from './part-frame.ts';
import { publishPart } from './publish-part.ts';

const USER_ID = pl.col('user_id');

/** Writes a part anew without some users' readings; the old file stays as it is. */
export const erasePart = async (files: Files, job: EraseJob): Promise<EraseResult> => {
  await refuseDamaged([job.path]);
  const rows = scanPart(job.path);
  const erased = USER_ID.isIn([...job.userIds]);
  const leaving = await countRows(rows.filter(erased));
  if (leaving === 0) return { outcome: 'untouched' };
  if (leaving === (await countRows(rows))) return { outcome: 'emptied' };
  const kept = rows.filter(erased.not());
  const published = await publishPart(files, job.dataDir, job.day, job.identity, kept);
  return { outcome: 'rewritten', ...published };
};

import pl from 'nodejs-polars';
import type { Erasure } from '../../../readings/erasure.ts';
import { PART_VERSION, partVersionOf, scanPart, scanStored } from '../../rows/part-file.ts';
import type { Files } from '../disk/files.ts';
import type { EraseJob, EraseResult } from './jobs.ts';
import { refuseDamaged } from './part-checksum.ts';
import { countRows } from './part-frame.ts';
import { publishPart } from './publish-part.ts';

const USER_ID = pl.col('user_id');
const DEVICE_ID = pl.col('device_id');
const TIMESTAMP_MICROS = pl.col('timestamp').cast(pl.Int64);

const int64 = (value: number): pl.Expr => pl.lit(value).cast(pl.Int64);

const coveredBy = ({ userId, deviceId, range }: Erasure): pl.Expr => {
  let covered = USER_ID.eq(pl.lit(userId));
  if (deviceId !== undefined) covered = covered.and(DEVICE_ID.eq(pl.lit(deviceId)));
  if (range === undefined) return covered;
  return covered
    .and(TIMESTAMP_MICROS.gtEq(int64(range.startMicros)))
    .and(TIMESTAMP_MICROS.lt(int64(range.endMicros)));
};

/**
 * Writes a part anew, in the last version and without what erasures cover; the old file stays as
 * it is.
 */
export const erasePart = async (files: Files, job: EraseJob): Promise<EraseResult> => {
  await refuseDamaged([job.path]);
  const rows = scanPart(job.path);
  const erased = job.erasures.map(coveredBy).reduce((any, one) => any.or(one), pl.lit(false));
  const leaving = await countRows(rows.filter(erased));
  const isOld = partVersionOf(job.path) < PART_VERSION;
  if (leaving === 0 && !isOld) return { outcome: 'untouched' };
  if (leaving > 0 && leaving === (await countRows(scanStored(job.path))))
    return { outcome: 'emptied' };
  const kept = rows.filter(erased.not());
  const published = await publishPart(files, job.dataDir, job.day, job.identity, kept);
  return { outcome: 'rewritten', ...published };
};

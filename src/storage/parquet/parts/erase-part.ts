import { type Erasure, isErasedBy } from '../../../readings/erasure.ts';
import type { EpochMicros } from '../../../readings/reading.ts';
import { PART_VERSION, partVersionOf } from '../../rows/part-file.ts';
import type { Files } from '../disk/files.ts';
import { readFooter } from './footer.ts';
import type { EraseJob, EraseResult } from './jobs.ts';
import { mergeRows } from './merge-rows.ts';
import { refuseDamaged } from './part-checksum.ts';
import { filterRows, type PartRows } from './part-rows.ts';
import { PartPublisher } from './publish-parts.ts';

/**
 * Writes a part anew, in the last version and without what erasures cover; the old file stays as
 * it is.
 */
export const erasePart = async (files: Files, job: EraseJob): Promise<EraseResult> => {
  const { dataDir, day, path, identity, erasures } = job;
  await refuseDamaged([path]);
  const leaving = await countErased(path, erasures);
  if (leaving === 0 && partVersionOf(path) === PART_VERSION) return { outcome: 'untouched' };
  if (leaving === Number((await readFooter(path)).num_rows)) return { outcome: 'emptied' };
  return PartPublisher.run(files, dataDir, async (publisher) => {
    const draft = await publisher.draft({ day, identity }, async (append) => {
      for await (const { rows } of mergeRows([path])) await append(withoutErased(rows, erasures));
    });
    return { outcome: 'rewritten', ...(await publisher.publishOne(draft)) };
  });
};

const countErased = async (path: string, erasures: readonly Erasure[]): Promise<number> => {
  if (erasures.length === 0) return 0;
  let leaving = 0;
  const userIds = new Set(erasures.map(({ userId }) => userId));
  for await (const { rows } of mergeRows([path], [...userIds])) {
    leaving += rows.timestamps.length - withoutErased(rows, erasures).timestamps.length;
  }
  return leaving;
};

const withoutErased = (rows: PartRows, erasures: readonly Erasure[]): PartRows => {
  const byUser = new Map<string, Erasure[]>();
  for (const one of erasures) byUser.set(one.userId, [...(byUser.get(one.userId) ?? []), one]);
  return filterRows(rows, (series) => {
    const ofUser = byUser.get(rows.userIds[series] as string) ?? [];
    const deviceId = rows.deviceIds[series] as string;
    return (row) => {
      const timestampMicros = rows.timestamps[row] as EpochMicros;
      return !ofUser.some((erasure) => isErasedBy(erasure, { deviceId, timestampMicros }));
    };
  });
};

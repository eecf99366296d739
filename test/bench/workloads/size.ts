import type { Workload } from '../bench.ts';
import { partsOnDisk } from '../parts-on-disk.ts';
import { readingsOfDay } from '../stored-days.ts';

export const size: Workload = async ({ options, stored, step }) => {
  step(`storing ${readingsOfDay(options.users)} readings`);
  const folder = await stored.copy(options.users, 1);
  const { bytes, parts } = partsOnDisk(folder.dataDir);
  stored.discard(folder);
  return [
    {
      workload: 6,
      work: 'Parquet, flushed and compacted',
      measure: 'a reading',
      value: bytes / readingsOfDay(options.users),
      unit: 'bytes',
      goal: { under: 2 },
      note: `${readingsOfDay(options.users)} readings of ${options.users} users, parts: ${parts}`,
    },
  ];
};

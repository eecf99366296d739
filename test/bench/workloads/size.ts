import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Workload } from '../bench.ts';
import { readingsOfDay } from '../stored-days.ts';

export const size: Workload = async ({ options, stored, step }) => {
  step(`storing ${readingsOfDay(options.users)} readings`);
  const folder = await stored.copy(options.users, 1);
  const root = join(folder.dataDir, 'heart_rate');
  const parts = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.parquet'))
    .map((name) => statSync(join(root, name)).size);
  stored.discard(folder);
  const bytes = parts.reduce((sum, one) => sum + one, 0);
  return [
    {
      workload: 6,
      work: 'Parquet, flushed and compacted',
      measure: 'a reading',
      value: bytes / readingsOfDay(options.users),
      unit: 'bytes',
      goal: { under: 2 },
      note: `${readingsOfDay(options.users)} readings of ${options.users} users, parts: ${parts.length}`,
    },
  ];
};

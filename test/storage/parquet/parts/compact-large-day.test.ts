import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import type { EpochDay, Sequence } from '../../../../src/readings/reading.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { compactDay } from '../../../../src/storage/parquet/parts/compact-day.ts';
import type { CompactJob } from '../../../../src/storage/parquet/parts/jobs.ts';
import { scanPart } from '../../../../src/storage/rows/part-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import type { PartRow } from './read-part.ts';
import { writePart } from './write-part.ts';

const DAY = 19_737 as EpochDay;
const START = DAY * 86_400_000_000;

it('merges a day too large to be sorted at once, one range of users after the other', async () => {
  const dataDir = await temporaryFolder();
  const rows = 300_000;
  const users = 300;
  const part = (shift: number, rate: number): PartRow[] =>
    Array.from({ length: rows }, (_, i) => [`user_${i % users}`, 'a', START + shift + i, rate]);
  const one = await writePart(dataDir, 1, rows, part(0, 60));
  // Half of these are of the identities of the first, as user and instant go round together.
  const two = await writePart(dataDir, rows + 1, 2 * rows, part(rows / 2, 90));
  const job: CompactJob = {
    dataDir,
    day: DAY,
    range: { first: 1 as Sequence, last: (2 * rows) as Sequence },
    paths: [one.path, two.path],
  };
  const { path, duplicates, rows: left } = await compactDay(nodeFiles, job);
  expect(duplicates).toBe(rows / 2);
  expect(left).toBe(1.5 * rows);
  expect(await readdir(dirname(path))).toHaveLength(3);

  const merged = await scanPart(path).collect();
  expect(merged.height).toBe(1.5 * rows);
  expect(merged.frameEqual(merged.sort(['user_id', 'device_id', 'timestamp']))).toBe(true);
  expect(merged.unique({ subset: ['user_id', 'timestamp'] }).height).toBe(merged.height);
  expect(merged.getColumn('heart_rate').sum()).toBe(rows * 90 + (rows / 2) * 60);
});

import type { EpochDay, Sequence } from '../../src/readings/reading.ts';
import { dayFolder, partName } from '../../src/storage/parquet/disk/layout.ts';
import { Quarantine } from '../../src/storage/parquet/disk/quarantine.ts';
import {
  PartReplacer,
  type PartReplacerOptions,
} from '../../src/storage/parquet/maintenance/part-replacer.ts';
import { SegmentBacklog } from '../../src/storage/parquet/maintenance/segment-backlog.ts';
import type { Jobs } from '../../src/storage/parquet/parts/jobs.ts';
import { type Part, PartCatalog } from '../../src/storage/parquet/parts/part-catalog.ts';
import { PartInspection } from '../../src/storage/parquet/parts/part-inspection.ts';
import { UserFilters } from '../../src/storage/parquet/parts/user-filters.ts';
import type { PartVersion } from '../../src/storage/rows/part-file.ts';
import { DATA_DIR, failuresTo, NO_JOBS, nowhere } from './maintenance.ts';

export const DAY = 19_737 as EpochDay;

/** A part of {@link DAY} that is nowhere on a disk. */
export const partOf = (
  first: number,
  last: number,
  rewrites = 0,
  version: PartVersion = 3,
): Part => {
  const identity = { range: { first: first as Sequence, last: last as Sequence }, rewrites };
  const name = partName({ ...identity, checksum: '0a1b2c3d', version });
  return { ...identity, day: DAY, path: `${dayFolder(DATA_DIR, DAY)}/${name}`, bytes: 1000 };
};

/** What the tasks of maintenance work with, on no disk; all of the log is replayed. */
export const partWork = async (jobs: Partial<Jobs> = {}, ...present: readonly Part[]) => {
  const [files, dataDir, observer] = [nowhere(), DATA_DIR, failuresTo(() => {})];
  const allJobs: Jobs = { ...NO_JOBS, ...jobs };
  const parts = await PartCatalog.load(files, dataDir);
  for (const part of present) parts.put(part);
  const quarantine = await Quarantine.load(files, dataDir, observer);
  const inspection = new PartInspection({
    ...{ parts, jobs: allJobs, quarantine, observer, retryMs: 3_600_000 },
  });
  for (const part of present) inspection.vouchFor(part);
  const filters = new UserFilters();
  const segments = new SegmentBacklog();
  segments.replayed();
  const options: PartReplacerOptions = {
    ...{ files, dataDir, parts, filters, segments, inspection, segmentMaxBytes: 1024 },
  };
  return { ...options, observer, jobs: allJobs, quarantine, replacer: new PartReplacer(options) };
};

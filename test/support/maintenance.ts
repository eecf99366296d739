import type { AcceptedErasure } from '../../src/readings/erasure.ts';
import type { Sequence } from '../../src/readings/reading.ts';
import type { Files } from '../../src/storage/parquet/disk/files.ts';
import { Quarantine } from '../../src/storage/parquet/disk/quarantine.ts';
import { KnownDays } from '../../src/storage/parquet/known-days.ts';
import { PendingErasures } from '../../src/storage/parquet/maintenance/erasures.ts';
import {
  Maintenance,
  type MaintenanceOptions,
} from '../../src/storage/parquet/maintenance/maintenance.ts';
import type { ClosedSegment } from '../../src/storage/parquet/maintenance/segment-backlog.ts';
import { RecentReadings } from '../../src/storage/parquet/memory/recent-readings.ts';
import type { Jobs } from '../../src/storage/parquet/parts/jobs.ts';
import { PartCatalog } from '../../src/storage/parquet/parts/part-catalog.ts';
import { PartInspection } from '../../src/storage/parquet/parts/part-inspection.ts';
import { UserFilters } from '../../src/storage/parquet/parts/user-filters.ts';
import type { StoreObserver } from '../../src/storage/store-observer.ts';

export const DATA_DIR = '/data';

const notNeeded = () => Promise.reject(new Error('not needed'));

/** Jobs that fail; a test says what those do that it needs. */
export const NO_JOBS: Jobs = {
  flush: notNeeded,
  compact: notNeeded,
  erase: notNeeded,
  check: async () => ({ damage: undefined }),
  count: notNeeded,
  close: async () => {},
};

/** A disk with nothing on it and room for all, where each call succeeds and comes to nothing. */
export const nowhere = (): Files =>
  ({
    list: async () => [],
    makeFolder: async () => {},
    remove: async () => {},
    removeEmptyFolder: async () => {},
    syncFolder: async () => {},
    freeBytes: async () => Number.MAX_SAFE_INTEGER,
  }) as unknown as Files;

/** Readings that are only counted: a flush sees so many, all of them zeros. */
class CountedReadings extends RecentReadings {
  readonly #size: number;

  constructor(firstSequence: number, size: number) {
    super(firstSequence as Sequence);
    this.#size = size;
  }

  override get size(): number {
    return this.#size;
  }

  override get lastSequence(): Sequence {
    return (this.firstSequence + this.#size - 1) as Sequence;
  }
}

export const closedSegment = (
  firstSequence: number,
  size: number,
  erasures: readonly AcceptedErasure[] = [],
): ClosedSegment => {
  const recent = new CountedReadings(firstSequence, size);
  const segment = {
    path: `${DATA_DIR}/wal/${firstSequence}.jsonl`,
    firstSequence: recent.firstSequence,
    bytes: 0,
  };
  return { segment, recent, erasures, sinceMs: performance.now() };
};

/** The real lanes on jobs and files of a test; all of the log is replayed. */
export const openMaintenance = async (
  options: Pick<MaintenanceOptions, 'flushJobs' | 'tidyJobs' | 'observer'> &
    Partial<MaintenanceOptions>,
): Promise<{ maintenance: Maintenance; parts: PartCatalog; erasures: PendingErasures }> => {
  const { files = nowhere(), observer, tidyJobs, retryMs = 1000 } = options;
  const parts = await PartCatalog.load(files, DATA_DIR);
  const quarantine = await Quarantine.load(files, DATA_DIR, observer);
  const erasures = new PendingErasures();
  const maintenance = new Maintenance({
    ...{
      files,
      dataDir: DATA_DIR,
      parts,
      knownDays: new KnownDays(parts.days),
      erasures,
      retryMs,
      retentionDays: undefined,
      expiryIntervalMs: 0,
    },
    inspection: new PartInspection({ parts, jobs: tidyJobs, quarantine, observer, retryMs }),
    filters: new UserFilters(),
    segmentMaxBytes: 64 * 1024 * 1024,
    ...options,
  });
  maintenance.replayed();
  return { maintenance, parts, erasures };
};

/** An observer that cares for failures alone. */
export const failuresTo = (failed: StoreObserver['failed']): StoreObserver =>
  new Proxy({}, { get: (_, name) => (name === 'failed' ? failed : () => {}) }) as StoreObserver;

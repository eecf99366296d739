import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isThere } from '../is-there.ts';
import type { DevicePriority } from '../readings/device-priority.ts';
import type { EpochDay } from '../readings/reading.ts';
import { oldestKeptDay, today } from '../readings/retention.ts';
import type { CassandraSettings } from '../storage/cassandra/cassandra-settings.ts';
import { movedStamp } from '../storage/cassandra/stamps.ts';
import { backUpFolder } from '../storage/parquet/backup/back-up-folder.ts';
import { temporaryName } from '../storage/parquet/disk/layout.ts';
import type { HeartRateBounds } from '../storage/parquet/verify/part-rows.ts';
import { cassandraTarget } from './cassandra-end.ts';
import { folderSource } from './folder-end.ts';
import { type MigrationState, runMigration } from './run-migration.ts';
import { WorkFolder } from './work-folder.ts';

/** What both directions need. */
export interface MoveOptions {
  readonly dataDir: string;
  readonly settings: CassandraSettings;
  readonly from: string;
  readonly to: string;
  readonly retentionDays: number | undefined;
  readonly devicePriorities: readonly DevicePriority[];
  readonly heartRates: HeartRateBounds;
  readonly onProgress: (state: MigrationState, share: number) => void;
}

/**
 * Moves a data folder as it is at one moment, also beside a running service, into a cluster, also
 * below running services. Rejects when a store fails; run again, it goes on from there with the
 * snapshot that it has made.
 */
export const moveToCluster = async (options: MoveOptions): Promise<MigrationState> => {
  const { dataDir, settings, retentionDays, devicePriorities, onProgress } = options;
  const work = await WorkFolder.open(dataDir, options);
  let isDone = false;
  try {
    // First the target, which may not be there at all.
    const target = await cassandraTarget(
      { settings, retentionDays },
      movedStamp(work.saved.begunMs),
    );
    try {
      await snapshot(options, work);
      const oldest = retentionDays === undefined ? 0 : oldestKeptDay(today(), retentionDays);
      const source = await folderSource(work.data, oldest as EpochDay);
      try {
        const onState = async (state: MigrationState, share: number) => {
          onProgress(state, share);
          await work.save(state);
        };
        const done = await runMigration(
          { source, target, devicePriorities, onState },
          work.saved.state,
        );
        isDone = true;
        return done;
      } finally {
        await source.close();
      }
    } finally {
      await target.close();
    }
  } finally {
    if (isDone) await work.remove();
    else await work.close();
  }
};

/** Of the source, unless an earlier run has made it. */
const snapshot = async ({ dataDir, heartRates }: MoveOptions, work: WorkFolder): Promise<void> => {
  const target = work.data;
  if (await isThere(target)) return;
  // Of a run that was cut short; the work folder is this process's alone.
  await rm(join(dirname(target), temporaryName('data')), { recursive: true, force: true });
  await backUpFolder({ dataDir, target, heartRates });
};

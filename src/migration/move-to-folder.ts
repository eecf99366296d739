import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lockFolderOf } from '../storage/parquet/disk/layout.ts';
import { nodeFiles } from '../storage/parquet/disk/node-files.ts';
import { verifyFolder } from '../storage/parquet/verify/verify-folder.ts';
import { cassandraSource } from './cassandra-end.ts';
import { folderTarget } from './folder-end.ts';
import type { MoveOptions } from './move-to-cluster.ts';
import { type MigrationState, runMigration } from './run-migration.ts';
import { WorkFolder } from './work-folder.ts';

/** What was moved is not what was there; the folder has not got its name. */
export class MovedWrongError extends Error {
  override readonly name = 'MovedWrongError';
}

/**
 * Makes a data folder of a cluster's readings, also beside running services: each user's as of the
 * moment they are read. It has its name only once all of it is durable and verified. Rejects when a
 * store fails; run again, it goes on from there.
 */
export const moveToFolder = async (options: MoveOptions): Promise<MigrationState> => {
  const work = await WorkFolder.open(options.dataDir, options);
  let isDone = false;
  try {
    const done = await moved(options, work);
    await verified(options, work, done);
    await rm(lockFolderOf(work.data), { recursive: true, force: true });
    await rename(work.data, options.dataDir);
    await nodeFiles.syncFolder(dirname(options.dataDir));
    isDone = true;
    return done;
  } finally {
    if (isDone) await work.remove();
    else await work.close();
  }
};

const moved = async (options: MoveOptions, work: WorkFolder): Promise<MigrationState> => {
  const { settings, retentionDays, devicePriorities, onProgress } = options;
  const source = await cassandraSource({ settings, retentionDays });
  try {
    const target = await folderTarget(work.data);
    try {
      const onState = async (state: MigrationState, share: number) => {
        onProgress(state, share);
        await work.save(state);
      };
      return await runMigration({ source, target, devicePriorities, onState }, work.saved.state);
    } finally {
      // All of it is Parquet then.
      await target.close();
    }
  } finally {
    await source.close();
  }
};

const verified = async (
  { heartRates }: MoveOptions,
  { data, path }: WorkFolder,
  { outcome, different }: MigrationState,
): Promise<void> => {
  const { findings } = await verifyFolder({ files: nodeFiles, dataDir: data, heartRates });
  const [wrong] = findings;
  if (wrong !== undefined) throw new MovedWrongError(`${wrong.file}: ${wrong.cause}`);
  if (outcome.missing + different > 0) {
    throw new MovedWrongError(
      `${outcome.missing} readings are not in ${data}, and ${different} series differ: remove ` +
        `${path} to begin anew`,
    );
  }
};

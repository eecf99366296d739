import { readSettings } from '../settings.ts';
import { UsageError } from './exit-codes.ts';

/**
 * The folder that a command is about when it names none. Throws a {@link UsageError} when the
 * readings are in a cluster, and a `SettingsError` when the environment is wrong.
 */
export const dataFolderOf = (environment: Parameters<typeof readSettings>[0]): string => {
  const { cassandra, dataDir } = readSettings(environment);
  if (cassandra === undefined) return dataDir;
  throw new UsageError(
    'This does not apply to the Cassandra cluster of STORE, which has snapshots and repairs of its ' +
      'own: nodetool makes them. Name a folder to have that one.',
  );
};

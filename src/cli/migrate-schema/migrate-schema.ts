import { readSettings, SettingsError } from '../../settings.ts';
import type { CassandraSettings } from '../../storage/cassandra/cassandra-settings.ts';
import { connect } from '../../storage/cassandra/connect.ts';
import { migrateSchema, SCHEMA_VERSION } from '../../storage/cassandra/schema.ts';
import { STORE_ADDRESS_FORM } from '../../storage/cassandra/store-address.ts';
import { plainlyOfCluster } from '../cluster-mistakes.ts';
import { UsageError } from '../exit-codes.ts';

type Environment = Parameters<typeof readSettings>[0];

const clusterIn = (environment: Environment) => {
  try {
    // What else the service is set to, where it listens and whom it asks, is nothing to this.
    const { cassandra } = readSettings({ ...environment, HOST: '127.0.0.1' });
    if (cassandra !== undefined) return cassandra;
  } catch (error) {
    throw error instanceof SettingsError ? new UsageError(error.message) : error;
  }
  throw new UsageError(`Which cluster? Set STORE to ${STORE_ADDRESS_FORM}.`);
};

/** Rejects with a {@link UsageError} when the environment names no cluster, or not what is there. */
export const migrateSchemaOfStore = async (environment: Environment): Promise<void> => {
  const cluster = clusterIn(environment);
  try {
    await migrateSchemaOf(cluster);
  } catch (error) {
    throw plainlyOfCluster(error);
  }
};

const migrateSchemaOf = async (cluster: CassandraSettings): Promise<void> => {
  const client = await connect(cluster);
  try {
    const before = await migrateSchema(client, cluster);
    const what =
      before === SCHEMA_VERSION ? 'is of version' : 'has been made or brought to version';
    process.stdout.write(`The keyspace ${cluster.keyspace} ${what} ${SCHEMA_VERSION}.\n`);
  } finally {
    await client.shutdown();
  }
};

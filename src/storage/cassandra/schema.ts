import type { Client } from 'cassandra-driver';
import type { CassandraSettings } from './cassandra-settings.ts';

/** What this version of the service reads and writes. */
export const SCHEMA_VERSION = 2;

/** A change of tables is answered when all nodes agree on it, which takes seconds when they are busy. */
const OF_SCHEMA = { readTimeout: 60_000 };

/** The only row of its table. */
const NAME = 'heart-rate';

/**
 * `chunks`: readings of a user and day that were accepted together, as columns of bytes; of two
 * chunks the one with the larger (seq, writer) was accepted later. `days_by_user`: in which days a
 * user may have chunks. `erasures_by_user`: what is void of a user's chunks up to a seq.
 * `unfinished_erasures` (since version 2): whose entries in `days_by_user` are to be looked at later;
 * one that came back after it was removed would be looked at once more, so its removal need not be
 * remembered for long.
 */
const TABLES = [
  `CREATE TABLE IF NOT EXISTS chunks (
     user_id text, day int, seq bigint, writer text,
     readings int, devices frozen<list<text>>, device blob, timestamps blob, heart_rates blob,
     PRIMARY KEY ((user_id, day), seq, writer)
   ) WITH compaction = {'class': 'UnifiedCompactionStrategy'}`,
  `CREATE TABLE IF NOT EXISTS days_by_user (
     user_id text, day int, PRIMARY KEY (user_id, day)
   ) WITH CLUSTERING ORDER BY (day DESC)
     AND compaction = {'class': 'UnifiedCompactionStrategy'}`,
  `CREATE TABLE IF NOT EXISTS erasures_by_user (
     user_id text, seq bigint, writer text, device_id text, start_micros bigint, end_micros bigint,
     PRIMARY KEY (user_id, seq, writer)
   ) WITH compaction = {'class': 'UnifiedCompactionStrategy'}`,
  `CREATE TABLE IF NOT EXISTS unfinished_erasures (
     bucket int, seq bigint, writer text, user_id text, days frozen<list<int>>,
     PRIMARY KEY (bucket, seq, writer)
   ) WITH gc_grace_seconds = 3600
     AND compaction = {'class': 'UnifiedCompactionStrategy'}`,
];
const VERSIONS = 'CREATE TABLE IF NOT EXISTS schema_version (name text PRIMARY KEY, version int)';

/** The keyspace is not as this version of the service needs it; the message says what to do. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

const versionIn = async (client: Client, keyspace: string): Promise<number | undefined> => {
  const tables = await client.execute(
    'SELECT table_name FROM system_schema.tables WHERE keyspace_name = ? AND table_name = ?',
    [keyspace, 'schema_version'],
  );
  if (tables.rowLength === 0) return undefined;
  const query = `SELECT version FROM ${keyspace}.schema_version WHERE name = ?`;
  const [row] = (await client.execute(query, [NAME])).rows;
  return row?.version as number | undefined;
};

/** Rejects with a {@link SchemaError} when the keyspace is not of this version. */
export const checkSchema = async (client: Client, keyspace: string): Promise<void> => {
  const version = await versionIn(client, keyspace);
  if (version === SCHEMA_VERSION) return;
  if (version === undefined || version < SCHEMA_VERSION) {
    throw new SchemaError(
      version === undefined
        ? `the keyspace ${keyspace} has no tables of the service: run heart-rate migrate-schema`
        : `the tables in ${keyspace} are of version ${version}, and this service needs ` +
            `${SCHEMA_VERSION}: run heart-rate migrate-schema`,
    );
  }
  throw new SchemaError(
    `the tables in ${keyspace} are of version ${version}, which a later version of the service made`,
  );
};

const checkReplicas = (client: Client, dataCenter: string, replicas: number): void => {
  const nodes = client.hosts.values().filter(({ datacenter }) => datacenter === dataCenter).length;
  if (nodes >= replicas) return;
  throw new SchemaError(
    `CASSANDRA_REPLICATION_FACTOR is ${replicas}, and ${dataCenter} has ${nodes} ` +
      `node${nodes === 1 ? '' : 's'}: make it no more than that, or add nodes first`,
  );
};

/**
 * Makes the keyspace and its tables, or brings them to this version; does nothing where they are.
 * Resolves with the version that there was before.
 */
export const migrateSchema = async (
  client: Client,
  { keyspace, dataCenter, replicationFactor }: CassandraSettings,
): Promise<number | undefined> => {
  const before = await versionIn(client, keyspace);
  if (before !== undefined && before > SCHEMA_VERSION) await checkSchema(client, keyspace);
  if (before === undefined) checkReplicas(client, dataCenter, replicationFactor);
  await client.execute(
    `CREATE KEYSPACE IF NOT EXISTS ${keyspace} WITH replication = ` +
      `{'class': 'NetworkTopologyStrategy', '${dataCenter}': ${replicationFactor}}`,
    [],
    OF_SCHEMA,
  );
  const inKeyspace = (statement: string) =>
    client.execute(
      statement.replace('IF NOT EXISTS ', `IF NOT EXISTS ${keyspace}.`),
      [],
      OF_SCHEMA,
    );
  for (const statement of [...TABLES, VERSIONS]) await inKeyspace(statement);
  // Last: who finds the version finds all tables.
  const query = `INSERT INTO ${keyspace}.schema_version (name, version) VALUES (?, ?)`;
  await client.execute(query, [NAME, SCHEMA_VERSION], { prepare: true });
  return before;
};

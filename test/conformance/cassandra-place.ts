import type { CassandraSettings } from '../../src/storage/cassandra/cassandra-settings.ts';
import { openCassandraStore } from '../../src/storage/cassandra/cassandra-store.ts';
import { connect } from '../../src/storage/cassandra/connect.ts';
import { migrateSchema } from '../../src/storage/cassandra/schema.ts';
import { Cluster, type ClusterOptions, nodesOfTests } from '../cassandra/cluster/cluster.ts';
import { recordingObserver } from '../support/store.ts';
import type { Place } from './place.ts';

const DATA_CENTER = 'datacenter1';
/** Everything runs on one machine. Erasures wait for five times this. */
const MAX_CLOCK_SKEW_MS = 20;

/** Soon, and of a few: what is merged must be as it was. A write takes less than half of the time. */
const MERGING = { settledMs: 300, minChunks: 3 };

/** `CASSANDRA_AT=127.0.0.1` names a node that runs already: to start one takes most of the time. */
const clusterOfTests = async (options: ClusterOptions) => {
  const { CASSANDRA_AT } = process.env;
  if (CASSANDRA_AT) return { addresses: CASSANDRA_AT.split(','), close: async () => undefined };
  return Cluster.start(options);
};

export interface CassandraPlace extends Place {
  readonly settings: CassandraSettings;
}

/** A keyspace in a cluster of its own. */
export const cassandraPlace = async (
  keyspace = 'conformance',
  options: ClusterOptions = { nodes: nodesOfTests() },
): Promise<CassandraPlace> => {
  const cluster = await clusterOfTests(options);
  const { addresses } = cluster;
  const settings: CassandraSettings = {
    contactPoints: addresses.map((address) => `${address}:9042`),
    keyspace,
    dataCenter: DATA_CENTER,
    credentials: undefined,
    tls: undefined,
    replicationFactor: addresses.length,
    maxClockSkewMs: MAX_CLOCK_SKEW_MS,
  };
  const client = await connect(settings);
  await migrateSchema(client, settings);
  await client.shutdown();
  const { observer } = recordingObserver();
  return {
    settings,
    open: (options) =>
      openCassandraStore({
        ...{ ...settings, ...options, maxUnflushedBytes: 2 ** 28, observer, merging: MERGING },
      }),
    environment: {
      STORE: `cassandra://${addresses.join(',')}:9042/${keyspace}?dc=${DATA_CENTER}`,
      CASSANDRA_MAX_CLOCK_SKEW_MS: String(MAX_CLOCK_SKEW_MS),
    },
    isShared: true,
    close: () => cluster.close(),
  };
};

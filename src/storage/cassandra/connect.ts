import { readFile } from 'node:fs/promises';
import { Client, policies, types } from 'cassandra-driver';
import type { CassandraSettings } from './cassandra-settings.ts';
import { type ClusterObserver, driverMetrics } from './cluster-observer.ts';

/** Above what a node itself waits for others (2 s), so that it is the node that says what is wrong. */
const READ_TIMEOUT_MS = 3_000;
const CONNECT_TIMEOUT_MS = 5_000;
/**
 * When a node has not answered for so long, another is asked as well: half of a second is what a
 * node that hangs costs then, and a node that is merely busy is not made busier by much.
 */
const SPECULATION_MS = 300;
/**
 * How often a node that went away is tried. The driver's own policy waits longer each time, up to ten
 * minutes: so long would a cluster be back and nobody ask it.
 */
const RECONNECT_MS = 1_000;
/** Chunks of a day: up to some hundred kilobytes each, mostly far less. */
const ROWS_AT_ONCE = 2_000;

/**
 * A connected client. All statements are the same however often they are carried out: each has its
 * stamp, so the driver may send them again.
 * Rejects with the driver's error when no node answers or the data centre is not theirs.
 */
export const connect = async (
  settings: CassandraSettings,
  observer?: ClusterObserver,
): Promise<Client> => {
  const { contactPoints, dataCenter, credentials, tls } = settings;
  const ca = tls?.caFile === undefined ? undefined : await readFile(tls.caFile);
  const client = new Client({
    contactPoints: [...contactPoints],
    localDataCenter: dataCenter,
    ...(observer === undefined ? {} : { metrics: driverMetrics(observer) }),
    ...(credentials === undefined ? {} : { credentials: { ...credentials } }),
    ...(tls === undefined
      ? {}
      : { sslOptions: { rejectUnauthorized: true, ...(ca === undefined ? {} : { ca: [ca] }) } }),
    queryOptions: {
      prepare: true,
      isIdempotent: true,
      consistency: types.consistencies.localQuorum,
      fetchSize: ROWS_AT_ONCE,
    },
    socketOptions: { readTimeout: READ_TIMEOUT_MS, connectTimeout: CONNECT_TIMEOUT_MS },
    policies: {
      reconnection: new policies.reconnection.ConstantReconnectionPolicy(RECONNECT_MS),
      speculativeExecution: new policies.speculativeExecution.ConstantSpeculativeExecutionPolicy(
        SPECULATION_MS,
        1,
      ),
    },
  });
  try {
    await client.connect();
  } catch (error) {
    await client.shutdown();
    throw error;
  }
  return client;
};

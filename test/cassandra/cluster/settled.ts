import { setTimeout as sleep } from 'node:timers/promises';
import { Client, policies, type types } from 'cassandra-driver';
import type { CassandraNode } from './cassandra-node.ts';
import { CQL_PORT, SUPERUSER } from './node-files.ts';

const TIMEOUT_MS = 180_000;
const PAUSE_MS = 200;

/** Asks this one node, and no other that it tells of. */
const clientOf = ({ address, spec }: CassandraNode): Client =>
  new Client({
    // Whether it has the right certificate is for those to tell who rely on it.
    ...(spec.secured && { credentials: SUPERUSER, sslOptions: { rejectUnauthorized: false } }),
    contactPoints: [`${address}:${CQL_PORT}`],
    localDataCenter: 'datacenter1',
    policies: {
      loadBalancing: new policies.loadBalancing.AllowListPolicy(
        new policies.loadBalancing.RoundRobinPolicy(),
        [`${address}:${CQL_PORT}`],
      ),
    },
  });

const rowsOf = async (client: Client, query: string): Promise<types.Row[]> =>
  (await client.execute(query)).rows;

/** The schema that a node has, when it knows of all other nodes that run; undefined before. */
const schemaSeenBy = async (client: Client, running: readonly string[]) => {
  const [own] = await rowsOf(client, 'SELECT schema_version FROM system.local');
  const peers = await rowsOf(client, 'SELECT peer, schema_version FROM system.peers_v2');
  const gossip = await rowsOf(
    client,
    'SELECT address, status_with_port, rpc_ready FROM system_views.gossip_info',
  );
  const version = String(own?.schema_version);
  const ready = new Set(
    gossip
      .filter(
        (row) => String(row.status_with_port).startsWith('NORMAL') && row.rpc_ready === 'true',
      )
      .map((row) => String(row.address)),
  );
  const agreed = new Set(
    peers.filter((row) => String(row.schema_version) === version).map((row) => String(row.peer)),
  );
  const others = running.filter((address) => ready.has(address) && agreed.has(address));
  return others.length === running.length - 1 && ready.size >= running.length ? version : undefined;
};

const ask = async (node: CassandraNode, running: readonly string[]) => {
  const client = clientOf(node);
  try {
    await client.connect();
    return await schemaSeenBy(client, running);
  } catch {
    // It does not serve yet; whether that takes too long is for the caller.
    return undefined;
  } finally {
    await client.shutdown();
  }
};

/**
 * Resolves when the nodes that run all serve, know each other and agree on the schema. That one
 * answers is not enough: until it has seen its peers it answers quorum requests with "unavailable".
 */
export const settled = async (nodes: readonly CassandraNode[]): Promise<void> => {
  const deadline = Date.now() + TIMEOUT_MS;
  const running = nodes.filter((node) => node.isRunning);
  const addresses = running.map(({ address }) => address);
  for (;;) {
    const ended = running.find((node) => !node.isRunning);
    if (ended !== undefined) {
      throw new Error(`${ended.address} ended while starting:\n${await ended.lastWords()}`);
    }
    const seen = await Promise.all(running.map((node) => ask(node, addresses)));
    if (seen.every((version) => version !== undefined && version === seen[0])) return;
    if (Date.now() > deadline) {
      const words = await Promise.all(running.map((node) => node.lastWords()));
      throw new Error(`the nodes have not settled:\n${words.join('\n')}`);
    }
    await sleep(PAUSE_MS);
  }
};

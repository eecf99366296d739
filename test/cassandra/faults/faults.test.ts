import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../../src/storage/cassandra/connect.ts';
import { migrateSchema } from '../../../src/storage/cassandra/schema.ts';
import { ServiceProcess } from '../../crash/service-process.ts';
import { Cluster } from '../cluster/cluster.ts';
import { whyNoCassandra } from '../cluster/jars.ts';
import { type Account, LedgerLoad } from './ledger.ts';

// Three nodes and two services, of which some are killed or hang while readings come in. What was
// acknowledged is there each time, in every process.

const KEYSPACE = 'faults';
const BEFORE_MS = 3_000;
const AFTER_MS = 5_000;
/** So soon a service has found nodes that are back, on a machine that is busy. */
const BACK_MS = 10_000;
const TIMEOUT_MS = 240_000;

const why = await whyNoCassandra();
if (why !== undefined) process.stderr.write(`Faults of Cassandra are left out: ${why}\n`);

describe.skipIf(why !== undefined)('faults of Cassandra', () => {
  let cluster: Cluster;
  let services: ServiceProcess[] = [];
  let origins: string[] = [];
  let environment: Record<string, string> = {};
  const table: string[] = [];

  const startService = async () => {
    const service = new ServiceProcess('', environment, [], true);
    return { service, origin: await service.ready() };
  };

  beforeAll(async () => {
    // Beside the clusters of other tests.
    cluster = await Cluster.start({ nodes: 3, prefix: '127.0.8' });
    const { addresses } = cluster;
    const settings = {
      contactPoints: addresses.map((address) => `${address}:9042`),
      ...{ keyspace: KEYSPACE, dataCenter: 'datacenter1', replicationFactor: 3 },
      ...{ credentials: undefined, tls: undefined, maxClockSkewMs: 100 },
    };
    const client = await connect(settings);
    await migrateSchema(client, settings);
    await client.shutdown();
    environment = { STORE: `cassandra://${addresses.join(',')}:9042/${KEYSPACE}?dc=datacenter1` };
    const started = [await startService(), await startService()];
    services = started.map(({ service }) => service);
    origins = started.map(({ origin }) => origin);
  }, TIMEOUT_MS);

  afterAll(async () => {
    process.stdout.write(
      `| event | acknowledged | 503 | broken | troubled ms | worst ms | lost |\n${table.join('\n')}\n`,
    );
    for (const service of services) await service.kill();
    await cluster?.close();
  }, TIMEOUT_MS);

  /** Readings come in before, while and after something happens; nothing acknowledged is lost. */
  const under = async (
    event: string,
    happen: (load: LedgerLoad) => Promise<void>,
  ): Promise<Account> => {
    const load = new LedgerLoad(event.replaceAll(' ', '-'), () => origins);
    load.start();
    await sleep(BEFORE_MS);
    await happen(load);
    await sleep(AFTER_MS);
    const account = await load.stop();
    const stoppedMs = performance.now();
    for (const origin of origins) {
      while ((await readiness(origin)).status !== 200) {
        // That the nodes are there again is known by now.
        expect(performance.now() - stoppedMs).toBeLessThan(BACK_MS);
        await sleep(100);
      }
    }
    const lost = [];
    for (const origin of origins) lost.push(await load.lost(origin));
    const { acknowledged, refused, broken, troubledMs, worstMs } = account;
    const cells = [event, acknowledged, refused, broken, troubledMs, worstMs, lost.join(' and ')];
    table.push(`| ${cells.join(' | ')} |`);
    expect(acknowledged).toBeGreaterThan(100);
    expect(lost).toEqual([0, 0]);
    return account;
  };

  const readiness = async (origin = origins[0]) => {
    const response = await fetch(`${origin}/readyz`);
    return { status: response.status, text: await response.text() };
  };

  it(
    'one node is killed: nothing is refused for long',
    async () => {
      const account = await under('one node killed', async (load) => {
        await cluster.node(2).kill();
        await sleep(AFTER_MS);
        const { acknowledged, refused } = load;
        await sleep(AFTER_MS);
        expect(load.acknowledged).toBeGreaterThan(acknowledged);
        expect(load.refused).toBe(refused);
        expect(await readiness()).toMatchObject({ status: 200 });
        expect((await readiness()).text).toContain(cluster.node(2).address);
        await cluster.restart(2);
      });
      expect(account.troubledMs).toBeLessThan(AFTER_MS);
    },
    TIMEOUT_MS,
  );

  it(
    'one node hangs: nothing is refused for long',
    async () => {
      await under('one node hangs', async (load) => {
        cluster.node(3).pause();
        await sleep(AFTER_MS);
        const { acknowledged, refused } = load;
        await sleep(AFTER_MS);
        expect(load.acknowledged).toBeGreaterThan(acknowledged);
        expect(load.refused).toBe(refused);
        cluster.node(3).resume();
      });
    },
    TIMEOUT_MS,
  );

  it(
    'two nodes are down: nothing is acknowledged, until one is back',
    async () => {
      await under('two nodes down', async (load) => {
        await Promise.all([cluster.node(2).kill(), cluster.node(3).kill()]);
        // What was on its way may still be answered.
        await sleep(AFTER_MS);
        const { acknowledged, refused } = load;
        await sleep(AFTER_MS);
        expect(load.acknowledged).toBe(acknowledged);
        expect(load.refused).toBeGreaterThan(refused);
        const path = '/metrics/heart-rate/latest?user_id=two-nodes-down-0';
        expect((await fetch(origins[0] + path)).status).toBe(503);
        // The driver takes its time to see that nobody is there.
        expect(await readiness()).toMatchObject({ status: 503 });
        await cluster.restart(2);
        await sleep(AFTER_MS);
        expect(load.acknowledged).toBeGreaterThan(acknowledged);
        await cluster.restart(3);
      });
    },
    TIMEOUT_MS,
  );

  it(
    'all nodes are killed: what was acknowledged is in their logs',
    async () => {
      await under('all nodes killed', async () => {
        await Promise.all(cluster.nodes.map((node) => node.kill()));
        await cluster.restart(1, 2, 3);
      });
    },
    TIMEOUT_MS,
  );

  it(
    'a service is killed: the other goes on and has what it acknowledged',
    async () => {
      await under('one service killed', async () => {
        await services[0]?.kill();
        await sleep(AFTER_MS);
        const { service, origin } = await startService();
        services[0] = service;
        origins = [origin, ...origins.slice(1)];
      });
    },
    TIMEOUT_MS,
  );

  it(
    'an erasure holds though a node slept through it',
    async () => {
      const [origin = ''] = origins;
      const send = (user_id: string) =>
        fetch(`${origin}/metrics/heart-rate`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            ...{ user_id, device_id: 'a', heart_rate: 70, timestamp: '2024-01-15T10:00:00Z' },
          }),
        });
      expect((await send('slept')).status).toBe(200);
      await cluster.node(3).kill();
      const erased = await fetch(`${origin}/metrics/heart-rate?user_id=slept`, {
        method: 'DELETE',
      });
      expect(erased.status).toBe(200);
      await cluster.restart(3);
      // Whichever two nodes answer, the one that slept among them.
      for (let time = 0; time < 20; time++) {
        const latest = await fetch(`${origin}/metrics/heart-rate/latest?user_id=slept`);
        expect(latest.status).toBe(404);
      }
      expect((await send('slept')).status).toBe(200);
      const latest = await fetch(`${origin}/metrics/heart-rate/latest?user_id=slept`);
      expect(latest.status).toBe(200);
    },
    TIMEOUT_MS,
  );
});

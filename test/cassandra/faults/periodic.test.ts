import { expect, it } from 'vitest';
import { connect } from '../../../src/storage/cassandra/connect.ts';
import { migrateSchema } from '../../../src/storage/cassandra/schema.ts';
import { ServiceProcess } from '../../crash/service-process.ts';
import { JSON_TYPE, READING } from '../../support/test-service.ts';
import { Cluster } from '../cluster/cluster.ts';
import { whyNoCassandra } from '../cluster/jars.ts';

const why = await whyNoCassandra();
if (why !== undefined) process.stderr.write(`Cassandra is left out: ${why}\n`);

it.skipIf(why !== undefined)(
  'a node that answers before it syncs takes no readings',
  async () => {
    const cluster = await Cluster.start({ commitlogSync: 'periodic', prefix: '127.0.7' });
    try {
      const [address = ''] = cluster.addresses;
      const settings = {
        contactPoints: [`${address}:9042`],
        ...{ keyspace: 'periodic', dataCenter: 'datacenter1', replicationFactor: 1 },
        ...{ credentials: undefined, tls: undefined, maxClockSkewMs: 100 },
      };
      const client = await connect(settings);
      await migrateSchema(client, settings);
      await client.shutdown();
      const STORE = `cassandra://${address}:9042/periodic?dc=datacenter1`;
      const service = new ServiceProcess('', { STORE });
      const url = await service.ready();
      const readiness = await fetch(`${url}/readyz`);
      expect(readiness.status).toBe(503);
      const { detail } = (await readiness.json()) as { detail: string };
      expect(detail).toContain('commitlog_sync must be batch or group on every node');
      expect(detail).toContain(`${address}:9042 (periodic)`);
      const body = JSON.stringify(READING);
      const init = { method: 'POST', headers: JSON_TYPE, body };
      const sent = await fetch(`${url}/metrics/heart-rate`, init);
      expect(sent.status).toBe(503);
      expect(sent.headers.get('retry-after')).toBe('5');
      const latest = await fetch(`${url}/metrics/heart-rate/latest?user_id=${READING.user_id}`);
      expect(latest.status).toBe(404);
      await service.kill();
    } finally {
      await cluster.close();
    }
  },
  300_000,
);

/** A cluster to work with: `npx tsx test/cassandra/cluster/main.ts [nodes]`, until Ctrl-C. */
import { once } from 'node:events';
import { Cluster } from './cluster.ts';
import { whyNoCassandra } from './jars.ts';

const why = await whyNoCassandra();
if (why !== undefined) {
  process.stderr.write(`no Cassandra: ${why}\n`);
  process.exit(1);
}
const startedAtMs = performance.now();
const cluster = await Cluster.start({ nodes: Number(process.argv[2] ?? 1) });
const tookS = ((performance.now() - startedAtMs) / 1000).toFixed(1);
process.stdout.write(`${cluster.addresses.join(' ')} after ${tookS} s\n`);
await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
await cluster.close();

/**
 * What a cluster on this machine and the store do together, beside what the driver alone does in the
 * same run: `npx tsx test/cassandra/bench.ts [nodes] [seconds]`. With 0 nodes, what the embedded
 * store does. Prints rows of a table.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, types } from 'cassandra-driver';
import { SeriesQuery } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { EpochMicros } from '../../src/readings/reading.ts';
import { ReadingBatch } from '../../src/readings/reading-batch.ts';
import { dayRange } from '../../src/readings/time-range.ts';
import { openCassandraStore } from '../../src/storage/cassandra/cassandra-store.ts';
import { connect } from '../../src/storage/cassandra/connect.ts';
import { migrateSchema } from '../../src/storage/cassandra/schema.ts';
import { nodeFiles } from '../../src/storage/parquet/disk/node-files.ts';
import { openParquetStore } from '../../src/storage/parquet/parquet-store.ts';
import { inlineJobs } from '../../src/storage/parquet/parts/inline-jobs.ts';
import { recordingObserver } from '../support/store.ts';
import { Cluster } from './cluster/cluster.ts';

const [nodes = 1, seconds = 5] = process.argv.slice(2).map(Number);
const DAY = 19_737;
const { startMicros } = dayRange(DAY as never);
const KEYSPACE = 'bench';
const RAW = `INSERT INTO ${KEYSPACE}.days_by_user (user_id, day) VALUES (?, ?) USING TIMESTAMP ?`;

const observer = recordingObserver().observer;

/** A cluster, a client of it and the store on it. */
const onCluster = async () => {
  const cluster = await Cluster.start({ nodes, fullJit: nodes === 1, heapMib: 768 });
  const settings = {
    contactPoints: cluster.addresses.map((address) => `${address}:9042`),
    ...{ keyspace: KEYSPACE, dataCenter: 'datacenter1', replicationFactor: nodes },
    ...{ credentials: undefined, tls: undefined, maxClockSkewMs: 100 },
  };
  const client = await connect(settings);
  await migrateSchema(client, settings);
  const store = await openCassandraStore({ ...settings, maxUnflushedBytes: 2 ** 30, observer });
  const close = async () => {
    await store.close();
    await client.shutdown();
    await cluster.close();
  };
  return { store, client, close };
};

const embedded = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'heart-rate-bench-'));
  const store = await openParquetStore({
    ...{ dataDir: join(folder, 'data'), observer, maxUnflushedBytes: 2 ** 32 },
    ...{ flushQuietMs: 500, flushIntervalMs: 2_000, segmentMaxBytes: 2 ** 26 },
    jobs: inlineJobs(nodeFiles),
  });
  const close = async () => {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { store, client: undefined, close };
};

const { store, client, close } = nodes === 0 ? await embedded() : await onCluster();

interface Measured {
  readonly perSecond: number;
  readonly latenciesMs: number[];
}

/** So many at once, for some seconds; each is given its number. */
const measured = async (
  atOnce: number,
  act: (number: number) => Promise<unknown>,
): Promise<Measured> => {
  const latenciesMs: number[] = [];
  const startMs = performance.now();
  const endMs = startMs + seconds * 1000;
  let next = 0;
  const one = async () => {
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      await act(next++);
      latenciesMs.push(performance.now() - sentMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  latenciesMs.sort((a, b) => a - b);
  return { perSecond: (latenciesMs.length * 1000) / (performance.now() - startMs), latenciesMs };
};

const row = (what: string, { perSecond, latenciesMs }: Measured, times = 1): void => {
  const at = (share: number) => latenciesMs[Math.floor(latenciesMs.length * share)]?.toFixed(1);
  const rate = Math.round(perSecond * times).toLocaleString('en');
  process.stdout.write(`| ${nodes} | ${what} | ${rate} | ${at(0.5)} | ${at(0.99)} |\n`);
};

const readings = (userId: string, from: number, count: number): ReadingBatch => {
  const batch = new ReadingBatch();
  for (let at = from; at < from + count; at++) {
    const micros = (startMicros + at * 500_000) as EpochMicros;
    batch.add(userId, 'device_a', micros, 60 + (at % 80));
  }
  return batch;
};

const query = new SeriesQuery(store, DEVICE_PRIORITIES);
const askedDay = async (userId: string): Promise<void> => {
  const request = {
    ...{ userId, range: dayRange(DAY as never), interval: '1m' as const },
    priorityScope: 'timestamp' as const,
  };
  for await (const _ of query.run(request));
};

const run = `r${Date.now()}`;
const raw = (number: number) =>
  (client as Client).execute(RAW, [
    `${run}-raw-${number}`,
    DAY,
    types.Long.fromNumber(Date.now() * 1000),
  ]);
process.stdout.write(
  '| nodes | what | a second | p50 ms | p99 ms |\n| --- | --- | --- | --- | --- |\n',
);
if (client !== undefined) {
  // Cold code is slow.
  await measured(64, raw);
  row('a row by the driver alone, 64 at once', await measured(64, raw));
}
const ofUsers = (name: string, users: number): ReadingBatch => {
  const batch = new ReadingBatch();
  for (let user = 0; user < users; user++) {
    batch.add(`${run}-${name}-${user}`, 'device_a', startMicros, 60);
  }
  return batch;
};
const single = (users: number) => (number: number) =>
  store.append(readings(`${run}-${users}-${number % users}`, 1 + Math.floor(number / users), 1));
const isFirst = (number: number) => store.append(readings(`${run}-first-${number}`, 0, 1));
row('single readings, each the first of its user, 64 at once', await measured(64, isFirst));
for (const users of [10_000, 20]) {
  // As devices that have sent something a moment ago.
  await store.append(ofUsers(String(users), users));
  const what = `single readings of ${users.toLocaleString('en')} users, 64 at once`;
  row(what, await measured(64, single(users)));
}
if (client !== undefined) row('a row by the driver alone, once more', await measured(64, raw));
const whole = store.append(ofUsers('whole', 10_000));
row('a reading, one at a time, while 10,000 users are stored', await measured(1, isFirst));
await whole;
const batch = (number: number) =>
  store.append(readings(`${run}-batch-${number % 40}`, 5_000 * Math.floor(number / 40), 5_000));
row('readings in batches of 5,000, 4 at once', await measured(4, batch), 5_000);
for (const [name, count] of [
  ['17,280', 17_280],
  ['172,800', 172_800],
] as const) {
  const users = count > 100_000 ? 10 : 60;
  for (let user = 0; user < users; user++) {
    for (let from = 0; from < count; from += 5_760) {
      await store.append(readings(`${run}-${count}-${user}`, from, Math.min(5_760, count - from)));
    }
  }
  const asked: number[] = [];
  const startMs = performance.now();
  for (let user = 0; user < users; user++) {
    const sentMs = performance.now();
    await askedDay(`${run}-${count}-${user}`);
    asked.push(performance.now() - sentMs);
  }
  asked.sort((a, b) => a - b);
  const perSecond = (users * 1000) / (performance.now() - startMs);
  row(`a day of ${name} readings in minutes, first asked`, { perSecond, latenciesMs: asked });
}
await close();

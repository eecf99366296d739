import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { isThere } from '../../src/is-there.ts';
import type { Reading } from '../../src/readings/reading.ts';
import type { ReadingStore } from '../../src/storage/reading-store.ts';
import { whyNoCassandra } from '../cassandra/cluster/jars.ts';
import { type Ended, HEART_RATE } from '../cli/heart-rate.ts';
import { type CassandraPlace, cassandraPlace } from '../conformance/cassandra-place.ts';
import { newUser } from '../conformance/place.ts';
import { readParquet } from '../storage/duckdb.ts';
import {
  AcceptedReadings,
  append,
  openStore,
  reading,
  rowsOf,
  scanRequest,
} from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// From a folder to a cluster and back, beside stores that are open and go on taking readings.

const NOON = Date.parse('2024-01-15T12:00:00Z') * 1000;
const DAY = 86_400_000_000;
const START_TIMEOUT_MS = 300_000;
const SIZES = [1, 40, 900];

const why = await whyNoCassandra();
if (why !== undefined) process.stderr.write(`Moving to Cassandra is left out: ${why}\n`);

const ordered = (readings: readonly Reading[]): string[] =>
  readings
    .map((one) => JSON.stringify([one.userId, one.deviceId, one.timestampMicros, one.heartRate]))
    .sort();

describe.skipIf(why !== undefined)('heart-rate migrate', () => {
  let place: CassandraPlace;
  /** Of a service that runs at the cluster all the time. */
  let cluster: ReadingStore;
  beforeAll(async () => {
    place = await cassandraPlace(`migrate_${process.pid}`, { prefix: '127.0.9' });
    cluster = await place.open();
  }, START_TIMEOUT_MS);
  afterAll(async () => {
    await cluster?.close();
    await place?.close();
  }, START_TIMEOUT_MS);

  const env = () => ({ ...process.env, ...place.environment });
  const argsOf = (from: string, to: string) => [HEART_RATE, 'migrate', '--from', from, '--to', to];
  const migrate = (from: string, to: string): Promise<Ended> =>
    new Promise((resolve) => {
      execFile(process.execPath, argsOf(from, to), { env: env() }, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  const store = () => place.environment.STORE as string;

  /** Days of some users and devices in a folder, in Parquet and in the log, whose owner is running. */
  const filled = async (sizes = SIZES) => {
    const dataDir = join(await temporaryFolder(), 'data');
    const { store: folder } = await openStore(dataDir, { segmentMaxBytes: 60_000 });
    onTestFinished(() => folder.close());
    const accepted = new AcceptedReadings();
    for (const size of sizes) {
      const userId = newUser();
      const readings = Array.from({ length: size }, (_, n) =>
        reading(
          userId,
          `dévice ${n % 2}`,
          NOON + n * 313_000_007,
          30 + ((n * 7919) % 18_999) / 100,
        ),
      );
      accepted.add(...readings);
      await append(folder, ...readings);
    }
    // Accepted twice: the later counts.
    for (const one of accepted.all.filter((_, at) => at % 5 === 0)) {
      const later = { ...one, heartRate: one.heartRate + 0.125 };
      accepted.add(later);
      await append(folder, later);
    }
    return { dataDir, folder, accepted };
  };

  const expectAll = async (found: ReadingStore, accepted: AcceptedReadings) => {
    for (const user of accepted.users) {
      expect(await rowsOf(found, scanRequest(user))).toEqual(accepted.rows(scanRequest(user)));
    }
  };

  it('moves what is there, and moves on with what has come since', async () => {
    const { dataDir, folder, accepted } = await filled();
    const [first, second, third] = accepted.all as [Reading, Reading, Reading];
    // Newer than all that is moved, whenever that comes.
    const own = { ...second, heartRate: 199 };
    await append(cluster, own);
    const readings = accepted.all.length;

    const moved = await migrate(dataDir, store());
    expect(moved).toMatchObject({ code: 0 });
    expect(moved.stdout).toContain(`${readings} readings at the source\n${readings - 1} moved`);
    expect(moved.stdout).toContain('1 stand as the target accepted them');
    expect(moved.stdout).toMatch(/\n[1-9]\d* series compared, 0 differ/);
    expect(moved.stderr).toContain('[████████████████████████] 100 %');
    expect(await isThere(`${dataDir}.migration`)).toBe(false);
    accepted.add(own);
    await expectAll(cluster, accepted);

    // The source takes a new reading and another value; the target another value that is newer.
    const later = reading(first.userId, 'dévice 0', NOON + DAY, 77);
    const corrected = { ...third, heartRate: 101.5 };
    await append(folder, later, corrected);
    const newest = { ...accepted.all[10], heartRate: 55 } as Reading;
    await append(cluster, newest);
    const again = await migrate(dataDir, store());
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain(`${readings + 1} readings at the source\n2 moved`);
    expect(again.stdout).toContain('2 stand as the target accepted them');
    accepted.add(later, corrected, newest);
    await expectAll(cluster, accepted);
  }, 120_000);

  it('brings nothing back that is erased at the target, before it comes or after', async () => {
    const { dataDir, accepted } = await filled([20, 30]);
    const [before = '', after = ''] = accepted.users;
    await append(cluster, reading(before, 'x', NOON, 60));
    await cluster.erase({ userId: before });
    const moved = await migrate(dataDir, store());
    expect(moved).toMatchObject({ code: 1 });
    expect(moved.stdout).toContain('30 moved');
    expect(moved.stdout).toContain('20 are not there: erased at the target, or lost');
    expect(await rowsOf(cluster, scanRequest(before))).toEqual([]);
    expect(await cluster.erase({ userId: after, deviceId: 'dévice 1' })).toBe(15);
    expect(await cluster.erase({ userId: after })).toBe(15);
    await migrate(dataDir, store());
    expect(await rowsOf(cluster, scanRequest(after))).toEqual([]);
  }, 120_000);

  it('goes on where it was when it is killed', async () => {
    const { dataDir, accepted } = await filled(Array.from({ length: 150 }, (_, n) => 20 + n));
    const child = spawn(process.execPath, argsOf(dataDir, store()), { env: env() });
    const exited = once(child, 'exit');
    const saved = async () => {
      const state = join(`${dataDir}.migration`, 'state.json');
      const text = await readFile(state, 'utf8').catch(() => '{}');
      return (JSON.parse(text) as { state?: { position?: string } }).state?.position;
    };
    while ((await saved()) === undefined && child.exitCode === null) await sleep(2);
    child.kill('SIGKILL');
    await exited;
    expect(await saved()).toBeDefined();
    // It is the first that is gone on with, and no other.
    expect(await migrate(dataDir, store().replace('?', '_other?'))).toMatchObject({ code: 2 });
    const ended = await migrate(dataDir, store());
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toContain('0 are not there');
    const readings = accepted.all.length.toLocaleString('en-US');
    expect(ended.stdout).toContain(`${readings} readings at the source\n`);
    await expectAll(cluster, accepted);
  }, 120_000);

  it('makes a folder of all that a cluster has, which DuckDB reads and a service opens', async () => {
    const { dataDir, accepted } = await filled([5, 700]);
    expect(await migrate(dataDir, store())).toMatchObject({ code: 0 });
    const users = new Set(accepted.users);
    const out = join(await temporaryFolder(), 'out');
    const back = await migrate(store(), out);
    expect(back).toMatchObject({ code: 0 });
    expect(back.stdout).toContain(' 0 differ');
    expect(await isThere(`${out}.migration`)).toBe(false);
    const found = (await readParquet(out)) as Reading[];
    expect(ordered(found.filter(({ userId }) => users.has(userId)))).toEqual(ordered(accepted.all));
    const { store: folder } = await openStore(out);
    onTestFinished(() => folder.close());
    await expectAll(folder, accepted);
    expect(await migrate(store(), out)).toMatchObject({ code: 2 });
  }, 120_000);
});

import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Client } from 'cassandra-driver';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Erasure } from '../../src/readings/erasure.ts';
import type { EpochDay, EpochMicros } from '../../src/readings/reading.ts';
import { ReadingBatch } from '../../src/readings/reading-batch.ts';
import { openCassandraStore } from '../../src/storage/cassandra/cassandra-store.ts';
import { chunksOf as chunksOfRuns } from '../../src/storage/cassandra/chunk.ts';
import { ChunkWriter } from '../../src/storage/cassandra/chunk-writer.ts';
import { connect } from '../../src/storage/cassandra/connect.ts';
import { DayTrust } from '../../src/storage/cassandra/day-trust.ts';
import { Merger } from '../../src/storage/cassandra/merger.ts';
import { MovedReadings } from '../../src/storage/cassandra/moved-readings.ts';
import { movedStamp, type Stamp, Stamps } from '../../src/storage/cassandra/stamps.ts';
import { BUCKETS, Statements } from '../../src/storage/cassandra/statements.ts';
import { type ReadingStore, StoreUnavailableError } from '../../src/storage/reading-store.ts';
import { HEART_RATE } from '../cli/heart-rate.ts';
import {
  append,
  reading,
  recordingObserver,
  rowsOf,
  scanRequest,
  until,
} from '../support/store.ts';
import type { CassandraPlace } from './cassandra-place.ts';
import { newUser } from './place.ts';

const TEN = Date.parse('2024-01-15T10:00:00Z') * 1000;
const DAY = 19_737;
const RATES = [60, 61, 62, 63, 64, 65, 66, 67];

/** What only a cluster has: merges of chunks, a schema, clocks. */
export const cassandraAlone = (placeOf: () => CassandraPlace): void => {
  let store: ReadingStore;
  let client: Client;
  beforeAll(async () => {
    store = await placeOf().open();
    client = await connect(placeOf().settings);
  });
  afterAll(async () => {
    await store?.close();
    await client?.shutdown();
  });

  const statements = () => new Statements(client, placeOf().settings.keyspace);
  const chunksOf = (userId: string) => statements().chunks(userId, DAY as never);
  /** Each in a chunk of its own. */
  const sent = async (): Promise<string> => {
    const userId = newUser();
    for (const [at, rate] of RATES.entries()) {
      await append(store, reading(userId, at % 2 === 0 ? 'a' : 'b', TEN + at, rate));
    }
    return userId;
  };
  const ratesOf = async (userId: string) =>
    (await rowsOf(store, scanRequest(userId))).map(([, , rate]) => rate);

  describe('merges', () => {
    it('leave few chunks, and lose nothing', async () => {
      const userId = await sent();
      await until('they are merged', async () => {
        await ratesOf(userId);
        return (await chunksOf(userId)).length <= 3;
      });
      expect(await ratesOf(userId)).toEqual(RATES);
      await append(store, reading(userId, 'a', TEN, 99));
      expect(await ratesOf(userId)).toEqual([99, ...RATES.slice(1)]);
    });

    it('take what was erased out of the chunks', async () => {
      const userId = await sent();
      expect(await store.erase({ userId, deviceId: 'a' })).toBe(4);
      await until('no chunk names the device', async () =>
        (await chunksOf(userId)).every(({ deviceIds }) => !deviceIds.includes('a')),
      );
      expect(await ratesOf(userId)).toEqual([61, 63, 65, 67]);
    });

    it.each<[string, Partial<Erasure>, number[]]>([
      ['of the user', {}, []],
      ['of a device', { deviceId: 'a' }, [61, 63, 65, 67]],
    ])('bring nothing back that is erased while they go on: %s', async (_, of, left) => {
      const userId = await sent();
      const ours = statements();
      const replace = ours.replaceChunks.bind(ours);
      let merged = 0;
      // Read before the erasure, and written after.
      ours.replaceChunks = async (...run) => {
        merged++;
        await store.erase({ userId, ...of });
        await replace(...run);
      };
      const { observer } = recordingObserver();
      // One alone too: the store may have merged them by now.
      const merging = { settledMs: 1, minChunks: 1 };
      const merger = new Merger({
        statements: ours,
        ttlSeconds: () => 0,
        check: () => undefined,
        observer,
        merging,
      });
      onTestFinished(() => merger.close());
      await merger.merge(userId, DAY as never);
      expect(merged).toBeGreaterThan(0);
      expect(await ratesOf(userId)).toEqual(left);
      // Not even where nobody would look.
      if (left.length === 0) expect(await chunksOf(userId)).toEqual([]);
      // Nor when it is done once more by somebody else.
      await new Merger({
        statements: statements(),
        ttlSeconds: () => 0,
        check: () => undefined,
        observer,
        merging,
      }).merge(userId, DAY as never);
      expect(await ratesOf(userId)).toEqual(left);
    });

    it('by two processes at once lose nothing', async () => {
      const userId = await sent();
      const { observer } = recordingObserver();
      // One alone too: the store may have merged them by now.
      const merging = { settledMs: 1, minChunks: 1 };
      const mergers = [1, 2, 3].map(
        () =>
          new Merger({
            statements: statements(),
            ttlSeconds: () => 0,
            check: () => undefined,
            observer,
            merging,
          }),
      );
      await Promise.all(mergers.map((merger) => merger.merge(userId, DAY as never)));
      expect(await ratesOf(userId)).toEqual(RATES);
      for (const merger of mergers) await merger.close();
    });

    it('by two processes that saw different chunks lose nothing', async () => {
      const userId = newUser();
      const ours = new ChunkWriter({
        ...{ statements: statements(), stamps: new Stamps(100, () => undefined), writer: 'w' },
        ...{ ttlSeconds: () => 0, onChunk: () => undefined, ...recordingObserver() },
        ...{ trust: new DayTrust(0) },
      });
      // By nobody who would merge them.
      for (const [at, rate] of RATES.entries()) {
        const runs = [{ deviceId: 'a', timestampsMicros: [TEN + at], heartRates: [rate] }];
        await ours.write([{ userId, day: DAY as EpochDay, runs } as never]);
      }
      const merging = { settledMs: 2_000, minChunks: 1 };
      const seeing = (of: Statements, from: number, to: number) => {
        const chunks = of.chunks.bind(of);
        of.chunks = async (...day) => (await chunks(...day)).slice(from, to);
        return new Merger({
          ...{ statements: of, ttlSeconds: () => 0, check: () => undefined, merging },
          ...recordingObserver(),
        });
      };
      const [early, late] = [statements(), statements()];
      // It saw the first six; the other one the last six, before these were merged.
      const first = seeing(early, 0, 6);
      const second = seeing(late, 2, 8);
      const replace = late.replaceChunks.bind(late);
      late.replaceChunks = async (...run) => {
        await first.merge(userId, DAY as never);
        await replace(...run);
      };
      await new Promise((resolve) => setTimeout(resolve, merging.settledMs));
      await second.merge(userId, DAY as never);
      expect((await chunksOf(userId)).map(({ readings }) => readings)).toEqual([6, 6]);
      expect(await ratesOf(userId)).toEqual(RATES);
      for (const merger of [first, second]) await merger.close();
    });

    it('make a day that is sent again and again as large as it is', async () => {
      const userId = newUser();
      const count = 100_000;
      const day = TEN - 10 * 3_600_000_000;
      const rates = Array.from({ length: count }, (_, at) => 60 + (at % 50));
      const times = rates.map((_, at) => day + at * 800_000);
      const sent = 11;
      for (let again = 0; again < sent; again++) {
        const batch = new ReadingBatch();
        const last = again === sent - 1 ? 1 : 0;
        for (const [at, rate] of rates.entries()) {
          batch.add(userId, 'a', times[at] as EpochMicros, rate + last);
        }
        await store.append(batch);
      }
      const stored = async () =>
        (await chunksOf(userId)).reduce((sum, { readings }) => sum + readings, 0);
      await until('it has been reduced', async () => (await stored()) <= 2 * count, 60_000);
      expect(await ratesOf(userId)).toEqual(rates.map((rate) => rate + 1));
    }, 120_000);

    it('keep rows no longer than their sources, nor than the rule says', async () => {
      const ttlOf = async (sources: readonly number[], byRule: number) => {
        const userId = newUser();
        const stamps = new Stamps(100, () => undefined);
        const of = statements();
        for (const ttlSeconds of sources) {
          const run = { deviceId: 'a', timestampsMicros: [TEN as EpochMicros], heartRates: [60] };
          const [columns] = chunksOfRuns([run]);
          if (columns === undefined) throw new Error('no chunk');
          const userDay = { userId, day: DAY as EpochDay, ttlSeconds };
          await of.insertChunk(userDay, { columns, seq: stamps.next(), writer: 'w' });
        }
        const merging = { settledMs: 1, minChunks: 1 };
        const merger = new Merger({
          ...{ statements: of, ttlSeconds: () => byRule, check: () => undefined, merging },
          ...recordingObserver(),
        });
        await new Promise((resolve) => setTimeout(resolve, 20));
        await merger.merge(userId, DAY as never);
        await merger.close();
        const chunks = await of.chunks(userId, DAY as EpochDay);
        expect(chunks).toHaveLength(1);
        return chunks[0]?.ttlSeconds;
      };
      const aboutHundred = expect.toSatisfy((ttl: number) => ttl > 80 && ttl <= 100);
      // Under a longer rule, and under one that keeps all.
      expect(await ttlOf([50, 100], 9_999)).toEqual(aboutHundred);
      expect(await ttlOf([50, 100], 0)).toEqual(aboutHundred);
      // Under a shorter one, and under a first one.
      expect(await ttlOf([9_999, 50], 100)).toEqual(aboutHundred);
      expect(await ttlOf([0, 50], 100)).toEqual(aboutHundred);
      expect(await ttlOf([0, 50], 0)).toBeNull();
    });
  });

  it('days that a first rule does not keep leave the disks once their user is seen', async () => {
    const userId = newUser();
    const today = Math.floor(Date.now() / 86_400_000);
    const [old, fresh] = [today - 6, today - 1].map((day) => day as EpochDay) as [
      EpochDay,
      EpochDay,
    ];
    for (const day of [old, fresh]) {
      await append(store, reading(userId, 'a', day * 86_400_000_000, 60));
    }
    // Not by one that only looks, which may have been given another rule.
    const looking = await openCassandraStore({
      ...{ ...placeOf().settings, ...recordingObserver(), retentionDays: 3, isPassive: true },
      maxUnflushedBytes: 2 ** 28,
    });
    expect(await rowsOf(looking, scanRequest(userId))).toHaveLength(1);
    await sleep(2_500);
    await looking.close();
    expect(await statements().days(userId, 0 as EpochDay, 99_999 as EpochDay)).toHaveLength(2);

    const ruled = await placeOf().open({ retentionDays: 3 });
    onTestFinished(() => ruled.close());
    const rows = () => rowsOf(ruled, scanRequest(userId));
    expect(await rows()).toHaveLength(1);
    await until('the old day has gone', async () => {
      const days = await statements().days(userId, 0 as EpochDay, 99_999 as EpochDay);
      return days.join() === String(fresh);
    });
    expect(await statements().chunks(userId, old)).toEqual([]);
    // And what is kept is kept no longer than the rule says.
    await until('it goes by itself', async () => {
      await rows();
      const [chunk] = await statements().chunks(userId, fresh);
      return (chunk?.ttlSeconds ?? Number.POSITIVE_INFINITY) <= 4 * 86_400;
    });
    expect(await rows()).toHaveLength(1);
  });

  it('what is moved is found, though an entry of its day has expired that is newer', async () => {
    const userId = newUser();
    const day = 19_737 as EpochDay;
    // As a service left it that kept the day for a second.
    const expired = { userId, day, ttlSeconds: 1 };
    await statements().insertDay(expired, (Date.now() * 1000) as Stamp);
    const { keyspace } = placeOf().settings;
    const stamp = movedStamp(Date.now());
    const moved = new MovedReadings({ client, keyspace, retentionDays: undefined, stamp });
    const micros = (day * 86_400_000_000) as EpochMicros;
    const range = { startMicros: micros, endMicros: (micros + 1) as EpochMicros };
    await until('the entry has expired', async () => {
      return (await statements().days(userId, day, day)).length === 0;
    });
    await moved.write(ReadingBatch.of(reading(userId, 'a', micros, 60)));
    expect(await ratesOf(userId)).toEqual([60]);
    const { rows } = await moved.read({ userId, range });
    expect(rows.timestamps).toHaveLength(1);
    expect(await store.erase({ userId })).toBe(1);
  });

  it('an erasure takes the place of those that it includes', async () => {
    const userId = await sent();
    const range = { startMicros: TEN as EpochMicros, endMicros: (TEN + 2) as EpochMicros };
    await store.erase({ userId, deviceId: 'a', range });
    await store.erase({ userId, deviceId: 'b', range });
    expect(await statements().erasures(userId)).toHaveLength(2);
    await store.erase({ userId, deviceId: 'a' });
    const left = await statements().erasures(userId);
    expect(left.map(({ deviceId }) => deviceId).sort()).toEqual(['a', 'b']);
    expect(await ratesOf(userId)).toEqual([63, 65, 67]);
    await store.erase({ userId });
    expect(await statements().erasures(userId)).toEqual([]);
  });

  describe('an entry in the list of days that a process may rely on', () => {
    const trusting = { trustMs: 2_000, settledMs: 500, intervalMs: 100 };
    const open = () =>
      openCassandraStore({
        ...{ ...placeOf().settings, ...recordingObserver(), trusting },
        maxUnflushedBytes: 2 ** 28,
      });
    const isUnfinished = async (userId: string): Promise<boolean> => {
      for (let bucket = 0; bucket < BUCKETS; bucket++) {
        const [first, last] = [0, Number.MAX_SAFE_INTEGER] as Stamp[] as [Stamp, Stamp];
        for await (const one of statements().unfinishedErasures(bucket, first, last)) {
          if (one.userId === userId) return true;
        }
      }
      return false;
    };
    const rowsLeft = async (userId: string): Promise<number> => {
      let rows = 0;
      for (const table of ['days_by_user', 'chunks', 'erasures_by_user', 'unfinished_erasures']) {
        const query = `SELECT * FROM ${placeOf().settings.keyspace}.${table} WHERE user_id = ? ALLOW FILTERING`;
        rows += (await client.execute(query, [userId], { prepare: true })).rowLength;
      }
      return rows;
    };

    it('outlives an erasure by another, and goes when nobody can any more', async () => {
      const [one, other] = [await open(), await open()];
      onTestFinished(() => one.close());
      onTestFinished(() => other.close());
      const userId = newUser();
      await append(one, reading(userId, 'a', TEN, 60));
      expect(await other.erase({ userId })).toBe(1);
      await append(one, reading(userId, 'a', TEN + 1, 61));
      const found = async () =>
        Promise.all([one, other].map((store) => rowsOf(store, scanRequest(userId))));
      const rows = [['a', TEN + 1, 61]];
      expect(await found()).toEqual([rows, rows]);
      await until('it is finished', async () => !(await isUnfinished(userId)));
      expect(await found()).toEqual([rows, rows]);
      expect(await other.erase({ userId })).toBe(1);
      await until('nothing is left', async () => (await rowsLeft(userId)) === 0);
    });

    it('is taken away by any process when the one that erased is gone', async () => {
      const userId = newUser();
      const [one, other] = [await open(), await open()];
      onTestFinished(() => other.close());
      await append(one, reading(userId, 'a', TEN, 60));
      await one.erase({ userId, deviceId: 'b' });
      expect(await one.erase({ userId })).toBe(1);
      // There is nobody of this name, though it is listed still.
      expect(await isUnfinished(userId)).toBe(true);
      expect(await rowsOf(one, scanRequest(userId))).toEqual([]);
      expect(await one.erase({ userId })).toBe(0);
      await one.close();
      await until('nothing is left', async () => (await rowsLeft(userId)) === 0);
    });

    it('goes at once when it is too old for that', async () => {
      const userId = newUser();
      const one = await open();
      onTestFinished(() => one.close());
      await append(one, reading(userId, 'a', TEN, 60));
      await new Promise((resolve) => setTimeout(resolve, 2_600));
      expect(await one.erase({ userId })).toBe(1);
      expect(await statements().days(userId, 0 as never, DAY as never)).toEqual([]);
    });
  });

  it('a process whose clock is set takes no readings', async () => {
    const real = Date.now;
    onTestFinished(() => {
      Date.now = real;
    });
    Date.now = () => real() + 60_000;
    const one = append(store, reading(newUser(), 'a', TEN, 60));
    await expect(one).rejects.toThrow(StoreUnavailableError);
    await expect(one).rejects.toThrow('clock');
    expect(store.health()).toMatchObject({ state: 'unavailable' });
    Date.now = real;
    await append(store, reading(newUser(), 'a', TEN, 60));
  });

  describe('the schema', () => {
    const keyspace = `schema_${process.pid}_${Date.now()}`;
    const migrate = async () => {
      const { contactPoints, dataCenter, replicationFactor } = placeOf().settings;
      const STORE = `cassandra://${contactPoints.join(',')}/${keyspace}?dc=${dataCenter}`;
      const CASSANDRA_REPLICATION_FACTOR = String(replicationFactor);
      const env = { ...process.env, STORE, CASSANDRA_REPLICATION_FACTOR };
      return promisify(execFile)(process.execPath, [HEART_RATE, 'migrate-schema'], { env });
    };
    const open = () =>
      openCassandraStore({
        ...placeOf().settings,
        ...{ keyspace, maxUnflushedBytes: 2 ** 28, ...recordingObserver() },
      });
    afterAll(() =>
      client?.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`, [], { readTimeout: 60_000 }),
    );

    it('is asked for, made, found and checked', async () => {
      await expect(open()).rejects.toThrow(/has no tables .* run heart-rate migrate-schema/);
      expect((await migrate()).stdout).toContain(`${keyspace} has been made`);
      expect((await migrate()).stdout).toContain(`${keyspace} is of version 2.`);
      await (await open()).close();
      const version = (to: number) =>
        client.execute(
          `UPDATE ${keyspace}.schema_version SET version = ${to} WHERE name = 'heart-rate'`,
        );
      await version(1);
      await expect(open()).rejects.toThrow(/of version 1, and this service needs 2/);
      await version(3);
      await expect(open()).rejects.toThrow(/a later version of the service made/);
      await expect(migrate()).rejects.toMatchObject({ code: 2 });
    }, 120_000);

    it.each<[string, object, number, RegExp]>([
      ['more replicas than nodes', { CASSANDRA_REPLICATION_FACTOR: '9' }, 2, /FACTOR is 9, and/],
      ['another data centre', { STORE: 'cassandra://HOST/none?dc=dcx' }, 2, /found hosts in data/],
      ['no node', { STORE: 'cassandra://127.1.2.3:9/none?dc=dc1' }, 1, /ECONNREFUSED/],
    ])('with %s it ends with a line that says so', async (_, mistake, code, said) => {
      const { contactPoints, dataCenter } = placeOf().settings;
      const given = { STORE: `cassandra://HOST/${keyspace}_none?dc=${dataCenter}`, ...mistake };
      const STORE = given.STORE.replace('HOST', contactPoints.join(','));
      const env = { ...process.env, ...given, STORE };
      const ended = await promisify(execFile)(process.execPath, [HEART_RATE, 'migrate-schema'], {
        ...{ env, timeout: 30_000 },
      }).catch((error: unknown) => error);
      expect(ended).toMatchObject({ code, stderr: expect.stringMatching(said) });
      expect((ended as { stderr: string }).stderr.split('\n')).toEqual([expect.anything(), '']);
    });
  });
};

import { beforeEach, expect, test, vi } from 'vitest';
import type { EpochDay } from '../../../src/readings/reading.ts';
import { ChunkWriter, MAX_WRITE_MS } from '../../../src/storage/cassandra/chunk-writer.ts';
import { DayTrust } from '../../../src/storage/cassandra/day-trust.ts';
import { Stamps } from '../../../src/storage/cassandra/stamps.ts';
import type { NewChunk, Statements, UserDay } from '../../../src/storage/cassandra/statements.ts';
import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';

const DAY = 3 as EpochDay;
const TRUST_MS = 50;

/** What was asked of a cluster, in order, and how its answers are held back or go wrong. */
class FakeCluster {
  readonly asked: string[] = [];
  readonly chunks: NewChunk[] = [];
  readonly dayStamps: number[] = [];
  before: (what: string) => Promise<void> = async () => undefined;

  async insertDay(userDay: UserDay, stamp: number): Promise<void> {
    await this.before('day');
    this.asked.push(`day ${userDay.userId} ${userDay.ttlSeconds}`);
    this.dayStamps.push(stamp);
  }

  async insertChunk({ userId }: UserDay, chunk: NewChunk): Promise<void> {
    await this.before('chunk');
    this.asked.push(`chunk ${userId} ${chunk.columns.heartRates.join()}`);
    this.chunks.push(chunk);
  }
}

let cluster: FakeCluster;
let nowMs: number;
let written: string[];
const observer = { committed: vi.fn() };

const writerOf = () =>
  new ChunkWriter({
    statements: cluster as unknown as Statements,
    stamps: new Stamps(
      100,
      () => undefined,
      () => nowMs,
    ),
    trust: new DayTrust(TRUST_MS),
    writer: 'me',
    ttlSeconds: () => 7,
    observer,
    onChunk: (userId, _, readings) => written.push(`${userId} ${readings}`),
  });

const of = (userId: string, ...heartRates: number[]) => ({
  userId,
  day: DAY,
  runs: [{ deviceId: 'a', timestampsMicros: heartRates.map((rate) => rate as never), heartRates }],
});

beforeEach(() => {
  cluster = new FakeCluster();
  nowMs = 1_000;
  written = [];
});

test('the day is written before its readings, and lives as long as they do', async () => {
  const writer = writerOf();
  await writer.write([of('ann', ...Array.from({ length: 9_000 }, (_, at) => at))]);
  expect(cluster.asked.map((what) => what.split(' ')[0])).toEqual(['day', 'chunk', 'chunk']);
  expect(cluster.asked[0]).toBe('day ann 7');
  expect(cluster.dayStamps[0]).toBe(Math.max(...cluster.chunks.map(({ seq }) => seq)));
  expect(new Set(cluster.chunks.map(({ seq }) => seq)).size).toBe(2);
  expect(written).toEqual(['ann 8192', 'ann 808']);
});

test('what comes while a write of the same user and day is under way is one chunk', async () => {
  const writer = writerOf();
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  cluster.before = () => held;
  const first = writer.write([of('ann', 60)]);
  await new Promise(setImmediate);
  const others = [writer.write([of('ann', 61)]), writer.write([of('ann', 62)])];
  const ofBen = writer.write([of('ben', 70)]);
  expect(writer.waitingReadings).toBe(4);
  letGo();
  await Promise.all([first, ...others, ofBen]);
  await writer.idle();
  expect(cluster.asked.filter((what) => what.startsWith('chunk')).sort()).toEqual([
    'chunk ann 60',
    'chunk ann 61,62',
    'chunk ben 70',
  ]);
  expect(writer.waitingReadings).toBe(0);
});

test('nothing is acknowledged that was not stored, and the next is tried', async () => {
  const writer = writerOf();
  const refusal = new StoreUnavailableError('no quorum', 1);
  cluster.before = async (what) => {
    if (what === 'chunk') throw refusal;
  };
  const both = [writer.write([of('ann', 60)]), writer.write([of('ann', 61)])];
  for (const one of await Promise.allSettled(both)) expect(one).toMatchObject({ reason: refusal });
  cluster.before = async () => undefined;
  await writer.write([of('ann', 62)]);
  expect(cluster.asked.at(-1)).toBe('chunk ann 62');
  expect(writer.waitingReadings).toBe(0);
});

test('a write that took too long is not acknowledged, though it was stored', async () => {
  const writer = writerOf();
  cluster.before = async () => {
    nowMs += MAX_WRITE_MS;
  };
  await expect(writer.write([of('ann', 60)])).rejects.toThrow('too long');
  expect(cluster.chunks).toHaveLength(1);
});

test('it is idle when nothing is under way, and waits for what is', async () => {
  const writer = writerOf();
  await writer.idle();
  const writing = writer.write([of('ann', 60)]);
  await writer.idle();
  expect(cluster.chunks).toHaveLength(1);
  await writing;
});

test('a day that was listed a moment ago is not listed again with each chunk', async () => {
  const writer = writerOf();
  const whats = () => cluster.asked.splice(0).map((what) => what.split(' ', 2).join(' '));
  await writer.write([of('ann', 60)]);
  nowMs += TRUST_MS - 1;
  await writer.write([of('ann', 61)]);
  await writer.write([of('ben', 70)]);
  expect(whats()).toEqual(['day ann', 'chunk ann', 'chunk ann', 'day ben', 'chunk ben']);
  nowMs += 1;
  await writer.write([of('ann', 62)]);
  expect(whats()).toEqual(['day ann', 'chunk ann']);
  // As of when it was listed last.
  nowMs += TRUST_MS - 1;
  await writer.write([of('ann', 63)]);
  expect(whats()).toEqual(['chunk ann']);
});

test.each(['day', 'chunk'])(
  'after a %s that was not stored the day is listed anew',
  async (failing) => {
    const writer = writerOf();
    if (failing === 'chunk') await writer.write([of('ann', 60)]);
    cluster.before = async (what) => {
      if (what === failing) throw new StoreUnavailableError('no quorum', 1);
    };
    await expect(writer.write([of('ann', 61)])).rejects.toThrow('no quorum');
    cluster.before = async () => undefined;
    cluster.asked.length = 0;
    await writer.write([of('ann', 62)]);
    expect(cluster.asked).toEqual(['day ann 7', 'chunk ann 62']);
  },
);

/** Chunks are held until they are let go of, one by one and the oldest first. */
const holdingChunks = () => {
  const held: (() => void)[] = [];
  cluster.before = async (what) => {
    if (what === 'chunk') await new Promise<void>((resolve) => held.push(resolve));
  };
  const turn = () => new Promise(setImmediate);
  return {
    held,
    letGo: async () => {
      held.shift()?.();
      await turn();
      await turn();
    },
  };
};

const many = (name: string, users: number) =>
  Array.from({ length: users }, (_, user) => of(`${name}-${user}`, 60));

test('a reading does not wait behind a batch of very many users', async () => {
  const writer = writerOf();
  const { held, letGo } = holdingChunks();
  const batch = writer.write(many('user', 10_000));
  await new Promise(setImmediate);
  let isStored = false;
  const single = writer.write([of('ann', 61)]).then(() => {
    isStored = true;
  });
  let writes = 0;
  for (; !isStored; writes++) await letGo();
  // Those of the batch that were under way, and its own.
  expect(writes).toBeLessThanOrEqual(129);
  while (held.length > 0) await letGo();
  await Promise.all([batch, single]);
  expect(cluster.chunks).toHaveLength(10_001);
});

test('batches take turns, and a user of several goes with the first turn', async () => {
  const writer = writerOf();
  const { held, letGo } = holdingChunks();
  const all = [...many('a', 600), of('both', 70)];
  const batches = [writer.write(all), writer.write([of('both', 71), ...many('b', 3)])];
  await new Promise(setImmediate);
  while (held.length > 0) await letGo();
  await Promise.all(batches);
  const written = cluster.asked.filter((what) => what.startsWith('chunk'));
  expect(written.indexOf('chunk both 70,71')).toBeLessThan(3);
  expect(written.indexOf('chunk b-2 60')).toBeLessThan(10);
  expect(written).toHaveLength(604);
});

test('what came for a user while it was written is of the batch that brought it', async () => {
  const writer = writerOf();
  const { held, letGo } = holdingChunks();
  const first = writer.write([of('ann', 60)]);
  await new Promise(setImmediate);
  const batch = writer.write([of('ann', 61), ...many('a', 300)]);
  const last = writer.write([of('ann', 62)]);
  while (held.length > 0) await letGo();
  await Promise.all([first, batch, last]);
  await writer.idle();
  const written = cluster.asked.filter((what) => what.startsWith('chunk'));
  expect(written.slice(0, 140)).toContain('chunk ann 61,62');
  expect(written).toHaveLength(302);
});

import { type Client, errors, types } from 'cassandra-driver';
import { expect, test, vi } from 'vitest';
import type { EpochDay, EpochMicros } from '../../../src/readings/reading.ts';
import { chunksOf } from '../../../src/storage/cassandra/chunk.ts';
import type { ChunkRow } from '../../../src/storage/cassandra/chunk-row.ts';
import type { Stamp } from '../../../src/storage/cassandra/stamps.ts';
import { Statements } from '../../../src/storage/cassandra/statements.ts';
import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';

const DAY = 19_737 as EpochDay;
const STAMP = 1_705_312_800_000_000 as Stamp;
const EXCHANGE = { written: (STAMP + 100) as Stamp, untilMs: Number.POSITIVE_INFINITY };
const range = { startMicros: 1 as EpochMicros, endMicros: 2 as EpochMicros };
const down = new errors.ResponseError(types.responseErrorCodes.unavailableException, 'x');

/** A client that answers with these rows, and then fails if it is told to. */
const clientOf = (rows: readonly object[] = [], failure?: Error) => {
  const result = async function* () {
    yield* rows;
    if (failure !== undefined) throw failure;
  };
  return {
    execute: vi.fn(async (_query: string, _values: readonly unknown[]) => result()),
  };
};

const statementsOf = (client: ReturnType<typeof clientOf>) =>
  new Statements(client as unknown as Client, 'hr');

const chunkOf = (deviceId: string) => {
  const [columns] = chunksOf([{ deviceId, timestampsMicros: [3 as never], heartRates: [60] }]);
  if (columns === undefined) throw new Error('no chunk');
  return { columns, seq: STAMP, writer: 'w' };
};

/** All that is asked for of a user, with the texts of all statements and the values beside them. */
const asked = async (userId: string, deviceId: string) => {
  const client = clientOf();
  const statements = statementsOf(client);
  const userDay = { userId, day: DAY, ttlSeconds: 0 };
  const erasure = { userId, deviceId, range, seq: STAMP, writer: 'w' };
  const source = { seq: STAMP, writer: 'w', written: STAMP } as ChunkRow;
  await statements.insertDay(userDay, STAMP);
  await statements.insertChunk(userDay, chunkOf(deviceId));
  await statements.insertErasure(erasure);
  await statements.days(userId, DAY, DAY);
  await statements.erasures(userId);
  await statements.chunks(userId, DAY);
  await statements.replaceChunks(userDay, [source], [chunkOf(deviceId)], EXCHANGE);
  await statements.hasChunks(userId, DAY);
  await statements.deleteChunks(userId, DAY, STAMP);
  await statements.deleteDay(userId, DAY, STAMP);
  const unfinished = { userId, days: [DAY], seq: STAMP, writer: 'w' };
  await statements.insertUnfinishedErasure(unfinished);
  await statements.deleteErasure(erasure, STAMP);
  return {
    texts: client.execute.mock.calls.map(([query]) => query),
    values: client.execute.mock.calls.map(([, values]) => values),
  };
};

test('nothing that a client sends is part of a statement', async () => {
  const [user, device] = ["x'; DROP TABLE hr.chunks; --", '") OR 1=1 /*'];
  const [hostile, usual] = [await asked(user, device), await asked('ann', 'watch')];
  expect(hostile.texts).toEqual(usual.texts);
  expect(hostile.texts).toHaveLength(13);
  // There is not one value in them, a number neither.
  for (const text of hostile.texts) expect(text).not.toMatch(/['"]|[=(,] *\d/);
  expect(hostile.values.every((values) => values.includes(user))).toBe(true);
});

test('nobody, whose id is empty, is looked for as others are', async () => {
  const client = clientOf();
  await statementsOf(client).days('', DAY, DAY);
  await statementsOf(client).erasures('');
  const keys = client.execute.mock.calls.map(([, [key]]) => key);
  // Cassandra takes no empty key, and no user has this one.
  expect(keys).toEqual(['\u0000', '\u0000']);
});

test.each([
  ['chunks', (statements: Statements) => statements.chunks('ann', DAY)],
  [
    'users',
    async (statements: Statements) => {
      for await (const _ of statements.users());
    },
  ],
])('a cluster that goes away between two pages of %s is unavailable', async (_, ask) => {
  await expect(ask(statementsOf(clientOf([{}], down)))).rejects.toThrow(StoreUnavailableError);
  const mistake = new TypeError('x');
  await expect(ask(statementsOf(clientOf([{}], mistake)))).rejects.toBe(mistake);
});

test('users come with their place, behind the one that is named', async () => {
  const place = types.Long.fromString('-9223372036854775807');
  const client = clientOf([{ user_id: 'ann', place }]);
  const found = [];
  for await (const user of statementsOf(client).users('-9223372036854775808')) found.push(user);
  expect(found).toEqual([{ userId: 'ann', place: '-9223372036854775807' }]);
  const [, values] = client.execute.mock.calls[0] ?? [];
  expect(String(values)).toBe('-9223372036854775808');
});

test('a merge takes nothing away before all that takes its place is there', async () => {
  const userDay = { userId: 'ann', day: DAY, ttlSeconds: 0 };
  const sources = [1, 2].map((by) => ({
    ...{ seq: (STAMP + by) as Stamp, writer: 'w', written: (STAMP + 10 * by) as Stamp },
  })) as ChunkRow[];
  const merged = [chunkOf('a'), chunkOf('b')];
  const asked = (client: ReturnType<typeof clientOf>) =>
    client.execute.mock.calls.map(([query]) => query.split(' ')[0]);
  const client = clientOf();
  await statementsOf(client).replaceChunks(userDay, sources, merged, EXCHANGE);
  expect(asked(client)).toEqual(['INSERT', 'INSERT', 'DELETE']);
  const [insert, , remove] = client.execute.mock.calls.map(([, values]) => values);
  expect(insert?.at(-2)).toBe(EXCHANGE.written);
  // Not what another merge has put there later.
  expect(remove).toEqual([STAMP + 20, 'ann', DAY, STAMP + 1, 'w', STAMP + 2, 'w']);
  for (const failure of [1, 2]) {
    const failing = clientOf();
    for (let good = 1; good < failure; good++)
      failing.execute.mockResolvedValueOnce(undefined as never);
    failing.execute.mockRejectedValueOnce(down);
    const one = statementsOf(failing).replaceChunks(userDay, sources, merged, EXCHANGE);
    await expect(one).rejects.toThrow(StoreUnavailableError);
    expect(asked(failing)).not.toContain('DELETE');
  }
  const late = clientOf();
  const exchange = { ...EXCHANGE, untilMs: Date.now() - 1 };
  const one = statementsOf(late).replaceChunks(userDay, sources, merged, exchange);
  await expect(one).rejects.toThrow(StoreUnavailableError);
  expect(late.execute).not.toHaveBeenCalled();
});

test('a merge that is not carried out is told of, and one of nothing asks for nothing', async () => {
  const client = clientOf();
  const userDay = { userId: 'ann', day: DAY, ttlSeconds: 0 };
  await statementsOf(client).replaceChunks(userDay, [], [chunkOf('watch')], EXCHANGE);
  expect(client.execute).not.toHaveBeenCalled();
  client.execute.mockRejectedValue(down);
  const source = { seq: STAMP, writer: 'w', written: STAMP } as ChunkRow;
  const one = statementsOf(client).replaceChunks(userDay, [source], [], EXCHANGE);
  await expect(one).rejects.toThrow(StoreUnavailableError);
});

test('why the cluster could not answer is told, and mistakes are left to who made them', async () => {
  const [client, onOutage] = [clientOf(), vi.fn()];
  const statements = new Statements(client as unknown as Client, 'hr', onOutage);
  client.execute.mockRejectedValueOnce(down);
  await expect(statements.chunks('ann', DAY)).rejects.toThrow(StoreUnavailableError);
  expect(onOutage.mock.calls).toEqual([[down]]);
  client.execute.mockRejectedValueOnce(new TypeError('x'));
  await expect(statements.chunks('ann', DAY)).rejects.toThrow(TypeError);
  expect(onOutage).toHaveBeenCalledTimes(1);
});

import type { Client } from 'cassandra-driver';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  ClusterWatch,
  type ClusterWatchOptions,
  certainSkewMs,
} from '../../../src/storage/cassandra/cluster-watch.ts';
import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';

interface Node {
  readonly aheadMs?: number;
  readonly commitlogSync?: string | Error;
  readonly isDown?: boolean;
}

/** A cluster of nodes that say these things of themselves. */
const watchOf = (
  nodes: readonly Node[],
  replicas = '1',
  observer?: ClusterWatchOptions['observer'],
) => {
  const hosts = nodes.map((node, at) => ({
    address: `10.0.0.${at + 1}:9042`,
    isUp: () => node.isDown !== true,
    datacenter: 'dc1',
    node,
  }));
  const execute = async (query: string, _: unknown, { host }: { host: (typeof hosts)[number] }) => {
    const { aheadMs = 0, commitlogSync = 'batch' } = host.node;
    if (query.includes('now()')) return { rows: [{ now: new Date(Date.now() + aheadMs) }] };
    if (commitlogSync instanceof Error) throw commitlogSync;
    return { rows: [{ value: commitlogSync }] };
  };
  const client = {
    hosts: { values: () => hosts },
    execute: vi.fn(execute),
    metadata: { keyspaces: { hr: { strategyOptions: { dc1: replicas } } } },
  };
  return new ClusterWatch({
    ...{ client: client as unknown as Client, maxClockSkewMs: 100 },
    ...{ keyspace: 'hr', dataCenter: 'dc1', observer },
  });
};

test.each([
  [{ sentMs: 1_000, receivedMs: 1_010 }, 1_005, 0],
  [{ sentMs: 1_000, receivedMs: 1_010 }, 900, 99],
  [{ sentMs: 1_000, receivedMs: 1_010 }, 1_200, -190],
  // A slow answer says little of the clock.
  [{ sentMs: 1_000, receivedMs: 9_000 }, 1_500, 0],
])('asked at %j, a node that says %d shows a clock that is off by %d ms', (asked, nodeMs, skew) => {
  expect(certainSkewMs(asked, nodeMs)).toBe(skew);
});

test('tells each time which nodes it reaches, and by how much the clock is off', async () => {
  const looked = vi.fn();
  const watch = watchOf([{ isDown: true }, { aheadMs: -60 }, { aheadMs: -60 }], '1', { looked });
  await watch.look();
  expect(looked).toHaveBeenCalledWith({ up: 2, down: 1, skewMs: expect.closeTo(59, -1) });
});

test('a cluster that syncs before it answers takes readings', async () => {
  const watch = watchOf([{}, { commitlogSync: 'group' }, { aheadMs: 50 }]);
  await watch.look();
  expect(watch).toMatchObject({ refusal: undefined, warnings: [], outage: undefined });
  expect(() => watch.check()).not.toThrow();
});

test.each([
  ['behind', 5_000],
  ['ahead of', -5_000],
])('a clock that is %s the cluster takes none', async (words, aheadMs) => {
  const watch = watchOf([{ aheadMs }, { aheadMs }, {}]);
  await watch.look();
  expect(watch.refusal).toMatch(new RegExp(`^The clock of this process is 4?5?\\d+ ms ${words}`));
  expect(() => watch.check()).toThrow(StoreUnavailableError);
});

test('one node with a clock of its own is outvoted', async () => {
  const watch = watchOf([{ aheadMs: 60_000 }, {}, {}]);
  await watch.look();
  expect(watch.refusal).toBeUndefined();
});

test('a node that answers before it syncs is named', async () => {
  const watch = watchOf([{}, { commitlogSync: 'periodic' }]);
  await watch.look();
  expect(watch.refusal).toContain('10.0.0.2:9042 (periodic)');
});

test('a node that is down, and one that does not tell, are warned of', async () => {
  const watch = watchOf([{ isDown: true }, { commitlogSync: new Error('no such table') }]);
  await watch.look();
  expect(watch.refusal).toBeUndefined();
  expect(watch.warnings).toEqual([
    'The Cassandra node 10.0.0.1:9042 does not answer.',
    expect.stringContaining('10.0.0.2:9042 does not tell'),
  ]);
});

test('a clock that is set takes no readings until it has been compared again', async () => {
  const watch = watchOf([{ aheadMs: 0 }]);
  expect(watch.refusal).toContain('has not been compared');
  await watch.look();
  expect(watch.refusal).toBeUndefined();
  const real = Date.now;
  onTestFinished(() => {
    Date.now = real;
  });
  Date.now = () => real() - 5_000;
  expect(watch.refusal).toContain('has been set');
  // The node's clock is this one here.
  await watch.look();
  expect(watch.refusal).toBeUndefined();
});

test('a process that is held up between two clocks has not had one set', async () => {
  const watch = watchOf([{}]);
  await watch.look();
  const real = Date.now;
  onTestFinished(() => {
    Date.now = real;
  });
  let heldUp = 0;
  Date.now = () => {
    const nowMs = real();
    const until = performance.now() + 150;
    if (heldUp++ === 0) while (performance.now() < until);
    return nowMs;
  };
  expect(watch.refusal).toBeUndefined();
  // Looked at once more, or more often on a busy machine.
  expect(heldUp).toBeGreaterThan(1);
});

test.each([
  [1, undefined],
  [2, 'Of 3 Cassandra nodes 1 answer, and it takes 2.'],
])('with %d of three nodes down: %s', async (down, outage) => {
  const nodes = [0, 1, 2].map((at) => ({ isDown: at < down }));
  const watch = watchOf(nodes, '3');
  await watch.look();
  expect(watch.outage).toBe(outage);
});

test('a clock that no node was there to be compared with is not trusted again', async () => {
  const node = { isDown: false };
  const watch = watchOf([node]);
  await watch.look();
  expect(watch.refusal).toBeUndefined();
  node.isDown = true;
  const nowMs = Date.now;
  onTestFinished(() => {
    Date.now = nowMs;
  });
  Date.now = () => nowMs() + 3_600_000;
  await watch.look();
  expect(watch.refusal).toMatch(/has been set/);
});

test('who sends readings is not told which node answers before it syncs', async () => {
  const watch = watchOf([{ commitlogSync: 'periodic' }]);
  await watch.look();
  expect(watch.refusal).toContain('10.0.0.1:9042');
  expect(() => watch.check()).toThrow(/^A node of the Cassandra cluster answers before/);
});

test('a node that is up and has told nothing yet is something to look at', async () => {
  const watch = watchOf([{ isDown: false }]);
  expect(watch.warnings).toEqual([expect.stringContaining('10.0.0.1:9042 does not tell')]);
});

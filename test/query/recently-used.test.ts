import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { RecentlyUsed } from '../../src/query/recently-used.ts';

const MINUTE_MS = 60_000;

/** What a process has that is started with --expose-gc. */
const collectGarbage: () => void = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
})();

interface Entry {
  readonly weight: number;
}

let nowMs = 0;
beforeEach(() => {
  nowMs = 1_000_000;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Garbage is collected; without a turn of its own a job keeps what its weak references were made of. */
const collected = async (): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
};

/** An entry that the cache alone keeps. */
const putIn = (cache: RecentlyUsed<Entry>, key: string): WeakRef<Entry> => {
  const entry = { weight: 1 };
  cache.set(key, entry);
  return new WeakRef(entry);
};

const opened = () => new RecentlyUsed<Entry>(100, ({ weight }) => weight);

it('gives up what was least recently used when it is too heavy', () => {
  const cache = opened();
  for (const key of ['a', 'b', 'c', 'd']) cache.set(key, { weight: 25 });
  cache.get('a');
  cache.set('e', { weight: 25 });
  expect(['a', 'b', 'c', 'd', 'e'].filter((key) => cache.has(key))).toEqual(['a', 'c', 'd', 'e']);
});

it('gives up what nobody has asked for in ten minutes', () => {
  const cache = opened();
  cache.set('asked', { weight: 1 });
  cache.set('forgotten', { weight: 1 });
  nowMs += 9 * MINUTE_MS;
  expect(cache.get('asked')).toEqual({ weight: 1 });
  nowMs += 2 * MINUTE_MS;
  expect(cache.get('asked')).toEqual({ weight: 1 });
  expect(cache.get('forgotten')).toBeUndefined();
});

it('lets go of it when others come, without being asked for it', async () => {
  const cache = opened();
  const held = putIn(cache, 'old');
  nowMs += 11 * MINUTE_MS;
  cache.set('new', { weight: 1 });
  await collected();
  expect(held.deref()).toBeUndefined();
});

it('forgets those whose key begins as told', () => {
  const cache = opened();
  for (const key of ['ann 1', 'ann 2', 'anna 1']) cache.set(key, { weight: 1 });
  cache.forget('ann ');
  expect(['ann 1', 'ann 2', 'anna 1'].filter((key) => cache.has(key))).toEqual(['anna 1']);
});

it('forgets those that are stale already as well', async () => {
  const cache = opened();
  const held = putIn(cache, 'ann 1');
  nowMs += 11 * MINUTE_MS;
  cache.forget('ann ');
  await collected();
  expect(held.deref()).toBeUndefined();
});

import { expect, it } from 'vitest';
import { SeriesCache } from '../../src/query/series-cache.ts';
import type { SeriesPiece } from '../../src/query/series-piece.ts';
import type { Sequence } from '../../src/readings/reading.ts';

const dayOf = (rows: number) => {
  const piece: SeriesPiece = {
    bucketsMicros: new Float64Array(rows),
    means: new Float64Array(rows),
    minima: new Float64Array(rows),
    maxima: new Float64Array(rows),
    counts: new Uint32Array(rows),
    devices: new Uint32Array(rows),
    deviceIds: [],
  };
  const version = { sequence: 1 as Sequence, removals: 0, parts: [], lengths: new Map() };
  return { pieces: [piece], version };
};

/** Keeps a day for a query of its own. */
const keep = (cache: SeriesCache, key: string, rows: number) =>
  cache.share().keep(key, dayOf(rows));

const known = (cache: SeriesCache, keys: readonly string[]) =>
  keys.filter((key) => cache.get(key) !== undefined);

/** Room for sixteen days of 100 rows, each counted with ten more than it has. */
const ROOM = 1_600;
const SIXTEEN = Array.from({ length: 16 }, (_, day) => `day ${day}`);

it('gives up what was least recently used when there are too many rows', () => {
  const cache = new SeriesCache(ROOM);
  for (const key of SIXTEEN) keep(cache, key, 90);
  cache.get('day 0');
  keep(cache, 'another', 90);
  expect(known(cache, [...SIXTEEN, 'another'])).toEqual(['day 0', ...SIXTEEN.slice(2), 'another']);
});

it('keeps of one query a sixteenth of all, so that a long range leaves the days of others', () => {
  const cache = new SeriesCache(ROOM);
  for (const key of SIXTEEN) keep(cache, key, 90);
  const share = cache.share();
  for (let day = 0; day < 365; day++) share.keep(`long ${day}`, dayOf(40));
  expect(known(cache, SIXTEEN)).toEqual(SIXTEEN.slice(1));
  expect(known(cache, ['long 0', 'long 1', 'long 2', 'long 364'])).toEqual(['long 0', 'long 1']);
});

it('counts an pieces that takes the place of another once, and against no share', () => {
  const cache = new SeriesCache(ROOM);
  keep(cache, 'a', 90);
  const share = cache.share();
  for (let times = 0; times < 100; times++) share.keep('a', dayOf(80));
  share.keep('b', dayOf(90));
  expect(known(cache, ['a', 'b'])).toEqual(['a', 'b']);
  expect(cache.get('a')?.pieces[0]?.counts).toHaveLength(80);
});

it('bounds answers without rows', () => {
  const cache = new SeriesCache(ROOM);
  const keys = Array.from({ length: 1_000 }, (_, i) => `empty ${i}`);
  for (const key of keys) keep(cache, key, 0);
  expect(known(cache, keys)).toHaveLength(ROOM / 10);
});

it('counts the names in a version', () => {
  const cache = new SeriesCache(ROOM);
  const day = dayOf(10);
  const lengths = new Map(Array.from({ length: ROOM }, (_, chunk) => [`chunk ${chunk}`, 1]));
  keep(cache, 'usual', 10);
  cache.share().keep('crowded', { ...day, version: { ...day.version, lengths } });
  expect(known(cache, ['usual', 'crowded'])).toEqual(['usual']);
});

it('forgets those whose key begins as told', () => {
  const cache = new SeriesCache(ROOM);
  for (const key of ['"ann" 1', '"ann" 2', '"anna" 1']) keep(cache, key, 1);
  cache.forget('"ann" ');
  expect(known(cache, ['"ann" 1', '"ann" 2', '"anna" 1'])).toEqual(['"anna" 1']);
});

import { expect, it } from 'vitest';
import { createSeriesCache } from '../../src/query/series-cache.ts';
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
  return { answer: [piece], version: { sequence: 1 as Sequence, removals: 0, parts: [] } };
};

it('gives up what was least recently used when there are too many rows', () => {
  // Each of them counts as 100 rows.
  const cache = createSeriesCache(300);
  for (const key of ['a', 'b', 'c']) cache.set(key, dayOf(90));
  cache.get('a');
  cache.set('d', dayOf(90));
  expect(['a', 'b', 'c', 'd'].filter((key) => cache.has(key))).toEqual(['a', 'c', 'd']);
});

it('counts an answer that takes the place of another once', () => {
  const cache = createSeriesCache(200);
  cache.set('a', dayOf(90));
  for (let times = 0; times < 10; times++) cache.set('b', dayOf(90));
  expect(cache.has('a')).toBe(true);
});

it('does not keep what alone is too much, and bounds answers without rows', () => {
  const cache = createSeriesCache(100);
  cache.set('a', dayOf(91));
  expect(cache.has('a')).toBe(false);
  for (let i = 0; i < 100; i++) cache.set(`empty ${i}`, dayOf(0));
  expect(cache.size).toBe(10);
});

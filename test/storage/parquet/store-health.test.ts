import { expect, it } from 'vitest';
import { type StoreCondition, storeHealth } from '../../../src/storage/parquet/store-health.ts';
import { WELL } from '../../support/health.ts';

const healthOf = (condition: Partial<StoreCondition>) => {
  const { state: _, reasons: __, ...counts } = WELL;
  const nothing = { blocked: [], troubles: [], quarantined: 0, unplaced: [], strangers: [] };
  return storeHealth({ ...counts, ...nothing, ...condition });
};

it('is well with nothing to say', () => {
  expect(healthOf({ blocked: [undefined] })).toEqual(WELL);
});

it.each([
  ['readings that wait long', { oldestUnflushedMs: 601_000 }, 'have waited 10 minutes'],
  ['a day of many parts', { mostPartsOfDay: 65 }, 'a day has 65 Parquet files'],
  ['what failed', { troubles: ['compacting failed: no luck'] }, 'compacting failed: no luck'],
  ['damage', { quarantined: 2 }, 'quarantine/: 2 pieces'],
])('is degraded by %s', (_, condition, reason) => {
  expect(healthOf(condition)).toMatchObject({
    state: 'degraded',
    reasons: [expect.stringContaining(reason)],
  });
});

it.each([
  ['readings that wait for ten minutes', { oldestUnflushedMs: 600_000 }],
  ['a day of 64 parts', { mostPartsOfDay: 64 }],
])('is not degraded by %s', (_, condition) => {
  expect(healthOf(condition).state).toBe('ok');
});

it('is unavailable when no reading can be taken, whatever else there is', () => {
  expect(healthOf({ blocked: ['full', undefined], mostPartsOfDay: 65 })).toMatchObject({
    state: 'unavailable',
    reasons: ['full', 'a day has 65 Parquet files'],
  });
});

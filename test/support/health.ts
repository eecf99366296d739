import type { StoreHealth } from '../../src/storage/reading-store.ts';

/** What a store says that is well and has nothing in it. */
export const WELL: StoreHealth = {
  state: 'ok',
  reasons: [],
  unflushedReadings: 0,
  segments: 0,
  parts: 0,
  oldestUnflushedMs: 0,
  mostPartsOfDay: 0,
  mergeDebtBytes: 0,
  currentStepMs: 0,
};

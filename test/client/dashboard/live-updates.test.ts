import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { LiveUpdates } from '../../../client/dashboard/src/live/live-updates.ts';
import type { Point } from '../../../client/dashboard/src/series/points.ts';
import type { Span } from '../../../client/dashboard/src/view/range.ts';

const MINUTE_MS = 60_000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A page of one hour whose requests for buckets fail as long as `isDown`. */
const openUpdates = () => {
  const state = { isDown: false, asked: [] as Span[], errors: 0, loading: new AbortController() };
  const updates = new LiveUpdates({
    shown: () => ({
      user: 'ana',
      span: { startMs: 0, endMs: 60 * MINUTE_MS },
      interval: '1m',
      points: [],
      signal: state.loading.signal,
    }),
    loaded: async () => {},
    showPoints: () => {},
    loadPoints: async (_user, span): Promise<Point[]> => {
      state.asked.push(span);
      if (state.isDown) throw new Error('It is down');
      return [];
    },
    loadDetails: async () => {},
    showError: () => {
      state.errors++;
    },
  });
  return { state, updates };
};

const minutes = (from: number, to: number): Span => ({
  startMs: from * MINUTE_MS,
  endMs: to * MINUTE_MS,
});

test('only the buckets that readings came for are asked for', async () => {
  const { state, updates } = openUpdates();
  updates.add(5.5 * MINUTE_MS);
  await vi.advanceTimersByTimeAsync(1_000);
  updates.add(9 * MINUTE_MS);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(state.asked).toEqual([minutes(5, 6), minutes(9, 10)]);
});

test('buckets that could not be had are asked for with those of the next reading', async () => {
  const { state, updates } = openUpdates();
  state.isDown = true;
  updates.add(5.5 * MINUTE_MS);
  await vi.advanceTimersByTimeAsync(1_000);
  updates.add(9 * MINUTE_MS);
  await vi.advanceTimersByTimeAsync(1_000);
  state.isDown = false;
  updates.add(7 * MINUTE_MS);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(state.asked).toEqual([minutes(5, 6), minutes(5, 10), minutes(5, 10)]);
  expect(state.errors).toBe(2);
  updates.add(20 * MINUTE_MS);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(state.asked.at(-1)).toEqual(minutes(20, 21));
});

test('what was given up for another view is not asked for in it', async () => {
  const { state, updates } = openUpdates();
  state.isDown = true;
  updates.add(5 * MINUTE_MS);
  state.loading.abort();
  await vi.advanceTimersByTimeAsync(1_000);
  state.loading = new AbortController();
  updates.add(9 * MINUTE_MS);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(state.asked).toEqual([minutes(5, 6), minutes(9, 10)]);
  expect(state.errors).toBe(1);
});

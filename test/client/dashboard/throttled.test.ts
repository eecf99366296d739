import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Throttled } from '../../../client/dashboard/src/live/throttled.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('work is done at once, and once more for all who ask meanwhile', async () => {
  const work = vi.fn(async () => {});
  const throttled = new Throttled(work, 1_000);
  throttled.ask();
  expect(work).toHaveBeenCalledTimes(1);
  throttled.ask();
  throttled.ask();
  await vi.advanceTimersByTimeAsync(999);
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(work).toHaveBeenCalledTimes(2);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(work).toHaveBeenCalledTimes(2);
});

test('slow work is not begun again before it has ended', async () => {
  let running = 0;
  let most = 0;
  const throttled = new Throttled(async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    running--;
  }, 1_000);
  throttled.ask();
  await vi.advanceTimersByTimeAsync(1_500);
  throttled.ask();
  await vi.advanceTimersByTimeAsync(500);
  expect(most).toBe(1);
  await vi.advanceTimersByTimeAsync(600);
  expect([running, most]).toEqual([1, 1]);
});

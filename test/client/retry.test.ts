import { expect, test } from 'vitest';
import { backoffMs } from '../../client/retry.ts';

const POLICY = { attempts: 9, baseDelayMs: 100, maxDelayMs: 1000 };

test('waits double and stop growing at the longest', () => {
  const longest = [1, 2, 3, 4, 5, 6].map((failures) => backoffMs(failures, POLICY, () => 1));
  expect(longest).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('half of a wait is left to chance', () => {
  expect(backoffMs(3, POLICY, () => 0)).toBe(200);
  expect(backoffMs(3, POLICY, () => 0.5)).toBe(300);
});

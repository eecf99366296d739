import { expect, test } from 'vitest';
import { retryPolicyOf, timeoutMsOf } from '../../../client/src/options.ts';

test('half a minute for an attempt, five of them, and waits from a fifth of a second', () => {
  expect(timeoutMsOf()).toBe(30_000);
  expect(retryPolicyOf()).toEqual({ attempts: 5, baseDelayMs: 200, maxDelayMs: 30_000 });
});

test('what is given takes the place of the default, and no more', () => {
  expect(timeoutMsOf(1)).toBe(1);
  expect(timeoutMsOf(2_147_483_647)).toBe(2_147_483_647);
  expect(retryPolicyOf({ attempts: 1 })).toEqual({ ...retryPolicyOf(), attempts: 1 });
  expect(retryPolicyOf({ baseDelayMs: 0 })).toEqual({ ...retryPolicyOf(), baseDelayMs: 0 });
  expect(retryPolicyOf({ maxDelayMs: 0 })).toEqual({ ...retryPolicyOf(), maxDelayMs: 0 });
});

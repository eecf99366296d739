import { expect, onTestFinished, test, vi } from 'vitest';
import { backoffMs, requestWithRetries } from '../../../client/src/retry.ts';

const POLICY = { attempts: 9, baseDelayMs: 100, maxDelayMs: 1000 };

test('waits double and stop growing at the longest', () => {
  const longest = [1, 2, 3, 4, 5, 6].map((failures) => backoffMs(failures, POLICY, () => 1));
  expect(longest).toEqual([100, 200, 400, 800, 1000, 1000]);
});

test('half of a wait is left to chance', () => {
  expect(backoffMs(3, POLICY, () => 0)).toBe(200);
  expect(backoffMs(3, POLICY, () => 0.5)).toBe(300);
});

/** Asks a server that says "not now" without end; resolves with when it was asked, in ms. */
const askedAtMs = async (headers: Record<string, string>, retry = POLICY): Promise<number[]> => {
  vi.useFakeTimers();
  const chance = vi.spyOn(Math, 'random').mockReturnValue(0.5);
  onTestFinished(() => {
    chance.mockRestore();
    vi.useRealTimers();
  });
  const startMs = Date.now();
  const atMs: number[] = [];
  const answer = requestWithRetries(
    async () => {
      atMs.push(Date.now() - startMs);
      return { response: new Response(null, { status: 503, headers }) };
    },
    { retry, timeoutMs: 30_000, deadlineMs: Number.POSITIVE_INFINITY, signal: undefined },
  );
  await vi.runAllTimersAsync();
  expect((await answer).response.status).toBe(503);
  return atMs;
};

test('the waits between attempts grow, and end with the attempts', async () => {
  expect(await askedAtMs({}, { ...POLICY, attempts: 4 })).toEqual([0, 75, 225, 525]);
});

test('the wait comes on top of what Retry-After says, so that not all come at once', async () => {
  const retry = { attempts: 3, baseDelayMs: 1000, maxDelayMs: 10_000 };
  expect(await askedAtMs({ 'retry-after': '2' }, retry)).toEqual([0, 2750, 6250]);
});

test('as long as the longest wait may be asked for, and no longer', async () => {
  const retry = { attempts: 2, baseDelayMs: 100, maxDelayMs: 2000 };
  expect(await askedAtMs({ 'retry-after': '2' }, retry)).toHaveLength(2);
  expect(await askedAtMs({ 'retry-after': '3' }, retry)).toHaveLength(1);
});

import { getEventListeners } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { wait, withTimeout } from '../../../client/src/timing.ts';

test('nothing stays attached to a long-lived signal', async () => {
  const { signal } = new AbortController();
  await wait(1, signal);
  await withTimeout(1000, signal, async () => 'done');
  await expect(withTimeout(1, signal, (inner) => wait(1000, inner))).rejects.toThrow('1 ms');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('no timer is left behind, however it ends', async () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const controller = new AbortController();
  const outcomes = Promise.allSettled([
    wait(60_000, controller.signal),
    withTimeout(60_000, controller.signal, (signal) => wait(60_000, signal)),
    withTimeout(60_000, undefined, async () => 'done'),
    withTimeout(60_000, undefined, () => Promise.reject(new Error('failed'))),
  ]);
  controller.abort();
  expect((await outcomes).map(({ status }) => status)).toEqual([
    'rejected',
    'rejected',
    'fulfilled',
    'rejected',
  ]);
  expect(vi.getTimerCount()).toBe(0);
});

test('an aborted signal ends a wait before it begins', async () => {
  const reason = new Error('enough');
  await expect(wait(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
});

test('an aborted signal keeps the task from starting', async () => {
  const reason = new Error('enough');
  let started = false;
  const task = async (): Promise<void> => {
    started = true;
  };
  await expect(withTimeout(1000, AbortSignal.abort(reason), task)).rejects.toBe(reason);
  expect(started).toBe(false);
});

test('the reason wins over what the task makes of it', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');
  const task = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('a reason of its own')));
    });
  const outcome = withTimeout(60_000, controller.signal, task);
  controller.abort(reason);
  await expect(outcome).rejects.toBe(reason);
});

test('a failure that is no abort passes through', async () => {
  const failure = new TypeError('fetch failed');
  await expect(withTimeout(1000, undefined, () => Promise.reject(failure))).rejects.toBe(failure);
});

import { expect, it, onTestFinished, vi } from 'vitest';
import { Retries } from '../../../../src/storage/parquet/maintenance/retries.ts';

it('forgets those that may be tried again and were not, and no others', () => {
  let nowMs = 1000;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  onTestFinished(() => clock.mockRestore());
  const retries = new Retries(100);
  retries.failed('early', new Error('first'));
  nowMs = 1050;
  retries.failed('late', new Error('second'));
  expect(retries.soonestMs).toBe(50);
  nowMs = 1100;
  expect([retries.isWaiting('early'), retries.isWaiting('late')]).toEqual([false, true]);
  expect(retries.soonestMs).toBe(0);
  retries.forgetDueAt(1099);
  expect(retries.has('early')).toBe(true);
  retries.forgetDueAt(1100);
  expect([retries.has('early'), retries.has('late'), retries.size]).toEqual([false, true, 1]);
  expect(retries.lastError).toEqual(new Error('second'));
  nowMs = 1150;
  retries.forgetDueAt(1150);
  expect([retries.size, retries.lastError, retries.soonestMs]).toEqual([0, undefined, undefined]);
});

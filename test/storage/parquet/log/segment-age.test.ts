import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SegmentAge } from '../../../../src/storage/parquet/log/segment-age.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const segmentAge = () => {
  const onDue = vi.fn();
  return { onDue, age: new SegmentAge({ quietMs: 5_000, maxMs: 60_000, onDue }) };
};

it('a segment is due when nothing was recorded in it for a while', () => {
  const { age, onDue } = segmentAge();
  vi.advanceTimersByTime(100_000);
  age.recorded();
  vi.advanceTimersByTime(4_000);
  age.recorded();
  vi.advanceTimersByTime(4_999);
  expect(onDue).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(onDue).toHaveBeenCalledTimes(1);
});

it('a busy one is due when it is old', () => {
  const { age, onDue } = segmentAge();
  for (let second = 0; second < 60; second++) {
    age.recorded();
    expect(onDue).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
  }
  expect(onDue).toHaveBeenCalledTimes(1);
});

it('one that was closed is not due any more, and the next is as old as its first record', () => {
  const { age, onDue } = segmentAge();
  age.recorded();
  expect(age.sinceMs).toBe(performance.now());
  vi.advanceTimersByTime(3_000);
  age.closed();
  expect(age.sinceMs).toBeUndefined();
  vi.advanceTimersByTime(100_000);
  expect(onDue).not.toHaveBeenCalled();
  age.recorded();
  vi.advanceTimersByTime(5_000);
  expect(onDue).toHaveBeenCalledTimes(1);
});

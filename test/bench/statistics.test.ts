import { describe, expect, it } from 'vitest';
import { median, percentile, slope } from './statistics.ts';

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, at) => 100 - at);

  it('orders numbers by value', () => {
    expect(percentile([10, 9, 100], 0)).toBe(9);
    expect(percentile([10, 9, 100], 1)).toBe(100);
  });

  it('takes the value that the share lies below', () => {
    expect(percentile(hundred, 0.5)).toBe(51);
    expect(percentile(hundred, 0.99)).toBe(100);
  });

  it('has nothing to say of nothing', () => {
    expect(percentile([], 0.5)).toBeNaN();
  });
});

describe('median', () => {
  it('is the middle one, or between the two', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2.5);
    expect(median([])).toBeNaN();
  });
});

describe('slope', () => {
  it('is what y grows by', () => {
    expect(slope([1, 2, 5].map((x) => ({ x, y: 3 * x + 7 })))).toBeCloseTo(3);
    expect(slope([{ x: 1, y: 1 }])).toBeNaN();
  });
});

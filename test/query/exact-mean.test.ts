import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exactMean } from '../../src/query/exact-mean.ts';
import { exactMean as meanInWholeNumbers } from './oracle.ts';

const meanOf = (rates: readonly number[]): number => {
  let [coarse, fine] = [0, 0];
  for (const rate of rates) {
    coarse += Math.fround(rate);
    fine += rate - Math.fround(rate);
  }
  return exactMean(coarse, fine, rates.length);
};

it.each([
  { rates: [123.4, 123.4, 123.4], mean: 123.4 },
  { rates: [80.1, 80.1, 80.1, 80.1, 80.1, 80.1], mean: 80.1 },
  { rates: [30, 220], mean: 125 },
  { rates: [70, 71, 71], mean: 212 / 3 },
  // Halfway between two doubles, of which the even one is taken.
  { rates: [128, 128 + 2 ** -45], mean: 128 },
  { rates: [128 + 2 ** -45, 128 + 2 ** -44], mean: 128 + 2 ** -44 },
])('the mean of $rates is $mean', ({ rates, mean }) => {
  expect(meanOf(rates)).toBe(mean);
});

const anyRate = fc.double({ min: 30, max: 220, noNaN: true });
const inTenths = fc.integer({ min: 300, max: 2200 }).map((tenths) => tenths / 10);
/** Neighbours among the doubles, where a unit in the last place is all that there is. */
const neighbours = anyRate.chain((rate) =>
  fc.array(
    fc.integer({ min: -2, max: 2 }).map((units) => rate * (1 + units * 2 ** -52)),
    { minLength: 1, maxLength: 9 },
  ),
);
const rates = fc.oneof(
  fc.array(anyRate, { minLength: 1, maxLength: 300, size: 'max' }),
  fc.array(inTenths, { minLength: 1, maxLength: 60, size: 'max' }),
  fc.tuple(inTenths, fc.integer({ min: 1, max: 5000 })).map(([rate, n]) => Array(n).fill(rate)),
  neighbours,
);

it('the mean is the double nearest to the quotient, and within the readings', () => {
  const property = fc.property(rates, (some: number[]) => {
    const mean = meanOf(some);
    expect(mean).toBe(meanInWholeNumbers(some));
    expect(mean).toBeGreaterThanOrEqual(Math.min(...some));
    expect(mean).toBeLessThanOrEqual(Math.max(...some));
  });
  fc.assert(property, { numRuns: 3000 });
});

it('is exact for as many readings as it says', () => {
  const count = 2 ** 22;
  const rate = 123.4;
  const coarse = Math.fround(rate) * count;
  expect(exactMean(coarse, (rate - Math.fround(rate)) * count, count)).toBe(rate);
});

/**
 * The mean of a bucket, correctly rounded: the double nearest to the exact quotient (ties to even),
 * and therefore never outside the smallest and the largest of the readings.
 *
 * `coarse` is the exact sum of the readings rounded to single precision, each a multiple of 2^-19;
 * `fine` that of what the rounding took away, each a multiple of 2^-48. Rates lie in [16, 256).
 * Exact for up to 2^22 readings.
 */
export const exactMean = (coarse: number, fine: number, count: number): number => {
  // Two roundings, so it may be off by some units in the last place.
  const near = (coarse + fine) / count;
  // What remains after the division, without any rounding: both parts of `near` are short enough
  // that their products with the count are exact, and so is each difference.
  const nearCoarse = Math.fround(near);
  const nearFine = near - nearCoarse;
  const rest = coarse - nearCoarse * count + (fine - nearFine * count);
  // The correction is far more precise than the distance from any midpoint of two doubles, which is
  // at least 2^-49 divided by the count; where the quotient is a midpoint the correction is exact.
  return near + rest / count;
};

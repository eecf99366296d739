/** The place of the first value that is as large, from `from` on, of values that ascend. */
export const firstAtLeast = (values: ArrayLike<number>, wanted: number, from = 0): number => {
  let [low, high] = [from, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] as number) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
};

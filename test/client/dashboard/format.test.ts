import { expect, test } from 'vitest';
import { formatBpm, formatMean } from '../../../client/dashboard/src/page/format.ts';

test('no mean seems to lie outside of what it is the mean of', () => {
  expect(formatBpm(75.7)).toBe(formatMean(75.7));
});

import { expect, test } from 'vitest';
import {
  formatBpm,
  formatDuration,
  formatMean,
} from '../../../client/dashboard/src/page/format.ts';

test('no mean seems to lie outside of what it is the mean of', () => {
  expect(formatBpm(75.7)).toBe(formatMean(75.7));
});

test.each([
  [3 * 3_600_000 + 3.6 * 60_000, '3 h 3 min'],
  [59.9 * 60_000, '59 min'],
  [60 * 60_000, '1 h'],
  [1439.9 * 60_000, '23 h 59 min'],
  [25 * 3_600_000, '1 d 1 h'],
])('a duration of %d ms is never said to be longer: %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words);
});

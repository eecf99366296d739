import { expect, test } from 'vitest';
import { parseRetryAfter } from '../../../client/src/retry-after.ts';

const NOW_MS = Date.parse('2024-01-15T10:00:00Z');

test.each([
  ['seconds', '2', 2000],
  ['more seconds', '120', 120_000],
  ['no wait', '0', 0],
  ['blanks around it', ' 7 ', 7000],
  ['an HTTP date to come', 'Mon, 15 Jan 2024 10:00:30 GMT', 30_000],
  ['the obsolete RFC 850 date', 'Monday, 15-Jan-24 10:00:30 GMT', 30_000],
  ['a date that has passed', 'Mon, 15 Jan 2024 09:59:00 GMT', 0],
  ['nothing', '', undefined],
  ['no header', null, undefined],
  ['a negative number', '-1', undefined],
  ['a fraction', '1.5', undefined],
  ['a word', 'soon', undefined],
  ['a word before a date', 'at Mon, 15 Jan 2024 10:00:30 GMT', undefined],
  ['a date with half a day', 'Mo, 15 Jan 2024 10:00:30 GMT', undefined],
  ['a word like a day', 'Monday', undefined],
])('%s', (_, header, expected) => {
  expect(parseRetryAfter(header, NOW_MS)).toBe(expected);
});

import { expect, test } from 'vitest';
import { daysOf } from '../../../src/cli/generate-data/read-back.ts';

const period = (from: string, until: string) => ({
  fromMs: Date.parse(from),
  untilMs: Date.parse(until),
});

test('a period is cut at every midnight', () => {
  const days = daysOf(period('2024-02-28T17:00:00Z', '2024-03-01T17:00:00Z'));
  expect(days).toEqual([
    period('2024-02-28T17:00:00Z', '2024-02-29T00:00:00Z'),
    period('2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'),
    period('2024-03-01T00:00:00Z', '2024-03-01T17:00:00Z'),
  ]);
});

test('whole days stay whole', () => {
  const days = daysOf(period('2024-02-28T00:00:00Z', '2024-03-01T00:00:00Z'));
  expect(days).toEqual([
    period('2024-02-28T00:00:00Z', '2024-02-29T00:00:00Z'),
    period('2024-02-29T00:00:00Z', '2024-03-01T00:00:00Z'),
  ]);
});

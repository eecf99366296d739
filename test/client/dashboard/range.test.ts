import { expect, test } from 'vitest';
import {
  DAY_MS,
  dateAfter,
  dateOf,
  holds,
  isTooLong,
  overlapOf,
  panned,
  shownOf,
  spanOf,
  zoomed,
} from '../../../client/dashboard/src/view/range.ts';

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(text);
const SPAN = { startMs: at('2024-01-15T10:00Z'), endMs: at('2024-01-15T14:00Z') };

test('the latest hours end with the minute under way', () => {
  const range = { kind: 'last', hours: 24 } as const;
  expect(spanOf(range, at('2024-01-15T10:00:30.5Z'))).toEqual({
    startMs: at('2024-01-14T10:01Z'),
    endMs: at('2024-01-15T10:01Z'),
  });
  // A reading of this very instant is in it.
  expect(spanOf(range, at('2024-01-15T10:00Z')).endMs).toBe(at('2024-01-15T10:01Z'));
});

test('a day goes from midnight to midnight of this zone', () => {
  const { startMs, endMs } = spanOf({ kind: 'day', date: '2024-03-31' }, 0);
  expect([new Date(startMs).getHours(), new Date(endMs).getHours()]).toEqual([0, 0]);
  expect([dateOf(startMs), dateOf(endMs - 1), dateOf(endMs)]).toEqual([
    '2024-03-31',
    '2024-03-31',
    '2024-04-01',
  ]);
});

test('days follow each other over the ends of months and years', () => {
  expect(dateAfter('2024-02-28', 1)).toBe('2024-02-29');
  expect(dateAfter('2025-01-01', -1)).toBe('2024-12-31');
});

test('zooming keeps what is at the anchor where it is', () => {
  expect(zoomed(SPAN, 0.5)).toEqual({
    startMs: at('2024-01-15T11:00Z'),
    endMs: at('2024-01-15T13:00Z'),
  });
  expect(zoomed(SPAN, 2, SPAN.startMs)).toEqual({
    startMs: SPAN.startMs,
    endMs: SPAN.startMs + 8 * HOUR_MS,
  });
});

test('a span is never too short to see or too long to ask for', () => {
  const shortest = zoomed(SPAN, 1e-9);
  expect(shortest.endMs - shortest.startMs).toBe(10 * 60_000);
  const longest = zoomed(SPAN, 1e9);
  expect(longest.endMs - longest.startMs).toBe(400 * DAY_MS);
});

test('of a range that is too long the first 400 days are shown', () => {
  const { startMs } = SPAN;
  const most = { startMs, endMs: startMs + 400 * DAY_MS };
  const longer = { startMs, endMs: most.endMs + 1 };
  expect([most, longer].map(isTooLong)).toEqual([false, true]);
  expect(shownOf({ kind: 'between', span: longer })).toEqual({ kind: 'between', span: most });
});

test('no span leaves the years that readings may be of', () => {
  const first = { startMs: HOUR_MS, endMs: 5 * HOUR_MS };
  expect(panned(first, -1)).toEqual({ startMs: 0, endMs: 4 * HOUR_MS });
  const last = { startMs: at('2199-12-31T20:00Z'), endMs: at('2199-12-31T23:00Z') };
  expect(panned(last, 2).endMs).toBe(at('2200-01-01T00:00Z'));
  expect(spanOf({ kind: 'between', span: { startMs: -9e15, endMs: -8e15 } }, 0).startMs).toBe(0);
});

test('a span has its start and not its end, and spans that only touch have nothing in common', () => {
  const { startMs, endMs } = SPAN;
  expect([startMs - 1, startMs, endMs - 1, endMs].map((ms) => holds(SPAN, ms))).toEqual([
    false,
    true,
    true,
    false,
  ]);
  expect(overlapOf(SPAN, { startMs: endMs - 1, endMs: endMs + 1 })).toEqual({
    startMs: endMs - 1,
    endMs,
  });
  expect(overlapOf(SPAN, { startMs: endMs, endMs: endMs + 1 })).toBeUndefined();
});

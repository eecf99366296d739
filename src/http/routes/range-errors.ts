import type { TimeRange } from '../../readings/reading.ts';
import { duration, isEmptyRange } from '../../readings/time-range.ts';
import { MICROS_PER_DAY } from '../../readings/timestamp.ts';
import type { ProblemError } from '../responses/problem.ts';

/** The error of a range that is empty, or longer than an operation takes. */
export const rangeErrors = (range: TimeRange, maxDays: number): ProblemError[] => {
  if (duration(range) <= maxDays * MICROS_PER_DAY) return emptyRangeErrors(range);
  return [{ pointer: '/query/end', detail: `must be at most ${maxDays} days after start` }];
};

/** The error of a range that is empty. */
export const emptyRangeErrors = (range: TimeRange): ProblemError[] =>
  isEmptyRange(range) ? [{ pointer: '/query/end', detail: 'must be after start' }] : [];

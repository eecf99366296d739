import type { TimeRange } from '../../readings/reading.ts';
import { isEmptyRange } from '../../readings/time-range.ts';
import type { ProblemError } from '../responses/problem.ts';

/** The error of a range that is empty. */
export const emptyRangeErrors = (range: TimeRange): ProblemError[] =>
  isEmptyRange(range) ? [{ pointer: '/query/end', detail: 'must be after start' }] : [];

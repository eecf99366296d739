import type { TimeRange } from '../../readings/reading.ts';
import { isEmptyRange } from '../../readings/time-range.ts';
import type { ProblemError } from '../responses/problem.ts';

/** What is wrong with the range of a query that holds no instant. */
export const emptyRangeErrors = (range: TimeRange): ProblemError[] =>
  isEmptyRange(range) ? [{ pointer: '/query/end', detail: 'must be after start' }] : [];

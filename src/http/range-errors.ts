import type { TimeRange } from '../readings/reading.ts';
import type { ProblemError } from './problem.ts';

/** What is wrong with the range of a query that holds no instant. */
export const emptyRangeErrors = ({ startMicros, endMicros }: TimeRange): ProblemError[] =>
  endMicros > startMicros ? [] : [{ pointer: '/query/end', detail: 'must be after start' }];

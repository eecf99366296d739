import type pl from 'nodejs-polars';
import type { TimeRange } from '../../src/readings/reading.ts';
import type { DayScan } from '../../src/storage/reading-store.ts';
import { frameOf } from '../../src/storage/rows/frame-of-source.ts';

/** The rows of a scan's day, or those of them in a range. */
export const collected = async (
  scan: Pick<DayScan, 'source'>,
  range?: TimeRange,
): Promise<pl.DataFrame> => {
  return frameOf(scan.source(range)).collect();
};

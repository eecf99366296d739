import pl from 'nodejs-polars';
import { frameOf } from '../../rows/frame-of-source.ts';
import type { CountJob } from './jobs.ts';
import { countRows } from './part-slices.ts';

const SERIES_IDENTITY = [pl.col('device_id'), pl.col('timestamp')];

/** How many readings the rows of one user are, those of the same identity taken for one. */
export const countReadings = async ({ sources }: CountJob): Promise<number> => {
  const frames = sources.map(frameOf);
  if (frames.length === 0) return 0;
  return countRows(
    pl
      .concat(frames)
      .select(...SERIES_IDENTITY)
      .unique(),
  );
};

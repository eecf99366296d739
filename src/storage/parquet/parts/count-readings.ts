import pl from 'nodejs-polars';
import { frameOf } from '../../rows/frame-of-source.ts';
import type { CountJob } from './jobs.ts';
import { countRows } from './part-slices.ts';

const SERIES_IDENTITY = [pl.col('device_id'), pl.col('timestamp')];

/** How many readings the rows of one user are, those of the same identity taken for one. */
export const countReadings = async ({ sources }: CountJob): Promise<number> => {
  const identities = sources.map((source) => frameOf(source).select(...SERIES_IDENTITY));
  return identities.length === 0 ? 0 : countRows(pl.concat(identities).unique());
};

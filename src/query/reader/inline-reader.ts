import { frameOf } from '../../storage/rows/source-frame.ts';
import { UserRowsCache } from '../../storage/rows/user-rows-cache.ts';
import { seriesPiece } from '../series-piece.ts';
import { SeriesPlan } from '../series-plan.ts';
import type { DayReader } from './day-reader.ts';

/** Reads in the thread it is called from; `listed` are the devices, best first. */
export const inlineReader = (listed: readonly string[]): DayReader => {
  const plan = new SeriesPlan(listed);
  const userRows = new UserRowsCache();
  return {
    async read({ source, distinct, contest, interval }) {
      const frame = await frameOf(source, userRows);
      const buckets = await plan.of(frame, distinct, contest, interval).collect();
      return seriesPiece(buckets, listed);
    },
    async forget(userId) {
      userRows.forget(userId);
    },
    async close() {},
  };
};

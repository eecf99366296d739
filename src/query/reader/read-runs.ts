import { frameOf } from '../../storage/rows/frame-of-source.ts';
import { seriesPiece } from '../series-piece.ts';
import { SeriesPlan } from '../series-plan.ts';
import type { RunReader } from './run-reader.ts';

/** Reads in the thread it is called from; `listed` are the devices, best first. */
export const runReader = (listed: readonly string[]): RunReader => {
  const plan = new SeriesPlan(listed);
  return {
    async read({ source, distinct, contest, interval }) {
      const buckets = await plan.of(frameOf(source), distinct, contest, interval).collect();
      return seriesPiece(buckets, listed);
    },
    async close() {},
  };
};

import { excerptFrame } from '../../storage/rows/frame-of-excerpt.ts';
import { hasUnlisted, seriesPiece } from '../series-piece.ts';
import { SeriesPlan } from '../series-plan.ts';
import type { RunReader } from './run-reader.ts';

/** Reads in the thread it is called from; `listed` are the devices, best first. */
export const runReader = (listed: readonly string[]): RunReader => {
  const plan = new SeriesPlan(listed);
  // A guess, by what was read last, for speed alone: a wrong one takes a second plan, or a longer one.
  let expectsUnlisted = false;
  return {
    async read({ source, ...rules }) {
      if (!expectsUnlisted) {
        const buckets = await plan.of(await excerptFrame(source), rules, 'nameless').collect();
        if (!hasUnlisted(buckets, listed)) return seriesPiece(buckets, listed);
      }
      const buckets = await plan.of(await excerptFrame(source), rules, 'named').collect();
      expectsUnlisted = hasUnlisted(buckets, listed);
      return seriesPiece(buckets, listed);
    },
    async close() {},
  };
};

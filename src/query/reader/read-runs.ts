import pl from 'nodejs-polars';
import { releaseFrames } from '../../storage/native-memory.ts';
import { excerptFrame } from '../../storage/rows/frame-of-excerpt.ts';
import { frameOf } from '../../storage/rows/frame-of-source.ts';
import type { DeviceOrder } from '../device-order.ts';
import { devicesIn, devicesPlan } from '../devices-plan.ts';
import { deviceCellsIn, ExplainPlan } from '../explain-plan.ts';
import { readingsPiece, readingsPlan } from '../export/readings-piece.ts';
import { LatestPlan, latestIn } from '../latest-plan.ts';
import { hasUnlisted, seriesPiece } from '../series-piece.ts';
import { type Names, SeriesPlan } from '../series-plan.ts';
import type { RunJob, RunReader } from './run-reader.ts';

/**
 * Four hundred queries: to collect so often takes 1 % of their time. What they leave is in small
 * pieces all over the allocator's heap, which can give back none of the pages between them.
 */
const MAX_LEFT_BYTES = 16 * 2 ** 20;
/** What a query leaves behind, whatever it found, and for each bucket. */
const QUERY_BYTES = 40_000;
const BUCKET_BYTES = 60;
const ROW_BYTES = 60;

/** Notes what a query leaves behind. */
const leaves = (bytes: number): void => releaseFrames(bytes, MAX_LEFT_BYTES);

const LENGTH = pl.len().alias('length');

/** Reads in the thread it is called from. */
export const runReader = (order: DeviceOrder): RunReader => {
  const plan = new SeriesPlan(order);
  const explainPlan = new ExplainPlan(order);
  const latestPlan = new LatestPlan(order);
  const isAnyShared = order.ranks.includes(null);
  // A guess, by what was read last, for speed alone: a wrong one takes a second plan, or a longer one.
  let expectsUnlisted = isAnyShared;
  const collected = async ({ source, ...rules }: RunJob, names: Names): Promise<pl.DataFrame> => {
    const buckets = await plan.of(await excerptFrame(source), rules, names).collect();
    leaves(QUERY_BYTES + buckets.height * BUCKET_BYTES);
    return buckets;
  };
  return {
    async read(job) {
      if (!expectsUnlisted) {
        const buckets = await collected(job, 'nameless');
        if (!hasUnlisted(buckets, order)) return seriesPiece(buckets, order, job.withSums);
      }
      const buckets = await collected(job, 'named');
      expectsUnlisted = isAnyShared || hasUnlisted(buckets, order);
      return seriesPiece(buckets, order, job.withSums);
    },
    async explain({ source, interval }) {
      const rows = await explainPlan.of(frameOf(source), interval).collect();
      leaves(QUERY_BYTES + rows.height * BUCKET_BYTES);
      return deviceCellsIn(rows);
    },
    async latest(source) {
      const rows = await latestPlan.of(frameOf(source)).collect();
      leaves(QUERY_BYTES);
      return latestIn(rows);
    },
    async devices({ source, deviceIds }) {
      const devices = devicesIn(await devicesPlan(frameOf(source), deviceIds).collect());
      leaves(QUERY_BYTES);
      return devices;
    },
    async count(source) {
      const [row] = (await frameOf(source).select(LENGTH).collect()).toRecords();
      leaves(QUERY_BYTES);
      return Number(row?.length);
    },
    async readings({ source, distinct }) {
      const rows = await readingsPlan(frameOf(source), distinct).collect();
      leaves(QUERY_BYTES + rows.height * ROW_BYTES);
      return readingsPiece(rows);
    },
    async close() {},
  };
};

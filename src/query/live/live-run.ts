import { type AcceptedErasure, isErasedBy } from '../../readings/erasure.ts';
import type { EpochMicros, Sequence } from '../../readings/reading.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';

/** Accepted readings of one device of one user. Never changed; all columns have the same length. */
export interface LiveRun {
  readonly userId: string;
  readonly deviceId: string;
  readonly timestampsMicros: readonly EpochMicros[];
  readonly heartRates: readonly number[];
  /** Where each stands among all that was accepted: ascending, and no two readings share one. */
  readonly positions: readonly number[];
}

/** What a run of one reading takes in memory, about, and each further reading of it. */
const RUN_BYTES = 400;
const READING_BYTES = 24;

/** About how much memory a run takes. */
export const weightOf = ({ positions }: LiveRun): number =>
  RUN_BYTES + READING_BYTES * positions.length;

export const lastPositionOf = ({ positions }: LiveRun): number => positions.at(-1) ?? 0;

/** The runs of a batch whose sequences begin at `sequence`. Their columns are the batch's own. */
export const liveRuns = (sequence: Sequence, batch: ReadingBatch): LiveRun[] => {
  let position: number = sequence;
  return batch.runs.map((run) => ({ ...run, positions: run.heartRates.map(() => position++) }));
};

const where = (run: LiveRun, isKept: (index: number) => boolean): LiveRun | undefined => {
  const kept = run.positions.flatMap((_, index) => (isKept(index) ? [index] : []));
  if (kept.length === run.positions.length) return run;
  if (kept.length === 0) return undefined;
  return {
    userId: run.userId,
    deviceId: run.deviceId,
    timestampsMicros: kept.map((index) => run.timestampsMicros[index] as EpochMicros),
    heartRates: kept.map((index) => run.heartRates[index] as number),
    positions: kept.map((index) => run.positions[index] as number),
  };
};

/** What of a run comes after a position; undefined when nothing does. */
export const runAfter = (run: LiveRun, position: number): LiveRun | undefined =>
  where(run, (index) => (run.positions[index] as number) > position);

/** What an erasure leaves of a run; undefined when nothing remains. */
export const runWithout = (run: LiveRun, erasure: AcceptedErasure): LiveRun | undefined => {
  if (run.userId !== erasure.userId) return run;
  const { deviceId } = run;
  return where(run, (index) => {
    if ((run.positions[index] as number) > erasure.sequence) return true;
    const timestampMicros = run.timestampsMicros[index] as EpochMicros;
    return !isErasedBy(erasure, { deviceId, timestampMicros });
  });
};

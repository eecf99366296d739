import { type AcceptedErasure, type Erasure, isErasedBy } from '../../../readings/erasure.ts';
import type { EpochMicros, Sequence } from '../../../readings/reading.ts';
import type { SeriesRun } from '../../../readings/reading-batch.ts';

/** One device's readings of one user, in order of arrival; both columns have the same length. */
export interface RecentSeries {
  readonly timestampsMicros: EpochMicros[];
  readonly heartRates: number[];
}

/**
 * The readings of one log segment, in memory until they are in Parquet, found by user and device.
 * Of one series' readings with the same timestamp the later in the column is the truth.
 */
export class RecentReadings {
  /** Where the segment's sequences begin: no reading in it has a smaller one. */
  readonly firstSequence: Sequence;
  #lastSequence: Sequence;
  #size = 0;
  readonly #byUser = new Map<string, Map<string, RecentSeries>>();

  constructor(firstSequence: Sequence) {
    this.firstSequence = firstSequence;
    this.#lastSequence = firstSequence;
  }

  /** How many readings it holds, superseded ones included. */
  get size(): number {
    return this.#size;
  }

  /** Where its sequences end; at least `firstSequence`, also when it is empty. */
  get lastSequence(): Sequence {
    return this.#lastSequence;
  }

  get byUser(): ReadonlyMap<string, ReadonlyMap<string, RecentSeries>> {
    return this.#byUser;
  }

  /** Removes the readings that an erasure covers. */
  forget(erasure: Erasure): void {
    const byDevice = this.#byUser.get(erasure.userId);
    if (byDevice === undefined) return;
    for (const [deviceId, series] of byDevice) {
      const kept = seriesWithout(erasure, deviceId, series);
      this.#size -= series.timestampsMicros.length - kept.timestampsMicros.length;
      if (kept.timestampsMicros.length > 0) byDevice.set(deviceId, kept);
      else byDevice.delete(deviceId);
    }
    if (byDevice.size === 0) this.#byUser.delete(erasure.userId);
  }

  /** Takes in an erasure: the readings so far that it covers are gone, and its sequence is taken. */
  erase(erasure: AcceptedErasure): void {
    this.forget(erasure);
    this.#lastSequence = Math.max(this.#lastSequence, erasure.sequence) as Sequence;
  }

  /** Takes in a batch whose `size` readings begin at `sequence`. Keeps no reference to it. */
  add(sequence: Sequence, size: number, runs: readonly SeriesRun[]): void {
    for (const run of runs) this.#addRun(run);
    this.#size += size;
    this.#lastSequence = Math.max(this.#lastSequence, sequence + size - 1) as Sequence;
  }

  #addRun(run: SeriesRun): void {
    let byDevice = this.#byUser.get(run.userId);
    if (byDevice === undefined) {
      byDevice = new Map();
      this.#byUser.set(run.userId, byDevice);
    }
    const series = byDevice.get(run.deviceId);
    if (series === undefined) {
      byDevice.set(run.deviceId, {
        timestampsMicros: run.timestampsMicros.slice(),
        heartRates: run.heartRates.slice(),
      });
      return;
    }
    for (const micros of run.timestampsMicros) series.timestampsMicros.push(micros);
    for (const rate of run.heartRates) series.heartRates.push(rate);
  }
}

/** Others may still be reading the columns as they were, so what remains gets new ones. */
const seriesWithout = (erasure: Erasure, deviceId: string, series: RecentSeries): RecentSeries => {
  const isKept = (timestampMicros: EpochMicros) =>
    !isErasedBy(erasure, { deviceId, timestampMicros });
  const { timestampsMicros, heartRates } = series;
  return {
    timestampsMicros: timestampsMicros.filter(isKept),
    heartRates: heartRates.filter((_, i) => isKept(timestampsMicros[i] as EpochMicros)),
  };
};

import type { EpochMicros, Reading } from './reading.ts';

/** Readings of one device of one user, in order of arrival; both columns have the same length. */
export interface SeriesRun {
  readonly userId: string;
  readonly deviceId: string;
  readonly timestampsMicros: EpochMicros[];
  readonly heartRates: number[];
}

/**
 * Readings that are accepted together, grouped by series. Order among the readings of one series
 * is kept; order between series carries no meaning, because an identity never crosses them.
 */
export class ReadingBatch {
  readonly runs: SeriesRun[] = [];
  #size = 0;
  /** Made for the second series: most batches are a single reading. */
  #byUser: Map<string, Map<string, SeriesRun>> | undefined;
  #last: SeriesRun | undefined;

  static of(...readings: readonly Reading[]): ReadingBatch {
    const batch = new ReadingBatch();
    for (const r of readings) batch.add(r.userId, r.deviceId, r.timestampMicros, r.heartRate);
    return batch;
  }

  /** How many readings it holds. */
  get size(): number {
    return this.#size;
  }

  add(userId: string, deviceId: string, timestampMicros: EpochMicros, heartRate: number): void {
    const last = this.#last;
    const run =
      last !== undefined && last.userId === userId && last.deviceId === deviceId
        ? last
        : this.#runOf(userId, deviceId);
    run.timestampsMicros.push(timestampMicros);
    run.heartRates.push(heartRate);
    this.#size++;
  }

  #runOf(userId: string, deviceId: string): SeriesRun {
    const known = this.#find(userId, deviceId);
    const run = known ?? { userId, deviceId, timestampsMicros: [], heartRates: [] };
    if (known === undefined) {
      this.runs.push(run);
      if (this.#byUser !== undefined) enter(this.#byUser, run);
    }
    this.#last = run;
    return run;
  }

  #find(userId: string, deviceId: string): SeriesRun | undefined {
    if (this.runs.length === 0) return undefined;
    if (this.#byUser === undefined) {
      this.#byUser = new Map();
      for (const run of this.runs) enter(this.#byUser, run);
    }
    return this.#byUser.get(userId)?.get(deviceId);
  }
}

const enter = (byUser: Map<string, Map<string, SeriesRun>>, run: SeriesRun): void => {
  const byDevice = byUser.get(run.userId);
  if (byDevice === undefined) byUser.set(run.userId, new Map([[run.deviceId, run]]));
  else byDevice.set(run.deviceId, run);
};

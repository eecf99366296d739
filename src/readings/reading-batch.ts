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
  #byUser = new Map<string, Map<string, SeriesRun>>();
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
    let byDevice = this.#byUser.get(userId);
    if (byDevice === undefined) {
      byDevice = new Map();
      this.#byUser.set(userId, byDevice);
    }
    let run = byDevice.get(deviceId);
    if (run === undefined) {
      run = { userId, deviceId, timestampsMicros: [], heartRates: [] };
      byDevice.set(deviceId, run);
      this.runs.push(run);
    }
    this.#last = run;
    return run;
  }
}

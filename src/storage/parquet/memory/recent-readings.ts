import { type AcceptedErasure, type Erasure, isErasedBy } from '../../../readings/erasure.ts';
import type { EpochMicros, Sequence } from '../../../readings/reading.ts';
import type { SeriesRun } from '../../../readings/reading-batch.ts';
import { SmallMap } from './small-map.ts';
import {
  addedCapacity,
  COLUMNS_BYTES,
  FURTHER_DEVICE_BYTES,
  seriesBytes,
  userBytes,
} from './weight.ts';

/** One device's readings of one user, in order of arrival; both columns have the same length. */
export interface RecentSeries {
  readonly timestampsMicros: EpochMicros[];
  readonly heartRates: number[];
}

/** A series, and for how many readings its columns have room. */
interface WeighedSeries extends RecentSeries {
  capacity: number;
}

/** A user's series by device. */
export type SeriesByDevice = Pick<
  ReadonlyMap<string, RecentSeries>,
  'get' | 'size' | typeof Symbol.iterator
>;

/**
 * The readings of one log segment, in memory until they are in Parquet, found by user and device.
 * Of one series' readings with the same timestamp the later in the column is the truth.
 */
export class RecentReadings {
  /** Where the segment's sequences begin: no reading in it has a smaller one. */
  readonly firstSequence: Sequence;
  #lastSequence: Sequence;
  #size = 0;
  #weightBytes = 0;
  readonly #byUser = new Map<string, SmallMap<WeighedSeries>>();

  constructor(firstSequence: Sequence) {
    this.firstSequence = firstSequence;
    this.#lastSequence = firstSequence;
  }

  /** How many readings it holds, superseded ones included. */
  get size(): number {
    return this.#size;
  }

  /** About how much memory it takes: a reading of a user of its own is fifteen times a further one. */
  get weightBytes(): number {
    return this.#weightBytes;
  }

  /** Where its sequences end; at least `firstSequence`, also when it is empty. */
  get lastSequence(): Sequence {
    return this.#lastSequence;
  }

  get byUser(): ReadonlyMap<string, SeriesByDevice> {
    return this.#byUser;
  }

  /** Removes the readings that an erasure covers. */
  forget(erasure: Erasure): void {
    const { userId } = erasure;
    const byDevice = this.#byUser.get(userId);
    if (byDevice === undefined) return;
    this.#weightBytes -= weightOf(userId, byDevice);
    const kept = new SmallMap<WeighedSeries>();
    for (const [deviceId, series] of byDevice) {
      const keptSeries = seriesWithout(erasure, deviceId, series);
      this.#size -= series.timestampsMicros.length - keptSeries.timestampsMicros.length;
      if (keptSeries.timestampsMicros.length > 0) kept.set(deviceId, keptSeries);
    }
    if (kept.size === 0) this.#byUser.delete(userId);
    else {
      this.#byUser.set(userId, kept);
      this.#weightBytes += weightOf(userId, kept);
    }
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
      byDevice = new SmallMap();
      this.#byUser.set(run.userId, byDevice);
      this.#weightBytes += userBytes(run.userId);
    }
    const series = byDevice.get(run.deviceId);
    if (series !== undefined) {
      this.#append(series, run);
      return;
    }
    const timestampsMicros = run.timestampsMicros.slice();
    const heartRates = run.heartRates.slice();
    const capacity = timestampsMicros.length;
    byDevice.set(run.deviceId, { timestampsMicros, heartRates, capacity });
    this.#weightBytes += seriesBytes(run.deviceId, capacity);
    if (byDevice.size > 1) this.#weightBytes += FURTHER_DEVICE_BYTES;
  }

  #append(series: WeighedSeries, run: SeriesRun): void {
    for (const micros of run.timestampsMicros) series.timestampsMicros.push(micros);
    for (const rate of run.heartRates) series.heartRates.push(rate);
    const added = addedCapacity(series.capacity, series.timestampsMicros.length);
    if (added === 0) return;
    series.capacity += added;
    this.#weightBytes += added * COLUMNS_BYTES;
  }
}

const weightOf = (userId: string, byDevice: SmallMap<WeighedSeries>): number => {
  let weightBytes = userBytes(userId) + (byDevice.size - 1) * FURTHER_DEVICE_BYTES;
  for (const [deviceId, { capacity }] of byDevice) weightBytes += seriesBytes(deviceId, capacity);
  return weightBytes;
};

/** Others may still be reading the columns as they were, so what remains gets new ones. */
const seriesWithout = (erasure: Erasure, deviceId: string, series: RecentSeries): WeighedSeries => {
  const isKept = (timestampMicros: EpochMicros) =>
    !isErasedBy(erasure, { deviceId, timestampMicros });
  const timestampsMicros = series.timestampsMicros.filter(isKept);
  const heartRates = series.heartRates.filter((_, i) =>
    isKept(series.timestampsMicros[i] as EpochMicros),
  );
  return { timestampsMicros, heartRates, capacity: timestampsMicros.length };
};

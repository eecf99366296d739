/**
 * A day of steady load in seconds: the store's own lanes, catalogue and compaction policy at work
 * on jobs and files that only cost time, as much as the real ones were measured to.
 */
import { setImmediate } from 'node:timers/promises';
import type { EpochDay, Sequence } from '../../../src/readings/reading.ts';
import { dayFolder, partStem } from '../../../src/storage/parquet/disk/layout.ts';
import type { Jobs, WrittenPart } from '../../../src/storage/parquet/parts/jobs.ts';
import {
  closedSegment,
  DATA_DIR,
  failuresTo,
  NO_JOBS,
  openMaintenance,
} from '../../support/maintenance.ts';
import { Processors } from './processors.ts';

/** Measured on two cores, in CPU time. */
const CORES = 2;
const INTAKE_SECONDS_PER_READING = 10e-6;
const FLUSH_SECONDS_PER_DAY = 3e-3;
const FLUSH_SECONDS_PER_READING = 1.1e-6;
const MERGE_SECONDS = 5e-3;
const MERGE_READINGS_PER_SECOND = 500_000;
const LOG_BYTES_PER_READING = 90;
const PART_BYTES_PER_READING = 1.1;
const PART_BYTES = 1_000;

/** The service's own limits, the last in readings that are spread over few series. */
const SEGMENT_MAX_BYTES = 64 * 1024 * 1024;
const FLUSH_INTERVAL_SECONDS = 60;
const MAX_UNFLUSHED_READINGS = 2_000_000;

const FIRST_DAY = 20_000;

export interface Load {
  readonly readingsPerSecond: number;
  readonly hours: number;
  /** Over how many days each segment's readings are spread. */
  readonly days: number;
}

export interface Simulation {
  /** When readings are refused for the first time; undefined when they never are. */
  readonly firstRefusalAfterHours: number | undefined;
  /** Parts of the day that had most, at any time, and at the end. */
  readonly mostParts: number;
  readonly partsAtEnd: number;
  readonly mostUnflushedReadings: number;
  /** How often a reading was written anew by merging, on average. */
  readonly writeAmplification: number;
  readonly longestMergeSeconds: number;
  readonly mergeDebtBytesAtEnd: number;
}

export const simulateDay = (readingsPerSecond: number): Promise<Simulation> =>
  simulate({ readingsPerSecond, hours: 24, days: 1 });

export const simulate = async (load: Load): Promise<Simulation> => {
  const { readingsPerSecond } = load;
  const processors = new Processors(CORES - readingsPerSecond * INTAKE_SECONDS_PER_READING);
  const work = new CostedWork(processors, load.days);
  const { maintenance, parts } = await openMaintenance({
    flushJobs: work.flushJobs,
    tidyJobs: work.tidyJobs,
    segmentMaxBytes: SEGMENT_MAX_BYTES,
    observer: failuresTo((event) => {
      throw new Error('the simulation failed', { cause: event.error });
    }),
  });
  const segmentReadings = Math.floor(
    Math.min(readingsPerSecond * FLUSH_INTERVAL_SECONDS, SEGMENT_MAX_BYTES / LOG_BYTES_PER_READING),
  );
  const endSeconds = load.hours * 3600;
  let accepted = 0;
  let mostParts = 0;
  let mostUnflushedReadings = 0;
  let firstRefusalAfterHours: number | undefined;
  while (processors.nowSeconds < endSeconds && firstRefusalAfterHours === undefined) {
    const closesAtSeconds = (accepted + segmentReadings) / readingsPerSecond;
    while (processors.nowSeconds < closesAtSeconds) {
      processors.passUntil(closesAtSeconds);
      await setImmediate();
      mostParts = Math.max(mostParts, parts.mostParts);
    }
    maintenance.enqueue(closedSegment(accepted + 1, segmentReadings));
    maintenance.wake();
    accepted += segmentReadings;
    const unflushed = maintenance.unflushedReadings;
    mostUnflushedReadings = Math.max(mostUnflushedReadings, unflushed);
    if (unflushed >= MAX_UNFLUSHED_READINGS) firstRefusalAfterHours = processors.nowSeconds / 3600;
    await setImmediate();
  }
  return {
    firstRefusalAfterHours,
    mostParts,
    partsAtEnd: parts.mostParts,
    mostUnflushedReadings,
    writeAmplification: work.mergedReadings / accepted,
    longestMergeSeconds: work.longestMergeSeconds,
    mergeDebtBytesAtEnd: maintenance.lag.mergeDebtBytes,
  };
};

/** Does flushes and merges by letting the time pass that they take. */
class CostedWork {
  mergedReadings = 0;
  longestMergeSeconds = 0;
  readonly #processors: Processors;
  readonly #days: number;
  readonly #readings = new Map<string, number>();

  constructor(processors: Processors, days: number) {
    this.#processors = processors;
    this.#days = days;
  }

  readonly flushJobs: Jobs = {
    ...NO_JOBS,
    flush: async ({ range, columns }) => {
      const readings = columns.timestamps.length;
      const cpuSeconds = this.#days * FLUSH_SECONDS_PER_DAY + readings * FLUSH_SECONDS_PER_READING;
      await this.#processors.run('flush', cpuSeconds);
      const parts = Array.from({ length: this.#days }, (_, i) => {
        const day = (FIRST_DAY + i) as EpochDay;
        return { day, ...this.#write(day, range, readings / this.#days) };
      });
      return { parts, duplicates: 0 };
    },
  };

  readonly tidyJobs: Jobs = {
    ...NO_JOBS,
    compact: async ({ day, range, paths }) => {
      let readings = 0;
      for (const path of paths) readings += this.#readings.get(path) as number;
      const startedAt = this.#processors.nowSeconds;
      await this.#processors.run('tidy', MERGE_SECONDS + readings / MERGE_READINGS_PER_SECOND);
      for (const path of paths) this.#readings.delete(path);
      this.mergedReadings += readings;
      const seconds = this.#processors.nowSeconds - startedAt;
      this.longestMergeSeconds = Math.max(this.longestMergeSeconds, seconds);
      return { ...this.#write(day, range, readings), duplicates: 0 };
    },
  };

  #write(day: EpochDay, range: { first: Sequence; last: Sequence }, rows: number): WrittenPart {
    const path = `${dayFolder(DATA_DIR, day)}/${partStem({ range, rewrites: 0 })}`;
    this.#readings.set(path, rows);
    return { path, rows, bytes: PART_BYTES + rows * PART_BYTES_PER_READING };
  }
}

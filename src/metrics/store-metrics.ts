import type { Logger } from 'pino';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ReadingStore, StoreHealth, StoreState } from '../storage/reading-store.ts';
import type { StoreObserver } from '../storage/store-observer.ts';
import type { WorkerLost } from './worker-metrics.ts';

const STATES: readonly StoreState[] = ['ok', 'degraded', 'unavailable'];

/** An observer that counts and times the work of a store, and logs what an operator should know. */
export const createStoreObserver = (
  registry: Registry,
  log: Logger,
  workerLost: WorkerLost,
): StoreObserver => {
  const registers = [registry];
  const counter = (name: string, help: string) =>
    new Counter({ name: `heart_rate_${name}_total`, help, registers });
  const timer = (name: string, help: string, buckets: number[]) =>
    new Histogram({ name: `heart_rate_${name}_duration_seconds`, help, buckets, registers });

  const commits = timer(
    'log_commit',
    'Group commits to the log and how long write and fdatasync took.',
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1],
  );
  const long = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
  const flushes = timer('flush', 'Log segments turned into Parquet, and how long it took.', long);
  const compactions = timer('compaction', 'Compactions and how long they took.', long);
  const logBytes = counter('log_bytes', 'Bytes written to the log.');
  const flushed = counter('readings_flushed', 'Readings written to Parquet by flushes.');
  const duplicates = counter(
    'readings_duplicate',
    'Readings superseded by a later one of the same identity, found when flushing or compacting.',
  );
  const recovered = counter('readings_recovered', 'Readings read back from the log at start.');
  const torn = counter('log_torn_bytes', 'Bytes of unfinished records cut off the log at start.');
  const erasedUsers = counter('users_erased', 'Users whose readings were erased from all parts.');
  const expiredDays = counter(
    'partitions_expired',
    'Days that were dropped because readings are kept no longer.',
  );
  const quarantined = counter('quarantined', 'Damaged pieces of files that were put aside.');
  const failures = counter('store_failures', 'Failures inside the store; the log says which.');

  return {
    committed({ bytes, durationMs }) {
      commits.observe(durationMs / 1000);
      logBytes.inc(bytes);
    },
    flushed(event) {
      flushes.observe(event.durationMs / 1000);
      flushed.inc(event.readings);
      duplicates.inc(event.duplicates);
      log.debug(event, 'flushed');
    },
    compacted(event) {
      compactions.observe(event.durationMs / 1000);
      duplicates.inc(event.duplicates);
      log.debug(event, 'compacted');
    },
    recovered(event) {
      recovered.inc(event.readings);
      torn.inc(event.tornBytes);
      log.info(event, 'log replayed');
    },
    erased(event) {
      erasedUsers.inc(event.users);
      log.info(event, 'erased');
    },
    expired(event) {
      expiredDays.inc();
      log.warn(event, 'an expired day was dropped');
    },
    expiring: (event) => log.warn(event, 'days have expired and will be dropped, one at a time'),
    clockAhead: (event) =>
      log.warn(event, 'the clock is far ahead of what is stored, by which days expire therefore'),
    quarantined(event) {
      quarantined.inc();
      log.error(event, 'damaged data was put aside');
    },
    failed({ what, error }) {
      failures.inc();
      log.error({ err: error }, what);
    },
    threadLost: ({ thread, error }) => workerLost(thread, error),
  };
};

/** The gauges by name: how each is computed, and its help text. */
const GAUGES: Readonly<Record<string, readonly [(health: StoreHealth) => number, string]>> = {
  unflushed_readings: [
    (health) => health.unflushedReadings,
    'Accepted readings in the log and in memory, not yet in Parquet.',
  ],
  oldest_unflushed_seconds: [
    (health) => health.oldestUnflushedMs / 1000,
    'How long the oldest reading that is not in Parquet has waited.',
  ],
  log_segments: [(health) => health.segments, 'Log segments on disk.'],
  parquet_parts: [(health) => health.parts, 'Parquet files.'],
  parquet_parts_of_day_max: [
    (health) => health.mostPartsOfDay,
    'Parquet files of the day that has most.',
  ],
  merge_debt_bytes: [
    (health) => health.mergeDebtBytes,
    'About how many bytes of Parquet wait to be merged.',
  ],
  maintenance_step_seconds: [
    (health) => health.currentStepMs / 1000,
    'How long the longest piece of background work under way has taken so far.',
  ],
};

/** Gauges of the store's contents and state, computed when they are read. */
export const registerStoreGauges = (registry: Registry, store: ReadingStore): void => {
  const registers = [registry];
  const gauges = Object.entries(GAUGES).map(([name, [shown, help]]) => {
    const gauge = new Gauge({ name: `heart_rate_${name}`, help, registers: [] });
    return { gauge, shown };
  });
  // Registered first: it sets all others, from one look at the store, before they are read.
  new Gauge({
    name: 'heart_rate_store_state',
    help: '1 for the state the store is in, 0 for the others.',
    labelNames: ['state'],
    registers,
    collect() {
      const health = store.health();
      for (const each of STATES) this.set({ state: each }, each === health.state ? 1 : 0);
      for (const { gauge, shown } of gauges) gauge.set(shown(health));
    },
  });
  for (const { gauge } of gauges) registry.registerMetric(gauge);
};

import { pino } from 'pino';
import { Registry } from 'prom-client';
import { beforeEach, expect, test } from 'vitest';
import { createStoreObserver, registerStoreGauges } from '../../src/metrics/store-metrics.ts';
import { createWorkerLost } from '../../src/metrics/worker-metrics.ts';
import type { StoreHealth } from '../../src/storage/reading-store.ts';
import type { StoreObserver } from '../../src/storage/store-observer.ts';
import { FrameStore } from '../support/frame-store.ts';
import { WELL } from '../support/health.ts';

const [DEBUG, INFO, WARN, ERROR] = [20, 30, 40, 50];

let registry: Registry;
let observer: StoreObserver;
let logged: Record<string, unknown>[];
beforeEach(() => {
  registry = new Registry();
  logged = [];
  const log = pino({ level: 'debug' }, { write: (line) => logged.push(JSON.parse(line)) });
  observer = createStoreObserver(registry, log, createWorkerLost(registry, log));
});

/** The metrics that are not zero, without the buckets of histograms. */
const counted = async (): Promise<Record<string, number>> => {
  const lines = (await registry.metrics()).split('\n').filter((line) => /^heart_rate_/.test(line));
  const values = lines
    .filter((line) => !line.includes('_bucket{'))
    .map((line): [string, number] => [
      line.replace(/ \S+$/, '').replace('heart_rate_', ''),
      Number(/\S+$/.exec(line)?.[0]),
    ]);
  return Object.fromEntries(values.filter(([, value]) => value !== 0));
};

test('a commit: its bytes, and its time in seconds', async () => {
  observer.committed({ readings: 3, bytes: 700, durationMs: 250 });
  expect(await counted()).toEqual({
    log_commit_duration_seconds_sum: 0.25,
    log_commit_duration_seconds_count: 1,
    log_bytes_total: 700,
  });
  expect(logged).toEqual([]);
});

test('a flush', async () => {
  const event = { readings: 40, duplicates: 3, parts: 2, durationMs: 1500 };
  observer.flushed(event);
  expect(await counted()).toEqual({
    flush_duration_seconds_sum: 1.5,
    flush_duration_seconds_count: 1,
    readings_flushed_total: 40,
    readings_duplicate_total: 3,
  });
  expect(logged).toEqual([expect.objectContaining({ level: DEBUG, msg: 'flushed', ...event })]);
});

test('a compaction', async () => {
  const event = { parts: 4, duplicates: 5, durationMs: 2500 };
  observer.compacted(event);
  expect(await counted()).toEqual({
    compaction_duration_seconds_sum: 2.5,
    compaction_duration_seconds_count: 1,
    readings_duplicate_total: 5,
  });
  expect(logged).toEqual([expect.objectContaining({ level: DEBUG, msg: 'compacted', ...event })]);
});

test.each([
  [
    'the log that was replayed',
    () => observer.recovered({ segments: 2, readings: 9, tornBytes: 17 }),
    { readings_recovered_total: 9, log_torn_bytes_total: 17 },
    { level: INFO, msg: 'log replayed', segments: 2, readings: 9, tornBytes: 17 },
  ],
  [
    'users that are erased',
    () => observer.erased({ users: 3, durationMs: 20 }),
    { users_erased_total: 3 },
    { level: INFO, msg: 'erased', users: 3, durationMs: 20 },
  ],
  [
    'days that have expired',
    () =>
      observer.expiring({ days: 3, oldest: '2024-01-15', asOf: '2024-02-17', firstInMs: 30_000 }),
    {},
    { level: WARN, days: 3, oldest: '2024-01-15', asOf: '2024-02-17', firstInMs: 30_000 },
  ],
  [
    'an expired day that was dropped',
    () => observer.expired({ day: '2024-01-15', parts: 2, asOf: '2024-02-17', left: 2 }),
    { partitions_expired_total: 1 },
    { level: WARN, msg: 'an expired day was dropped', day: '2024-01-15', parts: 2, left: 2 },
  ],
  [
    'a clock that is far ahead',
    () => observer.clockAhead({ asOf: '2024-01-15', today: '2034-01-15' }),
    {},
    { level: WARN, asOf: '2024-01-15', today: '2034-01-15' },
  ],
  [
    'damage',
    () => observer.quarantined({ file: 'part', offset: 4, length: 8, cause: 'a checksum' }),
    { quarantined_total: 1 },
    { level: ERROR, msg: 'damaged data was put aside', file: 'part', cause: 'a checksum' },
  ],
  [
    'a failure',
    () => observer.failed({ what: 'flushing a segment', error: new Error('no space') }),
    { store_failures_total: 1 },
    { level: ERROR, msg: 'flushing a segment', err: { message: 'no space' } },
  ],
  [
    'a thread of the store that was lost',
    () => observer.threadLost({ thread: 'tidy', error: new Error('ended: 3') }),
    { 'worker_restarts_total{worker="tidy"}': 1 },
    { level: ERROR, worker: 'tidy', err: { message: 'ended: 3' } },
  ],
] as const)('%s is counted and logged', async (_, happen, metrics, line) => {
  happen();
  expect(await counted()).toEqual(metrics);
  expect(logged).toMatchObject([line]);
});

test('gauges are those of the store as it is when they are asked for', async () => {
  const store = new FrameStore();
  let health: StoreHealth = { ...WELL, parts: 3, unflushedReadings: 7, oldestUnflushedMs: 1500 };
  store.health = () => health;
  registerStoreGauges(registry, store);
  expect(await counted()).toMatchObject({
    'store_state{state="ok"}': 1,
    parquet_parts: 3,
    unflushed_readings: 7,
    oldest_unflushed_seconds: 1.5,
  });
  health = { ...WELL, state: 'degraded', segments: 2, mostPartsOfDay: 6, currentStepMs: 250 };
  expect(await counted()).toEqual({
    'store_state{state="degraded"}': 1,
    log_segments: 2,
    parquet_parts_of_day_max: 6,
    maintenance_step_seconds: 0.25,
  });
});

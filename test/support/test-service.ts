import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createApp } from '../../src/http/app.ts';
import { parquetFiles } from '../../src/http/export-formats/parquet-files.ts';
import type { HttpApp, HttpServices } from '../../src/http/http-app.ts';
import { createServiceMetrics } from '../../src/metrics/service-metrics.ts';
import { createStoreObserver, registerStoreGauges } from '../../src/metrics/store-metrics.ts';
import { registerExportMetrics, registerStreamMetrics } from '../../src/metrics/stream-metrics.ts';
import { createWorkerLost } from '../../src/metrics/worker-metrics.ts';
import { ReadingExports } from '../../src/query/export/reading-exports.ts';
import { LimitedQueries } from '../../src/query/limited-queries.ts';
import { LiveReadings } from '../../src/query/live/live-readings.ts';
import { ReadVersions } from '../../src/query/read-versions.ts';
import { SeriesQuery } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import { nodeFiles } from '../../src/storage/parquet/disk/node-files.ts';
import { openParquetStore } from '../../src/storage/parquet/parquet-store.ts';
import { inlineJobs } from '../../src/storage/parquet/parts/inline-jobs.ts';
import type { ReadingStore } from '../../src/storage/reading-store.ts';
import { checked, type Fetch } from './contract.ts';

export const ORIGIN = 'http://service.test';

export const JSON_TYPE = { 'content-type': 'application/json' };
export const NDJSON_TYPE = { 'content-type': 'application/x-ndjson' };

export const READING = {
  device_id: 'device_a',
  user_id: 'user_123',
  timestamp: '2024-01-15T10:00:00Z',
  heart_rate: 75,
} as const;

type Body = string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>;

/** Requests to a service. Each response is checked against the contract. */
export interface Requests {
  readonly fetch: Fetch;
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  post(path: string, body: Body, headers?: Record<string, string>): Promise<Response>;
  /** A value as JSON. */
  postJson(path: string, body: unknown): Promise<Response>;
  /** Without headers or body. */
  ask(method: string, path: string): Promise<Response>;
}

export interface TestService extends Requests {
  readonly app: HttpApp;
  readonly store: ReadingStore;
  readonly live: LiveReadings;
  /** How many readings the store has taken. */
  stored(): number;
  /** What was logged, one object a line. */
  readonly logged: Record<string, unknown>[];
  close(): Promise<void>;
}

/** Requests to `origin`, made by `send`. */
export const requestsTo = (
  origin: string,
  send: (request: Request) => Response | Promise<Response>,
): Requests => {
  const fetch = checked(send);
  const post = (path: string, body: Body, headers: Record<string, string> = JSON_TYPE) => {
    // A text would be given a Content-Type, where a test may want none.
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
    const init = { method: 'POST', body: bytes, headers, duplex: 'half' } as const;
    return fetch(new Request(origin + path, init));
  };
  return {
    fetch,
    get: (path, headers = {}) => fetch(new Request(origin + path, { headers, redirect: 'manual' })),
    post,
    postJson: (path, body) => post(path, JSON.stringify(body)),
    ask: (method, path) => fetch(new Request(origin + path, { method })),
  };
};

/** The real app on the real store in a folder of its own; nothing is flushed by itself. */
export const openTestService = async (
  overrides: Partial<HttpServices> = {},
): Promise<TestService> => {
  const folder = await mkdtemp(join(tmpdir(), 'heart-rate-http-'));
  const logged: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line) => logged.push(JSON.parse(line)) });
  const registry = new Registry();
  const { live = new LiveReadings({ maxStreams: 100 }) } = overrides;
  const store = await openParquetStore({
    listener: live,
    retentionDays: overrides.retentionDays,
    dataDir: folder,
    flushQuietMs: 3_600_000,
    flushIntervalMs: 3_600_000,
    segmentMaxBytes: 64 * 1024 * 1024,
    maxUnflushedBytes: 256 * 1024 * 1024,
    observer: createStoreObserver(registry, log, createWorkerLost(registry, log)),
    jobs: inlineJobs(nodeFiles),
  });
  registerStoreGauges(registry, store);
  const series = new SeriesQuery(store, DEVICE_PRIORITIES);
  const queries = new LimitedQueries(series, { maxQueries: 64, maxQueuedQueries: 1_000 });
  registerStreamMetrics(registry, live);
  const exports = new ReadingExports(series, { maxExports: 8 });
  registerExportMetrics(registry, exports);
  const app = createApp({
    store,
    series: queries,
    userReadings: queries,
    versions: new ReadVersions(store),
    live,
    exports,
    parquetFiles: parquetFiles(),
    devicePriorities: DEVICE_PRIORITIES,
    metrics: createServiceMetrics(registry),
    log,
    version: '0.1.0',
    maxBodyBytes: 8 * 1024 * 1024,
    allowedHosts: undefined,
    retentionDays: undefined,
    corsOrigins: [],
    keys: undefined,
    audit: undefined,
    problems: () => [],
    rateLimit: undefined,
    trustedProxies: [],
    ...overrides,
  });
  return {
    ...requestsTo(ORIGIN, (request) => app.fetch(request)),
    app,
    store,
    stored: () => store.health().unflushedReadings,
    logged,
    live,
    async close() {
      live.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { AuditLog } from './audit/audit-log.ts';
import type { FileObserver } from './file-watch.ts';
import { createApp } from './http/app.ts';
import { workerParquetFiles } from './http/export-formats/worker-parquet-files.ts';
import { CONNECTION_LIMITS, listen } from './http/server.ts';
import { watchTlsFiles } from './http/tls-files.ts';
import { watchKeyFile } from './keys/watch-key-file.ts';
import { createAuditObserver } from './metrics/audit-metrics.ts';
import { createClusterObserver } from './metrics/cassandra-metrics.ts';
import { registerFileMetrics } from './metrics/file-metrics.ts';
import { registerLoadMetrics } from './metrics/load-metrics.ts';
import { registerProcessMetrics } from './metrics/process-metrics.ts';
import { createServiceMetrics } from './metrics/service-metrics.ts';
import { createStoreObserver, registerStoreGauges } from './metrics/store-metrics.ts';
import { registerExportMetrics, registerStreamMetrics } from './metrics/stream-metrics.ts';
import { createWorkerLost } from './metrics/worker-metrics.ts';
import { OpeningStore } from './opening-store.ts';
import { readPackageFile } from './package-file.ts';
import { ReadingExports } from './query/export/reading-exports.ts';
import { LimitedQueries } from './query/limited-queries.ts';
import { LiveReadings } from './query/live/live-readings.ts';
import { ReadVersions } from './query/read-versions.ts';
import { workerReader } from './query/reader/worker-reader.ts';
import { SeriesQuery } from './query/series-query.ts';
import type { Settings } from './settings.ts';
import type { ClusterObserver } from './storage/cassandra/cluster-observer.ts';
import { openParquetStore } from './storage/parquet/parquet-store.ts';
import type { ReadingStore } from './storage/reading-store.ts';
import type { StoreObserver } from './storage/store-observer.ts';

export interface Service {
  readonly url: string;
  /** Opens the storage and resolves when readings are taken; rejects when it cannot be opened. */
  open(): Promise<void>;
  /**
   * From now on it says that it is not ready, and serves all the same; who has sent a request is told
   * to open another connection for the next one.
   */
  announceClosing(): void;
  /**
   * Answers what is under way, writes out what is in memory, and resolves when all is closed.
   * `onStep` is told what it waits for, as that changes.
   */
  close(onStep: (step: string) => void): Promise<void>;
}

/** Logs what becomes of a file that has changed. */
const logged = (log: Logger, files: string): FileObserver => ({
  reloaded: () => log.info({ files }, 'files were loaded again'),
  failed: (error) => log.error({ err: error, files }, 'files could not be loaded again'),
});

/** What comes from files and follows their changes. */
const openFiles = async ({ apiKeysFile, tls }: Settings, log: Logger) => ({
  ofKeys: apiKeysFile && (await watchKeyFile(apiKeysFile, logged(log, 'API_KEYS_FILE'))),
  ofTls: tls && (await watchTlsFiles(tls, logged(log, 'TLS_CERT_FILE, TLS_KEY_FILE'))),
});

interface StoreNeeds {
  readonly observer: StoreObserver;
  readonly clusterObserver: ClusterObserver;
  readonly live: LiveReadings;
  readonly signal: AbortSignal;
}

/** The store that the settings name; neither knows of the other. */
const openStore = async (
  settings: Settings,
  { observer, clusterObserver, live, signal }: StoreNeeds,
): Promise<ReadingStore> => {
  const { cassandra, retentionDays, maxUnflushedBytes } = settings;
  if (cassandra === undefined) {
    return openParquetStore({ ...settings, observer, listener: live, signal });
  }
  // Loaded only then: most have no cluster, and it takes time and memory.
  const { openCassandraStore } = await import('./storage/cassandra/cassandra-store.ts');
  const limits = { retentionDays, maxUnflushedBytes };
  return openCassandraStore({
    ...{ ...cassandra, ...limits, observer, clusterObserver, listener: live },
  });
};

/**
 * Listens. Until {@link Service.open} is done, whoever asks for readings is told to wait.
 * Rejects with the system's error when it cannot listen, and with a `KeyFileError`,
 * `TlsFilesError`, `FileTimeoutError` or `AuditFileError`.
 */
export const startService = async (settings: Settings, log: Logger): Promise<Service> => {
  const { ofKeys, ofTls } = await openFiles(settings, log);
  const watches = [ofKeys, ofTls].flatMap((each) => (each ? [each.watch] : []));
  const registry = new Registry();
  registerProcessMetrics(registry);
  registerFileMetrics(registry, {
    keys: ofKeys ? ofKeys.watch : undefined,
    certificate: ofTls?.watch,
    notAfterMs: ofTls?.notAfterMs,
  });
  const { version }: { version: string } = JSON.parse(readPackageFile('package.json'));
  const auditObserver = createAuditObserver(registry, log);
  const audit = settings.audit && new AuditLog(settings.audit, auditObserver);
  const workerLost = createWorkerLost(registry, log);
  const { tracedAs } = settings;
  // Loaded only then: it takes time and memory, and spans are made by what wraps the rest.
  const tracing =
    tracedAs === undefined
      ? undefined
      : (await import('./tracing/tracing.ts')).startTracing(tracedAs, version);
  const counting = createStoreObserver(registry, log, workerLost);
  const observer = tracing?.observer(counting) ?? counting;
  const live = new LiveReadings({ ...settings, isShared: settings.cassandra !== undefined });
  const clusterObserver = createClusterObserver(registry);
  const store = new OpeningStore((signal) =>
    openStore(settings, { observer, clusterObserver, live, signal }),
  );
  registerStoreGauges(registry, store);
  registerStreamMetrics(registry, live);

  const series = new SeriesQuery(store, settings.devicePriorities, (order) =>
    workerReader(order, (error) => workerLost('query', error)),
  );
  const parquetFiles = workerParquetFiles((error) => workerLost('export', error));
  const exports = new ReadingExports(series, settings);
  registerExportMetrics(registry, exports);
  const queries = new LimitedQueries(series, settings);
  const app = createApp({
    store: tracing?.store(store) ?? store,
    series: tracing?.series(queries) ?? queries,
    tracing: tracing?.requests,
    userReadings: queries,
    versions: new ReadVersions(store),
    live,
    exports,
    parquetFiles,
    devicePriorities: settings.devicePriorities,
    metrics: createServiceMetrics(registry),
    log,
    version,
    maxBodyBytes: settings.maxBodyBytes,
    allowedHosts: settings.allowedHosts,
    corsOrigins: settings.corsOrigins,
    retentionDays: settings.retentionDays,
    keys: ofKeys ? ofKeys.keys : undefined,
    audit,
    problems: () => [...watches, audit].flatMap((each) => each?.problem ?? []),
    rateLimit: settings.rateLimit,
    trustedProxies: settings.trustedProxies,
  });
  // First the address and then the folder: a second process with the same settings, which is
  // the usual mistake, gives up before it touches anything.
  const { host, port, maxConnections } = settings;
  const address = { host, port, ...(ofTls && { credentials: ofTls.credentials() }) };
  const server = await listen(app, address, { ...CONNECTION_LIMITS, maxConnections });
  ofTls?.onChange(server.setCredentials);
  registerLoadMetrics(registry, { connections: server, queries });
  return {
    url: server.url,
    open: () => store.open(),
    announceClosing() {
      store.announceClosing();
      server.announceClosing();
    },
    async close(onStep) {
      store.announceClosing();
      live.close();
      onStep('requests under way');
      await server.close();
      for (const watch of watches) watch.close();
      // Beside the storage: they have nothing to lose, and one that loads takes seconds to end.
      const readersClosed = Promise.all([series.close(), parquetFiles.close()]);
      onStep('the storage, which writes out what is in memory');
      await store.close();
      onStep('the threads that read');
      await readersClosed;
      onStep('the audit log');
      await audit?.close();
      onStep('the collector of traces');
      // All that was accepted is stored by now; traces are no reason to say that the end went wrong.
      await tracing?.close().catch((error: unknown) => log.warn({ err: error }, 'traces are lost'));
    },
  };
};

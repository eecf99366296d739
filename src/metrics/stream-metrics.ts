import { Counter, Gauge, type Registry } from 'prom-client';
import type { ReadingExports } from '../query/export/reading-exports.ts';
import type { LiveReadings } from '../query/live/live-readings.ts';

/** How many follow readings live, and how many were too slow, as of when it is read. */
export const registerStreamMetrics = (
  registry: Registry,
  live: Pick<LiveReadings, 'streams' | 'dropped'>,
): void => {
  new Gauge({
    name: 'heart_rate_streams',
    help: 'Clients that follow readings live.',
    registers: [registry],
    collect() {
      this.set(live.streams);
    },
  });
  new Counter({
    name: 'heart_rate_streams_dropped_total',
    help: 'Streams that were cut off because the client read too slowly.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(live.dropped);
    },
  });
};

/** How many exports run, as of when it is read, and how many may. */
export const registerExportMetrics = (
  registry: Registry,
  exports: Pick<ReadingExports, 'running' | 'maxExports'>,
): void => {
  new Gauge({
    name: 'heart_rate_exports',
    help: 'Exports that run.',
    registers: [registry],
    collect() {
      this.set(exports.running);
    },
  });
  new Gauge({
    name: 'heart_rate_exports_limit',
    help: 'So many exports may run at once.',
    registers: [registry],
  }).set(exports.maxExports);
};

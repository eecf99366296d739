import { Counter, Gauge, type Registry } from 'prom-client';
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

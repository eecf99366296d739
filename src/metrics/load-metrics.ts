import { Counter, Gauge, type Registry } from 'prom-client';

/** What is limited in number. */
export interface Load {
  readonly connections: { dropped(): number };
  readonly queries: { readonly running: number; readonly queued: number };
}

/** How close the service is to its limits, and what went beyond them, as of when it is read. */
export const registerLoadMetrics = (registry: Registry, { connections, queries }: Load): void => {
  new Counter({
    name: 'heart_rate_connections_dropped_total',
    help: 'Connections that were closed at once because there were too many.',
    registers: [registry],
    collect() {
      this.reset();
      this.inc(connections.dropped());
    },
  });
  new Gauge({
    name: 'heart_rate_queries_running',
    help: 'Queries that are under way.',
    registers: [registry],
    collect() {
      this.set(queries.running);
    },
  });
  new Gauge({
    name: 'heart_rate_queries_waiting',
    help: 'Queries that wait for others to end.',
    registers: [registry],
    collect() {
      this.set(queries.queued);
    },
  });
};

import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ClusterError, ClusterObserver } from '../storage/cassandra/cluster-observer.ts';

const ERRORS: Readonly<Record<ClusterError, true>> = {
  ...{ unavailable: true, write_timeout: true, read_timeout: true },
  ...{ client_timeout: true, connection: true, other: true },
};

/** Counts and times what a cluster is asked; all stays at 0 without one. */
export const createClusterObserver = (registry: Registry): ClusterObserver => {
  const registers = [registry];
  const of = (name: string, help: string) => ({
    name: `heart_rate_cassandra_${name}`,
    help,
    registers,
  });
  const requests = new Histogram({
    ...of('request_duration_seconds', 'Requests that a node has answered, and how long it took.'),
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
  });
  const errors = new Counter({
    ...of('errors_total', 'Requests that a node has not answered as asked, by what came instead.'),
    labelNames: ['kind'],
  });
  const retries = new Counter(of('retries_total', 'Requests that were sent again after an error.'));
  const speculations = new Counter(
    of('speculations_total', 'Requests that were sent to a second node as the first was slow.'),
  );
  const nodes = new Gauge({
    ...of('nodes', 'Nodes of the data centre, by whether the process reaches them.'),
    labelNames: ['state'],
  });
  const skew = new Gauge(
    of('clock_skew_seconds', "How far the process's clock is certainly ahead of the cluster's."),
  );
  for (const kind of Object.keys(ERRORS)) errors.inc({ kind }, 0);
  const looked: ClusterObserver['looked'] = ({ up, down, skewMs }) => {
    nodes.set({ state: 'up' }, up);
    nodes.set({ state: 'down' }, down);
    skew.set(skewMs / 1000);
  };
  looked({ up: 0, down: 0, skewMs: 0 });
  return {
    answered: (durationMs) => requests.observe(durationMs / 1000),
    failed: (kind) => errors.inc({ kind }),
    retried: () => retries.inc(),
    speculated: () => speculations.inc(),
    looked,
  };
};

import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Gauges that are named like counters; each is the sum of one that has the name without "total". */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);

/** What prom-client tells of the process, of Node and its event loop. */
export const registerProcessMetrics = (registry: Registry): void => {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
};

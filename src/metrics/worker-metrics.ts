import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';

/** The threads that there may be: of queries, of Parquet exports, and the two of the store. */
const WORKERS = ['query', 'export', 'flush', 'tidy'] as const;
type WorkerName = (typeof WORKERS)[number];

/** Is told of a worker thread that ended out of turn. */
export type WorkerLost = (worker: WorkerName, error: unknown) => void;

/** Counts and logs worker threads that ended out of turn, each of which another takes the place of. */
export const createWorkerLost = (registry: Registry, log: Logger): WorkerLost => {
  const restarts = new Counter({
    name: 'heart_rate_worker_restarts_total',
    help: 'Worker threads that ended out of turn and were replaced, by what they do.',
    labelNames: ['worker'],
    registers: [registry],
  });
  for (const worker of WORKERS) restarts.inc({ worker }, 0);
  return (worker, error) => {
    restarts.inc({ worker });
    log.error({ err: error, worker }, 'a worker thread ended out of turn');
  };
};

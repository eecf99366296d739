import { WorkerCalls, type WorkerCallsOptions } from '../../worker-calls.ts';
import type { JobMethods, Jobs } from './jobs.ts';

const WORKER = new URL('./job-worker.js', import.meta.url);

/** Does the jobs in one worker thread, so that sorting and writing never hold up a request. */
export const workerJobs = (onLost?: WorkerCallsOptions['onLost']): Jobs => {
  const calls = new WorkerCalls<JobMethods>(WORKER, { onLost });
  return {
    flush: (job) => calls.call('flush', job),
    compact: (job) => calls.call('compact', job),
    erase: (job) => calls.call('erase', job),
    check: (job) => calls.call('check', job),
    count: (job) => calls.read('count', job),
    close: () => calls.close(),
  };
};

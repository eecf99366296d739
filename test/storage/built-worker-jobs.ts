import { onTestFinished } from 'vitest';
import type { Jobs } from '../../src/storage/parquet/jobs.ts';

/** As built, because a worker thread cannot run TypeScript. */
const BUILT = new URL('../../dist/src/storage/parquet/worker-jobs.js', import.meta.url).href;

/** The job thread that the service has, as long as the running test. */
export const builtWorkerJobs = async (): Promise<Jobs> => {
  const built = (await import(BUILT)) as typeof import('../../src/storage/parquet/worker-jobs.ts');
  const jobs = new built.WorkerJobs();
  onTestFinished(() => jobs.close());
  return jobs;
};

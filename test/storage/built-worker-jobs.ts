import { onTestFinished } from 'vitest';
import type { Jobs } from '../../src/storage/parquet/parts/jobs.ts';
import { built } from '../support/built.ts';

type WorkerJobsModule = typeof import('../../src/storage/parquet/parts/worker-jobs.ts');

/** The job thread that the service has, as long as the running test. */
export const builtWorkerJobs = async (): Promise<Jobs> => {
  const { workerJobs } = await built<WorkerJobsModule>('storage/parquet/parts/worker-jobs.ts');
  const jobs = workerJobs();
  onTestFinished(() => jobs.close());
  return jobs;
};

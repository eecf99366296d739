import { onTestFinished } from 'vitest';
import type { Jobs } from '../../src/storage/parquet/jobs.ts';
import { built } from '../support/built.ts';

type WorkerJobsModule = typeof import('../../src/storage/parquet/worker-jobs.ts');

/** The job thread that the service has, as long as the running test. */
export const builtWorkerJobs = async (): Promise<Jobs> => {
  const { WorkerJobs } = await built<WorkerJobsModule>('storage/parquet/worker-jobs.ts');
  const jobs = new WorkerJobs();
  onTestFinished(() => jobs.close());
  return jobs;
};

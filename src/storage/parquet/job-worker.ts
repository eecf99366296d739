/** The worker thread's side of {@link WorkerJobs}: takes one job after the other, answers each. */
import { parentPort } from 'node:worker_threads';
import { nodeFiles } from '../node-files.ts';
import { inlineJobs } from './inline-jobs.ts';
import type { JobAnswer, JobRequest, JobResult } from './worker-jobs.ts';

const jobs = inlineJobs(nodeFiles);

const perform = (request: JobRequest): Promise<JobResult> => {
  switch (request.kind) {
    case 'flush':
      return jobs.flush(request.job);
    case 'compact':
      return jobs.compact(request.job);
    case 'erase':
      return jobs.erase(request.job);
    case 'check':
      return jobs.check(request.job);
  }
};

const answer = async (request: JobRequest): Promise<JobAnswer> => {
  try {
    return { id: request.id, result: await perform(request) };
  } catch (error) {
    return { id: request.id, error };
  }
};

parentPort?.on('message', async (request: JobRequest) => {
  parentPort?.postMessage(await answer(request));
});

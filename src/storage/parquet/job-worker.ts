/** The worker thread's side of {@link WorkerJobs}. */
import { nodeFiles } from '../node-files.ts';
import { answerCalls } from '../worker-calls.ts';
import { inlineJobs } from './inline-jobs.ts';
import type { JobRequest, JobResult } from './worker-jobs.ts';

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

answerCalls(perform);

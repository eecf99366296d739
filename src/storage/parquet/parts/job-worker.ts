/** The worker thread's side of {@link workerJobs}. */
import { answerCalls } from '../../worker-calls.ts';
import { nodeFiles } from '../disk/node-files.ts';
import { inlineJobs } from './inline-jobs.ts';
import type { JobMethods } from './jobs.ts';

answerCalls<JobMethods>(inlineJobs(nodeFiles));

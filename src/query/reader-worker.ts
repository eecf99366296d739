/** The worker thread's side of {@link WorkerReader}. */
import { workerData } from 'node:worker_threads';
import { answerCalls } from '../storage/worker-calls.ts';
import { InlineReader } from './inline-reader.ts';
import type { ReaderRequest, ReaderResult } from './worker-reader.ts';

const reader = new InlineReader(workerData as readonly string[]);

answerCalls(async (request: ReaderRequest): Promise<ReaderResult> => {
  if (request.kind === 'read') return reader.read(request.job);
  await reader.forget(request.userId);
  return undefined;
});

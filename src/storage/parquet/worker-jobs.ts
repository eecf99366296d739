import { WorkerCalls } from '../worker-calls.ts';
import type {
  CheckJob,
  CheckResult,
  CompactJob,
  CompactResult,
  EraseJob,
  EraseResult,
  FlushJob,
  FlushResult,
  Jobs,
} from './jobs.ts';

export type JobRequest =
  | { readonly kind: 'flush'; readonly job: FlushJob }
  | { readonly kind: 'compact'; readonly job: CompactJob }
  | { readonly kind: 'erase'; readonly job: EraseJob }
  | { readonly kind: 'check'; readonly job: CheckJob };

export type JobResult = FlushResult | CompactResult | EraseResult | CheckResult;

const WORKER = new URL('./job-worker.js', import.meta.url);

/** Does the jobs in one worker thread, so that sorting and writing never hold up a request. */
export class WorkerJobs implements Jobs {
  readonly #calls = new WorkerCalls<JobRequest, JobResult>(WORKER);

  async flush(job: FlushJob): Promise<FlushResult> {
    const { lengths, timestamps, heartRates } = job.columns;
    const moved = [lengths.buffer, timestamps.buffer, heartRates.buffer];
    return (await this.#calls.call({ kind: 'flush', job }, moved)) as FlushResult;
  }

  async compact(job: CompactJob): Promise<CompactResult> {
    return (await this.#calls.call({ kind: 'compact', job })) as CompactResult;
  }

  async erase(job: EraseJob): Promise<EraseResult> {
    return (await this.#calls.call({ kind: 'erase', job })) as EraseResult;
  }

  async check(job: CheckJob): Promise<CheckResult> {
    return (await this.#calls.call({ kind: 'check', job })) as CheckResult;
  }

  close(): Promise<void> {
    return this.#calls.close();
  }
}

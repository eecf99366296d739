import { Worker } from 'node:worker_threads';
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

export type JobRequest = { readonly id: number } & (
  | { readonly kind: 'flush'; readonly job: FlushJob }
  | { readonly kind: 'compact'; readonly job: CompactJob }
  | { readonly kind: 'erase'; readonly job: EraseJob }
  | { readonly kind: 'check'; readonly job: CheckJob }
);

export type JobResult = FlushResult | CompactResult | EraseResult | CheckResult;

export type JobAnswer =
  | { readonly id: number; readonly result: JobResult }
  | { readonly id: number; readonly error: unknown };

interface Pending {
  readonly resolve: (result: JobResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Only where it is built: a worker thread cannot run TypeScript, whatever its parent can. */
const WORKER = new URL('./job-worker.js', import.meta.url);

/**
 * Does the jobs in one worker thread, so that sorting and writing never hold up a request.
 * The thread is made with the first job; one that died fails its job and is made anew.
 */
export class WorkerJobs implements Jobs {
  #worker: Worker | undefined;
  #nextId = 0;
  readonly #pending = new Map<number, Pending>();

  async flush(job: FlushJob): Promise<FlushResult> {
    const { lengths, timestamps, heartRates } = job.columns;
    const moved = [lengths.buffer, timestamps.buffer, heartRates.buffer] as ArrayBuffer[];
    return (await this.#send((id) => ({ id, kind: 'flush', job }), moved)) as FlushResult;
  }

  async compact(job: CompactJob): Promise<CompactResult> {
    return (await this.#send((id) => ({ id, kind: 'compact', job }), [])) as CompactResult;
  }

  async erase(job: EraseJob): Promise<EraseResult> {
    return (await this.#send((id) => ({ id, kind: 'erase', job }), [])) as EraseResult;
  }

  async check(job: CheckJob): Promise<CheckResult> {
    return (await this.#send((id) => ({ id, kind: 'check', job }), [])) as CheckResult;
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #send(request: (id: number) => JobRequest, moved: ArrayBuffer[]): Promise<JobResult> {
    return new Promise((resolve, reject) => {
      const id = this.#nextId++;
      this.#pending.set(id, { resolve, reject });
      this.#worker ??= this.#start();
      this.#worker.postMessage(request(id), moved);
    });
  }

  #start(): Worker {
    const worker = new Worker(WORKER);
    worker.on('message', (answer: JobAnswer) => {
      const pending = this.#pending.get(answer.id);
      this.#pending.delete(answer.id);
      if ('error' in answer) pending?.reject(answer.error);
      else pending?.resolve(answer.result);
    });
    worker.on('error', (error) => this.#lose(worker, error));
    worker.on('exit', (code) => this.#lose(worker, new Error(`the job thread ended: ${code}`)));
    return worker;
  }

  #lose(worker: Worker, error: unknown): void {
    if (this.#worker === worker) this.#worker = undefined;
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}

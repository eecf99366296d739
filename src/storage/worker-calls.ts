import { parentPort, Worker } from 'node:worker_threads';

interface Call<Request> {
  readonly id: number;
  readonly request: Request;
}

type Answer<Result> =
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly error: unknown };

interface Pending<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * What the threads do is native, and leaves little to JavaScript's collector: with the usual 48 MB
 * for young objects they are as fast, and two of them take 45 MB more.
 */
const YOUNG_GENERATION_MB = 6;

interface Thread<Result> {
  readonly worker: Worker;
  readonly pending: Map<number, Pending<Result>>;
}

/**
 * A thread that answers calls, whose other side is {@link answerCalls}. It is made with the first
 * call; one that died fails its calls and is made anew.
 */
export class WorkerCalls<Request, Result> {
  readonly #script: URL;
  readonly #workerData: unknown;
  #thread: Thread<Result> | undefined;
  #nextId = 0;
  #isClosed = false;

  /** `script` has to be JavaScript: a thread cannot run TypeScript, whatever its parent can. */
  constructor(script: URL, workerData?: unknown) {
    this.#script = script;
    this.#workerData = workerData;
  }

  /** The buffers of `moved` are the thread's from now on. */
  call(request: Request, moved: readonly ArrayBufferLike[] = []): Promise<Result> {
    if (this.#isClosed) return Promise.reject(new Error('the worker thread was closed'));
    return new Promise((resolve, reject) => {
      const { worker, pending } = this.#running();
      const call: Call<Request> = { id: this.#nextId++, request };
      worker.postMessage(call, moved as ArrayBuffer[]);
      pending.set(call.id, { resolve, reject });
    });
  }

  /** Makes the thread now, so that the first call does not wait for it. */
  start(): void {
    this.#running();
  }

  /** Ends the thread, if there is one. Calls that are under way fail, and so do any that follow. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#thread?.worker.terminate();
  }

  #running(): Thread<Result> {
    this.#thread ??= this.#newThread();
    return this.#thread;
  }

  #newThread(): Thread<Result> {
    const worker = new Worker(this.#script, {
      workerData: this.#workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    const pending = new Map<number, Pending<Result>>();
    const thread = { worker, pending };
    worker.on('message', (answer: Answer<Result>) => {
      const call = pending.get(answer.id);
      pending.delete(answer.id);
      if ('error' in answer) call?.reject(answer.error);
      else call?.resolve(answer.result);
    });
    worker.on('error', (error) => this.#lose(thread, error));
    worker.on('exit', (code) => this.#lose(thread, new Error(`a worker thread ended: ${code}`)));
    return thread;
  }

  /** Only its own calls: there may be a new thread before the old one has told that it ended. */
  #lose(thread: Thread<Result>, error: unknown): void {
    if (this.#thread === thread) this.#thread = undefined;
    for (const { reject } of thread.pending.values()) reject(error);
    thread.pending.clear();
  }
}

/** The thread's side: takes calls as they come, also while others are under way. */
export const answerCalls = <Request, Result>(
  perform: (request: Request) => Promise<Result>,
): void => {
  const answerTo = async ({ id, request }: Call<Request>): Promise<Answer<Result>> => {
    try {
      return { id, result: await perform(request) };
    } catch (error) {
      return { id, error };
    }
  };
  parentPort?.on('message', async (call: Call<Request>) => {
    parentPort?.postMessage(await answerTo(call));
  });
};

import { parentPort, Worker } from 'node:worker_threads';

interface Call {
  readonly id: number;
  readonly method: PropertyKey;
  readonly argument: unknown;
}

type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: unknown };

interface Pending {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** A method whose argument and result can be copied from one thread to another. */
type Method<Argument, Result> = (argument: Argument) => Promise<Result>;
type ArgumentOf<M> = M extends Method<infer Argument, infer _> ? Argument : never;
type ResultOf<M> = M extends Method<infer _, infer Result> ? Result : never;

/**
 * What the threads do is native, and leaves little to JavaScript's collector: with the usual 48 MB
 * for young objects they are as fast, and two of them take 45 MB more.
 */
const YOUNG_GENERATION_MB = 6;

interface Thread {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
}

/**
 * A thread that answers calls of `Methods`, whose other side is {@link answerCalls}. It is made
 * with the first call; one that died fails its calls and is made anew.
 */
export class WorkerCalls<Methods> {
  readonly #script: URL;
  readonly #workerData: unknown;
  #thread: Thread | undefined;
  #nextId = 0;
  #isClosed = false;

  /** `script` has to be JavaScript: a thread cannot run TypeScript, whatever its parent can. */
  constructor(script: URL, workerData?: unknown) {
    this.#script = script;
    this.#workerData = workerData;
  }

  /** The argument is copied. Settles as the method does, and rejects when the thread is lost. */
  call<Name extends keyof Methods>(
    method: Name,
    argument: ArgumentOf<Methods[Name]>,
  ): Promise<ResultOf<Methods[Name]>> {
    if (this.#isClosed) return Promise.reject(new Error('the worker thread was closed'));
    return new Promise((resolve, reject) => {
      const { worker, pending } = this.#running();
      const call: Call = { id: this.#nextId++, method, argument };
      worker.postMessage(call);
      pending.set(call.id, { resolve: resolve as Pending['resolve'], reject });
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

  #running(): Thread {
    this.#thread ??= this.#newThread();
    return this.#thread;
  }

  #newThread(): Thread {
    const worker = new Worker(this.#script, {
      workerData: this.#workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    const pending = new Map<number, Pending>();
    const thread = { worker, pending };
    worker.on('message', (answer: Answer) => {
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
  #lose(thread: Thread, error: unknown): void {
    if (this.#thread === thread) this.#thread = undefined;
    for (const { reject } of thread.pending.values()) reject(error);
    thread.pending.clear();
  }
}

/** The thread's side: takes calls as they come, also while others are under way. */
export const answerCalls = <Methods extends object>(methods: Methods): void => {
  const perform = (name: PropertyKey) =>
    (methods as Record<PropertyKey, Method<unknown, unknown>>)[name] as Method<unknown, unknown>;
  const answerTo = async ({ id, method, argument }: Call): Promise<Answer> => {
    try {
      return { id, result: await perform(method)(argument) };
    } catch (error) {
      return { id, error };
    }
  };
  parentPort?.on('message', async (call: Call) => {
    parentPort?.postMessage(await answerTo(call));
  });
};

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

/** A thread that lived so long was sound; one that is lost earlier makes the next one wait. */
const SOUND_AFTER_MS = 10_000;
const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/** Sent by a thread in place of an answer: it listens from now on. */
const LISTENING = 'listening';
/** Sent to a thread in place of a call: it is to end. */
const END = 'end';
/** One that has not ended by then is busy with what does not end, and is ended by force. */
const END_TIMEOUT_MS = 5_000;

/** The thread that a call was under way in ended; whether the call was carried out is not known. */
export class WorkerLostError extends Error {
  override readonly name = 'WorkerLostError';
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

export interface WorkerCallsOptions {
  /** What the thread is made with. */
  readonly workerData?: unknown;
  /** Told of each thread that ended without having been closed. */
  readonly onLost?: ((error: WorkerLostError) => void) | undefined;
}

interface Thread {
  readonly sinceMs: number;
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
  /** Until then it loads what it needs, which takes seconds on a busy machine. */
  isListening: boolean;
}

/** Those that have a thread. */
const withThread = new Set<{ close(): Promise<void>; readonly isLoading: boolean }>();

/** Closes all of this process that have a thread, as it is to end. */
export const endThreads = async (): Promise<void> => {
  await Promise.all(Array.from(withThread, (calls) => calls.close()));
};

/** Whether a thread of this process loads what it needs; nothing ends it while that is native code. */
export const isAnyThreadLoading = (): boolean =>
  Array.from(withThread).some(({ isLoading }) => isLoading);

/**
 * Resolves when the thread has ended. It is told to, so that it does so between two turns: Node 20
 * aborts the whole process when a thread is terminated while it sets up a zlib stream. One that
 * still loads would not hear it, sets up none, and has nothing to lose.
 */
const endThread = async ({ worker, pending, isListening }: Thread): Promise<void> => {
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  const canHear = isListening || pending.size > 0;
  if (canHear) worker.postMessage(END);
  const limit = setTimeout(() => void worker.terminate(), canHear ? END_TIMEOUT_MS : 0);
  await ended;
  clearTimeout(limit);
};

/**
 * A thread that answers calls of `Methods`, whose other side is {@link answerCalls}. It is made
 * with the first call. One that died fails its calls with a {@link WorkerLostError} and is made
 * anew: at once, and when they die one after another, after a while that grows.
 */
export class WorkerCalls<Methods> {
  readonly #script: URL;
  readonly #options: WorkerCallsOptions;
  #thread: Thread | undefined;
  #nextId = 0;
  #isClosed = false;
  /** How many were lost one after another. */
  #losses = 0;
  /** Until then no thread is made. */
  #notBeforeMs = 0;

  /** `script` has to be JavaScript: a thread cannot run TypeScript, whatever its parent can. */
  constructor(script: URL, options: WorkerCallsOptions = {}) {
    this.#script = script;
    this.#options = options;
  }

  /** The argument is copied. Settles as the method does, and rejects when the thread is lost. */
  call<Name extends keyof Methods>(
    method: Name,
    argument: ArgumentOf<Methods[Name]>,
  ): Promise<ResultOf<Methods[Name]>> {
    return new Promise((resolve, reject) => {
      const post = () => {
        if (this.#isClosed) return reject(new Error('the worker thread was closed'));
        const { worker, pending } = this.#running();
        const call: Call = { id: this.#nextId++, method, argument };
        worker.postMessage(call);
        pending.set(call.id, { resolve: resolve as Pending['resolve'], reject });
      };
      const waitMs = this.#thread === undefined ? this.#notBeforeMs - performance.now() : 0;
      if (waitMs > 0 && !this.#isClosed) setTimeout(post, waitMs);
      else post();
    });
  }

  /**
   * As {@link WorkerCalls.call}, for what changes nothing: what was under way when the thread was
   * lost is done once more; not a third time, if that is what killed it.
   */
  async read<Name extends keyof Methods>(
    method: Name,
    argument: ArgumentOf<Methods[Name]>,
  ): Promise<ResultOf<Methods[Name]>> {
    try {
      return await this.call(method, argument);
    } catch (error) {
      if (!(error instanceof WorkerLostError)) throw error;
      return this.call(method, argument);
    }
  }

  /** Makes the thread now, so that the first call does not wait for it. */
  start(): void {
    this.#running();
  }

  get isLoading(): boolean {
    return this.#thread?.isListening === false;
  }

  /** Ends the thread, if there is one. Calls that are under way fail, and so do any that follow. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#thread !== undefined) await endThread(this.#thread);
  }

  #running(): Thread {
    this.#thread ??= this.#newThread();
    return this.#thread;
  }

  #newThread(): Thread {
    const worker = new Worker(this.#script, {
      workerData: this.#options.workerData,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    const pending = new Map<number, Pending>();
    const thread = { sinceMs: performance.now(), worker, pending, isListening: false };
    worker.on('message', (answer: Answer | typeof LISTENING) => {
      if (answer === LISTENING) {
        thread.isListening = true;
        return;
      }
      const call = pending.get(answer.id);
      pending.delete(answer.id);
      if ('error' in answer) call?.reject(answer.error);
      else call?.resolve(answer.result);
    });
    worker.on('error', (error) => this.#lose(thread, error));
    worker.on('exit', (code) => this.#lose(thread, new Error(`a worker thread ended: ${code}`)));
    withThread.add(this);
    return thread;
  }

  /** Only its own calls: there may be a new thread before the old one has told that it ended. */
  #lose(thread: Thread, error: unknown): void {
    const lost = new WorkerLostError(error);
    if (this.#thread === thread) {
      this.#thread = undefined;
      withThread.delete(this);
      if (!this.#isClosed) this.#delayNext(thread, lost);
    }
    for (const { reject } of thread.pending.values()) reject(lost);
    thread.pending.clear();
  }

  #delayNext({ sinceMs }: Thread, lost: WorkerLostError): void {
    const nowMs = performance.now();
    if (nowMs - sinceMs > SOUND_AFTER_MS) this.#losses = 0;
    const delayMs = this.#losses === 0 ? 0 : FIRST_DELAY_MS * 2 ** (this.#losses - 1);
    this.#notBeforeMs = nowMs + Math.min(delayMs, MAX_DELAY_MS);
    this.#losses++;
    this.#options.onLost?.(lost);
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
  parentPort?.on('message', async (call: Call | typeof END) => {
    if (call === END) process.exit();
    parentPort?.postMessage(await answerTo(call));
  });
  parentPort?.postMessage(LISTENING);
};

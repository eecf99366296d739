import type { StoreObserver } from '../../store-observer.ts';
import { Retries } from './retries.ts';

/**
 * With so many subjects of a task waiting for their next try, only these are tried: something is
 * wrong with more than they, and there is no end to the reports otherwise.
 */
const MAX_FAILING_SUBJECTS = 100;

/** A piece of work that no other of its lane comes between. */
export interface Step {
  /** What it is done to: when it fails, this waits, and the rest of the task goes on. */
  readonly subject: unknown;
  run(): Promise<void>;
}

/** Work that comes up again and again, a step at a time. */
export interface Task {
  /** In the words of a report that it failed: "writing Parquet". */
  readonly name: string;
  /** Whether a store that closes leaves it to the next process. */
  readonly canWait: boolean;
  /** In how many milliseconds there may be a step that nobody wakes the lane for; mostly none. */
  readonly dueInMs?: number | undefined;
  /** What is to be done now, to a subject that does not wait for its next try. */
  next(isWaiting: (subject: unknown) => boolean): Step | undefined;
}

/** Why no step of a task can be done now, whatever it is to be done to. */
export class TaskHeldUpError extends Error {
  override readonly name = 'TaskHeldUpError';
}

export interface LaneOptions {
  /** They take turns, a step each. */
  readonly tasks: readonly Task[];
  /** Done, the first first, while none of the others has anything to do. */
  readonly idleTasks?: readonly Task[];
  readonly observer: StoreObserver;
  /** How long after its first failure a step is tried again. */
  readonly retryMs: number;
  /** Called after each step: it may have made work for others. */
  readonly onStep: () => void;
}

/**
 * Does the steps of its tasks one at a time, so that no two of them ever meet. A step that fails is
 * reported and tried again, later each time, and holds up nothing else.
 */
export class Lane {
  readonly #options: LaneOptions;
  readonly #tasks: readonly Task[];
  readonly #idleTasks: readonly Task[];
  readonly #retries: ReadonlyMap<Task, Retries>;
  #turn = 0;
  #stepStartedAtMs: number | undefined;
  #isWorking = false;
  /** Settles when all that was due is done; never rejects. */
  #work = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #closing = false;
  /** What was tried since the lane is closing, by task. */
  readonly #lastTries = new Map<Task, Set<unknown>>();

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#tasks = options.tasks;
    this.#idleTasks = options.idleTasks ?? [];
    const all = [...this.#tasks, ...this.#idleTasks];
    this.#retries = new Map(all.map((task) => [task, new Retries(options.retryMs)]));
  }

  /** What failed when it was last tried, in words. */
  get troubles(): readonly string[] {
    const troubles: string[] = [];
    for (const [{ name }, retries] of this.#retries) {
      if (retries.size === 0) continue;
      const others = retries.size > 1 ? ` (and ${retries.size - 1} more)` : '';
      troubles.push(`${name} failed: ${String(retries.lastError)}${others}`);
    }
    return troubles;
  }

  /** How long the step under way has taken so far, in milliseconds; 0 when there is none. */
  get stepMs(): number {
    return this.#stepStartedAtMs === undefined ? 0 : performance.now() - this.#stepStartedAtMs;
  }

  /** Looks for work, if that is not being done already. */
  wake(): void {
    if (this.#isWorking || this.#closing) return;
    this.#isWorking = true;
    this.#work = this.#doDue();
  }

  /** Begins no step any more; resolves when the one under way is done. */
  async stop(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#timer);
    await this.#work;
  }

  /**
   * Of a lane that was stopped: does all that cannot wait, each once, also what failed a moment
   * ago. True if something was done.
   */
  async finish(): Promise<boolean> {
    let isDone = false;
    for (;;) {
      const found = this.#nextLast();
      if (found === undefined) return isDone;
      if (await this.#perform(found.task, found.step)) isDone = true;
    }
  }

  async #doDue(): Promise<void> {
    clearTimeout(this.#timer);
    // A caller's `wake` returns before anything is done.
    await undefined;
    let lookedAtMs = performance.now();
    while (!this.#closing) {
      lookedAtMs = performance.now();
      const found = this.#nextDue();
      if (found === undefined) break;
      await this.#perform(found.task, found.step);
      this.#options.onStep();
    }
    this.#isWorking = false;
    if (!this.#closing) this.#wakeLater(lookedAtMs);
  }

  /** After a look at all that was due at a time. */
  #wakeLater(lookedAtMs: number): void {
    const waits: number[] = [];
    for (const retries of this.#retries.values()) {
      retries.forgetDueAt(lookedAtMs);
      if (retries.soonestMs !== undefined) waits.push(retries.soonestMs);
    }
    for (const { dueInMs } of this.#tasks) {
      if (dueInMs !== undefined) waits.push(dueInMs);
    }
    if (waits.length > 0) this.#timer = setTimeout(() => this.wake(), Math.min(...waits));
  }

  #nextDue(): { task: Task; step: Step } | undefined {
    for (let i = 0; i < this.#tasks.length; i++) {
      const at = (this.#turn + i) % this.#tasks.length;
      const found = this.#stepOf(this.#tasks[at] as Task);
      if (found === undefined) continue;
      this.#turn = at + 1;
      return found;
    }
    for (const task of this.#idleTasks) {
      const found = this.#stepOf(task);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #stepOf(task: Task): { task: Task; step: Step } | undefined {
    const retries = this.#retries.get(task) as Retries;
    // A task waits as a whole when that failed which all its steps need.
    if (retries.isWaiting(task)) return undefined;
    const isCrowded = retries.size >= MAX_FAILING_SUBJECTS;
    const step = task.next(
      (subject) => retries.isWaiting(subject) || (isCrowded && !retries.has(subject)),
    );
    return step && { task, step };
  }

  #nextLast(): { task: Task; step: Step } | undefined {
    for (const task of this.#tasks) {
      const tried = this.#lastTries.get(task) ?? new Set();
      if (task.canWait || tried.has(task)) continue;
      const step = task.next((subject) => tried.has(subject));
      if (step === undefined) continue;
      this.#lastTries.set(task, tried);
      return { task, step };
    }
    return undefined;
  }

  /** True when it went well; a failure is reported. */
  async #perform(task: Task, { subject, run }: Step): Promise<boolean> {
    const retries = this.#retries.get(task) as Retries;
    this.#stepStartedAtMs = performance.now();
    try {
      await run();
      retries.succeeded(subject);
      retries.succeeded(task);
      return true;
    } catch (error) {
      const failed = error instanceof TaskHeldUpError ? task : subject;
      retries.failed(failed, error);
      this.#lastTries.get(task)?.add(failed);
      // What is broken off because the store closes is not worth a report.
      if (!this.#closing || !task.canWait)
        this.#options.observer.failed({ what: task.name, error });
      return false;
    } finally {
      this.#stepStartedAtMs = undefined;
    }
  }
}

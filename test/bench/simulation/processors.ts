/** One job under way. */
interface Running {
  readonly thread: string;
  cpuSecondsLeft: number;
  readonly done: () => void;
}

/**
 * Time as it passes for jobs that need CPU time, without waiting for it. Jobs of one thread share
 * one core at most, and all threads share what there is.
 */
export class Processors {
  readonly #cores: number;
  readonly #running = new Set<Running>();
  #nowSeconds = 0;

  constructor(cores: number) {
    this.#cores = cores;
  }

  get nowSeconds(): number {
    return this.#nowSeconds;
  }

  /** Resolves when the job has had its CPU time. */
  run(thread: string, cpuSeconds: number): Promise<void> {
    return new Promise((done) => {
      this.#running.add({ thread, cpuSecondsLeft: cpuSeconds, done });
    });
  }

  /** Lets time pass until the next job is done, or until then if that is earlier. */
  passUntil(thenSeconds: number): void {
    const speeds = this.#speeds();
    const secondsLeft = (one: Running) => one.cpuSecondsLeft / (speeds.get(one) as number);
    const passed = Math.min(
      thenSeconds - this.#nowSeconds,
      ...[...this.#running].map((one) => secondsLeft(one)),
    );
    this.#nowSeconds += passed;
    for (const one of this.#running) {
      one.cpuSecondsLeft -= passed * (speeds.get(one) as number);
      if (one.cpuSecondsLeft > 1e-9) continue;
      this.#running.delete(one);
      one.done();
    }
  }

  /** How fast each job runs, in CPU seconds a second. */
  #speeds(): Map<Running, number> {
    const jobsOfThread = new Map<string, number>();
    for (const { thread } of this.#running) {
      jobsOfThread.set(thread, (jobsOfThread.get(thread) ?? 0) + 1);
    }
    const share = Math.min(1, this.#cores / jobsOfThread.size);
    const speedOf = ({ thread }: Running) => share / (jobsOfThread.get(thread) as number);
    return new Map([...this.#running].map((one) => [one, speedOf(one)]));
  }
}

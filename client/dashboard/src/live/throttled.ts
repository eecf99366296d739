/**
 * Work that is asked for often and done seldom: at once when it rests, and again `everyMs` after it
 * was begun if it was asked for meanwhile. Never twice at the same time.
 */
export class Throttled {
  readonly #work: () => Promise<void>;
  readonly #everyMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isRunning = false;
  #isWanted = false;

  /** `work` must not reject: nobody would hear of it. */
  constructor(work: () => Promise<void>, everyMs: number) {
    this.#work = work;
    this.#everyMs = everyMs;
  }

  ask(): void {
    this.#isWanted = true;
    if (!this.#isRunning && this.#timer === undefined) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isWanted = false;
    this.#isRunning = true;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#goOn();
    }, this.#everyMs);
    await this.#work();
    this.#isRunning = false;
    this.#goOn();
  }

  #goOn(): void {
    if (this.#isWanted) this.ask();
  }
}

/** Work in the background, again and again until it is closed, and never twice at once. */
export class Recurring {
  readonly #timer: NodeJS.Timeout;
  #working: Promise<void> | undefined;
  #isClosed = false;

  /** `work` must not reject. */
  constructor(work: () => Promise<void>, intervalMs: number) {
    this.#timer = setInterval(() => {
      this.#working ??= work().finally(() => {
        this.#working = undefined;
      });
    }, intervalMs).unref();
  }

  /** Work that is under way is to end early. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when what is under way has ended. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    await this.#working;
  }
}

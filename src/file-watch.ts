import { stat } from 'node:fs/promises';

/** How often files are looked at. */
const CHECK_INTERVAL_MS = 1_000;
/** Some kilobytes take no longer, unless the disk or the server that has them does not answer. */
const TIMEOUT_MS = 10_000;

/** Told what became of files that have changed. */
export interface FileObserver {
  reloaded(): void;
  /** What was loaded before stays. */
  failed(error: Error): void;
}

/** How often files are looked at, and how long that may take. */
export interface FileWatchTimes {
  readonly intervalMs?: number;
  readonly timeoutMs?: number;
}

/** What has the files does not answer. */
export class FileTimeoutError extends Error {
  override readonly name = 'FileTimeoutError';

  constructor(paths: readonly string[], timeoutMs: number) {
    super(`${paths.join(' and ')} could not be read within ${timeoutMs} ms`);
  }
}

/** What tells one state of a file from another. */
const stateOf = async (path: string): Promise<string | undefined> => {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};

/**
 * Loads files again when they have changed. They are looked at once a second instead of being
 * watched by the system: that works on every file system, and when a file, or the link to it, is
 * replaced, as editors and secrets of orchestrators do. What cannot be loaded is tried again.
 */
export class FileWatch {
  readonly #paths: readonly string[];
  readonly #load: () => Promise<void>;
  readonly #observer: FileObserver;
  readonly #timeoutMs: number;
  #timer: NodeJS.Timeout | undefined;
  /** Undefined: to be loaded anew. */
  #state: string | undefined;
  #isChecking = false;
  #problem: string | undefined;

  #loadedAtMs = 0;

  private constructor(
    paths: readonly string[],
    load: () => Promise<void>,
    observer: FileObserver,
    timeoutMs: number,
  ) {
    this.#paths = paths;
    this.#load = load;
    this.#observer = observer;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Resolves when the files have been loaded. Rejects as `load` does when they cannot be, and with a
   * {@link FileTimeoutError}.
   */
  static async start(
    paths: readonly string[],
    load: () => Promise<void>,
    observer: FileObserver,
    { intervalMs = CHECK_INTERVAL_MS, timeoutMs = TIMEOUT_MS }: FileWatchTimes = {},
  ): Promise<FileWatch> {
    const watch = new FileWatch(paths, load, observer, timeoutMs);
    await new Promise<void>((resolve, reject) => {
      const late = watch.#whenLate(reject);
      watch
        .#loadIfChanged()
        .then(() => resolve(), reject)
        .finally(() => clearTimeout(late));
    });
    watch.#timer = setInterval(() => void watch.#check(), intervalMs).unref();
    return watch;
  }

  /** Why what is loaded is not what the files have; undefined when it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** When they were loaded last, in milliseconds since 1970. */
  get loadedAtMs(): number {
    return this.#loadedAtMs;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #stateNow(): Promise<string> {
    return (await Promise.all(this.#paths.map(stateOf))).join(';');
  }

  #whenLate(tell: (error: Error) => void): NodeJS.Timeout {
    const error = new FileTimeoutError(this.#paths, this.#timeoutMs);
    return setTimeout(() => tell(error), this.#timeoutMs);
  }

  /** Whether it has loaded them. */
  async #loadIfChanged(): Promise<boolean> {
    // Before they are read: a change in between is found the next time.
    const state = await this.#stateNow();
    if (state === this.#state) return false;
    await this.#load();
    this.#state = state;
    this.#loadedAtMs = Date.now();
    return true;
  }

  /** Never rejects. */
  async #check(): Promise<void> {
    // What does not answer keeps a thread of the process: no second one is sent after it.
    if (this.#isChecking) return;
    this.#isChecking = true;
    const late = this.#whenLate((error) => this.#failed(error)).unref();
    try {
      if (!(await this.#loadIfChanged())) return;
      this.#problem = undefined;
      this.#observer.reloaded();
    } catch (error) {
      this.#failed(error as Error);
    } finally {
      clearTimeout(late);
      this.#isChecking = false;
    }
  }

  #failed(error: Error): void {
    // It is tried again, as it may not be the files' fault, and told once.
    this.#state = undefined;
    if (error.message === this.#problem) return;
    this.#problem = error.message;
    this.#observer.failed(error);
  }
}

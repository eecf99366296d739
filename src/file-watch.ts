import { stat } from 'node:fs/promises';

/** How often files are looked at. */
const CHECK_INTERVAL_MS = 1_000;

/** Told what became of files that have changed. */
export interface FileObserver {
  reloaded(): void;
  /** What was loaded before stays. */
  failed(error: Error): void;
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
  #timer: NodeJS.Timeout | undefined;
  /** Undefined: to be loaded anew. */
  #state: string | undefined;
  #isChecking = false;
  #problem: string | undefined;

  private constructor(paths: readonly string[], load: () => Promise<void>, observer: FileObserver) {
    this.#paths = paths;
    this.#load = load;
    this.#observer = observer;
  }

  /** Resolves when the files have been loaded; rejects as `load` does when they cannot be. */
  static async start(
    paths: readonly string[],
    load: () => Promise<void>,
    observer: FileObserver,
    intervalMs = CHECK_INTERVAL_MS,
  ): Promise<FileWatch> {
    const watch = new FileWatch(paths, load, observer);
    // Before they are read: a change in between is found the next time.
    watch.#state = await watch.#stateNow();
    await load();
    watch.#timer = setInterval(() => void watch.#check(), intervalMs).unref();
    return watch;
  }

  /** Why what is loaded is not what the files have; undefined when it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #stateNow(): Promise<string> {
    return (await Promise.all(this.#paths.map(stateOf))).join(';');
  }

  /** Never rejects. */
  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      const state = await this.#stateNow();
      if (state === this.#state) return;
      this.#state = state;
      await this.#load();
      this.#problem = undefined;
      this.#observer.reloaded();
    } catch (error) {
      this.#failed(error as Error);
    } finally {
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

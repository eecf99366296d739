import { stat } from 'node:fs/promises';
import type { ApiKey } from './api-key.ts';
import { readKeyFile } from './key-file.ts';
import { type ApiKeys, type KeyRefusal, KeyRing } from './key-ring.ts';

/** How often the file is looked at. */
const CHECK_INTERVAL_MS = 1_000;

/** Told when the file has changed. */
export interface KeyFileObserver {
  reloaded(): void;
  /** The keys that were in force stay. */
  failed(error: Error): void;
}

/** What tells one state of a file from another; undefined when there is none. */
const stateOf = async (path: string): Promise<string | undefined> => {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join();
  } catch (error) {
    return (error as NodeJS.ErrnoException).code;
  }
};

/**
 * The keys of a file, as it is now. It is looked at once a second instead of being watched by the
 * system: that works on every file system, and when the file, or the link to it, is replaced, as
 * editors and secrets of orchestrators do. A file that is not valid leaves the keys as they were.
 */
export class WatchedKeyFile implements ApiKeys {
  readonly #path: string;
  readonly #observer: KeyFileObserver;
  readonly #ring: KeyRing;
  readonly #timer: NodeJS.Timeout;
  #state: string | undefined;
  #isChecking = false;
  #problem: string | undefined;

  private constructor(
    path: string,
    {
      ring,
      state,
      observer,
    }: { ring: KeyRing; state: string | undefined; observer: KeyFileObserver },
    intervalMs: number,
  ) {
    this.#path = path;
    this.#ring = ring;
    this.#state = state;
    this.#observer = observer;
    this.#timer = setInterval(() => void this.#check(), intervalMs).unref();
  }

  /** Rejects with a `KeyFileError` when the file is not valid. */
  static async open(
    path: string,
    observer: KeyFileObserver,
    intervalMs = CHECK_INTERVAL_MS,
  ): Promise<WatchedKeyFile> {
    // Before it is read: a change in between is found the next time.
    const state = await stateOf(path);
    const ring = new KeyRing(await readKeyFile(path));
    return new WatchedKeyFile(path, { ring, state, observer }, intervalMs);
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  authenticate(authorization: string | undefined): ApiKey | KeyRefusal {
    return this.#ring.authenticate(authorization);
  }

  isInForce(key: ApiKey): boolean {
    return this.#ring.isInForce(key);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Never rejects. */
  async #check(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      const state = await stateOf(this.#path);
      if (state === this.#state) return;
      this.#state = state;
      this.#ring.replace(await readKeyFile(this.#path));
      this.#problem = undefined;
      this.#observer.reloaded();
    } catch (error) {
      this.#failed(error as Error);
    } finally {
      this.#isChecking = false;
    }
  }

  #failed(error: Error): void {
    // It is tried again, also when it was not the file's fault, and told once.
    this.#state = undefined;
    const problem = `The API keys are not those of the file: ${error.message}.`;
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#observer.failed(error);
  }
}

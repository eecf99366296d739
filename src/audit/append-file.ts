import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  openSync,
  readSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { promisify } from 'node:util';

const datasync = promisify(fdatasync);

/** Nobody but its owner reads a file that is made here; one that is there keeps its mode. */
const MODE = 0o600;
/** Each write goes to the end, whoever else writes. */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;

const NEWLINE = 0x0a;

/** Whether what was written last broke off, as by the end of the process or of the space. */
const isTorn = (fd: number, size: number): boolean => {
  const last = Buffer.alloc(1);
  return size > 0 && readSync(fd, last, 0, 1, size - 1) === 1 && last[0] !== NEWLINE;
};

/**
 * A file of lines that only grows. Lines are written at once: to copy one to the page cache takes
 * some microseconds, and what is there outlives the process. Throws the system's errors.
 */
export class AppendFile {
  readonly #path: string;
  readonly #fd: number;
  readonly #state: Pick<Stats, 'dev' | 'ino'>;
  #size: number;
  #isTorn: boolean;
  #syncing: Promise<void> = Promise.resolve();
  #nextSync: Promise<void> | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#fd = openSync(path, FLAGS, MODE);
    try {
      const stats = fstatSync(this.#fd);
      if (!stats.isFile()) throw new Error('it is not a file');
      this.#state = stats;
      this.#size = stats.size;
      this.#isTorn = isTorn(this.#fd, stats.size);
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  /** In bytes. */
  get size(): number {
    return this.#size;
  }

  /** Whether it is still what its path leads to: somebody may have moved or removed it. */
  get isInPlace(): boolean {
    const found = statSync(this.#path, { throwIfNoEntry: false });
    return found?.ino === this.#state.ino && found.dev === this.#state.dev;
  }

  /** After a failure any beginning of the line may be there; the next one begins behind it. */
  append(line: string): void {
    const bytes = Buffer.from(this.#isTorn ? `\n${line}\n` : `${line}\n`);
    this.#isTorn = true;
    for (let written = 0; written < bytes.length; ) {
      const count = writeSync(this.#fd, bytes, written);
      this.#size += count;
      written += count;
    }
    this.#isTorn = false;
  }

  /** Resolves when all that was appended before is on the disk. Who comes meanwhile shares the next. */
  sync(): Promise<void> {
    this.#nextSync ??= this.#settled().then(() => {
      this.#nextSync = undefined;
      this.#syncing = datasync(this.#fd);
      return this.#syncing;
    });
    return this.#nextSync;
  }

  /** Closes it once all is on the disk, and if that fails, too. */
  async close(): Promise<void> {
    try {
      await this.sync();
    } finally {
      closeSync(this.#fd);
    }
  }

  async #settled(): Promise<void> {
    await Promise.allSettled([this.#syncing]);
  }
}

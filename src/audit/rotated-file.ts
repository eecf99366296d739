import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { realPathOf } from '../real-path.ts';
import { syncFolder } from '../sync-folder.ts';
import { AppendFile } from './append-file.ts';

export interface RotatedFileOptions {
  readonly path: string;
  /** A file that would become larger is full. */
  readonly maxBytes: number;
  /** So many full ones are kept: `path.1`, which is the latest, to `path.<n>`. */
  readonly maxFullFiles: number;
}

/**
 * Lines in a file that is put aside when it is full, and the oldest of those thrown away. Throws the
 * system's errors; what could not be done is tried again with the next line.
 */
export class RotatedFile {
  readonly #options: RotatedFileOptions;
  #current: AppendFile | undefined;
  /** What is under way with files that are not written any more, and with new names. */
  readonly #unfinished = new Set<Promise<void>>();

  /** Opens the file, and makes it when it is not there. */
  constructor(options: RotatedFileOptions) {
    // Where a link leads: a full file gets its name there, and no link does.
    this.#options = { ...options, path: realPathOf(options.path) };
    this.#opened();
  }

  /** What is written outlives the process. */
  append(line: string): void {
    let file = this.#current ?? this.#opened();
    if (file.size > 0 && file.size + Buffer.byteLength(line) >= this.#options.maxBytes) {
      this.#rotate();
      this.#leave(file);
      file = this.#opened();
    }
    file.append(line);
  }

  /**
   * Makes a new file where somebody has moved or removed the one that was written. Not with each
   * line: that would cost as much as the line.
   */
  checkPlace(): void {
    if (this.#current?.isInPlace === true) return;
    if (this.#current !== undefined) this.#leave(this.#current);
    this.#opened();
  }

  /** Resolves when all that was appended before outlives a loss of power. */
  async sync(): Promise<void> {
    const unfinished = [...this.#unfinished].map((step) =>
      step.finally(() => this.#unfinished.delete(step)),
    );
    await Promise.all([...unfinished, this.#current?.sync()]);
  }

  async close(): Promise<void> {
    if (this.#current !== undefined) this.#leave(this.#current);
    await this.sync();
  }

  #opened(): AppendFile {
    const { path } = this.#options;
    const file = new AppendFile(path);
    this.#current = file;
    this.#finish(syncFolder(dirname(path)));
    return file;
  }

  #leave(file: AppendFile): void {
    this.#current = undefined;
    this.#finish(file.close());
  }

  /** Its failure is that of the next {@link sync}. */
  #finish(step: Promise<void>): void {
    step.catch(() => undefined);
    this.#unfinished.add(step);
  }

  /** Only as far as there is a gap, as one who was broken off here leaves: it loses nothing. */
  #rotate(): void {
    const { path, maxFullFiles } = this.#options;
    const nameOf = (number: number) => (number === 0 ? path : `${path}.${number}`);
    let last = 1;
    while (last < maxFullFiles && existsSync(nameOf(last))) last++;
    for (let number = last; number > 0; number--) renameSync(nameOf(number - 1), nameOf(number));
  }
}

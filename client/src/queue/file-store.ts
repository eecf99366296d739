import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Reading } from '../data.ts';
import type { QueueStore } from './queue-store.ts';

/** Lines of readings that were removed stay in the file until there are so many. */
const COMPACT_AFTER = 10_000;

type Line = { readonly reading: Reading } | { readonly removed: number };

const textOf = (lines: readonly Line[]): string =>
  lines.map((line) => `${JSON.stringify(line)}\n`).join('');

const lineOf = (text: string, number: number, path: string): Line => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path}, line ${number}, is damaged`, { cause });
  }
};

/** What the lines leave; the text after the last line feed is a line that was not finished. */
const readingsOf = (text: string, path: string): Reading[] => {
  const readings: Reading[] = [];
  let removed = 0;
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    const parsed = lineOf(line, index + 1, path);
    if ('removed' in parsed) removed += parsed.removed;
    else readings.push(parsed.reading);
  }
  return readings.slice(removed);
};

/** Makes a file's name last (its folder is another file, with a sync of its own). */
const syncFolderOf = async (path: string): Promise<void> => {
  // Windows opens no folders, and keeps names by itself.
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
};

/** The file as a log: readings are appended, and so is how many of the oldest are done with. */
class FileStore implements QueueStore {
  readonly #path: string;
  #file: FileHandle | undefined;
  #kept = 0;
  #removed = 0;

  constructor(path: string) {
    this.#path = path;
  }

  async load(): Promise<readonly Reading[]> {
    const file = await open(this.#path, 'a+');
    try {
      const readings = readingsOf(await file.readFile('utf8'), this.#path);
      await this.#rewrite(readings);
      return readings;
    } finally {
      await file.close();
    }
  }

  async append(readings: readonly Reading[]): Promise<void> {
    await this.#write(readings.map((reading) => ({ reading })));
    this.#kept += readings.length;
  }

  async remove(count: number): Promise<void> {
    await this.#write([{ removed: count }]);
    this.#kept -= count;
    this.#removed += count;
    if (this.#kept === 0) {
      await this.#file?.truncate(0);
      this.#removed = 0;
    }
    if (this.#removed < Math.max(COMPACT_AFTER, this.#kept)) return;
    const file = await open(this.#path, 'r');
    try {
      await this.#rewrite(readingsOf(await file.readFile('utf8'), this.#path));
    } finally {
      await file.close();
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #write(lines: readonly Line[]): Promise<void> {
    if (this.#file === undefined) throw new Error(`${this.#path} is not open`);
    const { size } = await this.#file.stat();
    try {
      await this.#file.appendFile(textOf(lines));
      await this.#file.datasync();
    } catch (error) {
      // Half a line would spoil the next one.
      await this.#file.truncate(size);
      throw error;
    }
  }

  /** Another file takes its place when it is on disk: at each moment one of them is whole. */
  async #rewrite(readings: readonly Reading[]): Promise<void> {
    const temporary = `${this.#path}.new`;
    const file = await open(temporary, 'w');
    try {
      await file.appendFile(textOf(readings.map((reading) => ({ reading }))));
      await file.datasync();
    } finally {
      await file.close();
    }
    await this.close();
    await rename(temporary, this.#path);
    await syncFolderOf(this.#path);
    this.#file = await open(this.#path, 'a');
    this.#kept = readings.length;
    this.#removed = 0;
  }
}

/**
 * Keeps a queue's readings in a file, in Node. What was added is on disk (`fdatasync`) when `add`
 * resolves. A line that a crash left unfinished is left out: its `add` had not resolved. One queue
 * alone may use a file.
 */
export const fileStore = (path: string): QueueStore => new FileStore(path);

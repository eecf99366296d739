import { type FileHandle, open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../../thrown.ts';
import { logFolder, parseSegmentName } from '../disk/layout.ts';
import { nodeFiles } from '../disk/node-files.ts';
import { piecesOf } from '../log/log-replay.ts';

/**
 * The segments of a log that another process writes and removes. What is held open can be read to
 * its end, also when its name is gone.
 */
export class HeldLog {
  readonly #folder: string;
  readonly #segments = new Map<string, FileHandle>();
  /** The last segment there was at first. Those before it go in any order, so gaps say nothing. */
  #lastAtFirst: string | undefined;

  constructor(dataDir: string) {
    this.#folder = logFolder(dataDir);
  }

  /** Takes what is there, all of it at one moment. Rejects as {@link holdNew} does. */
  async holdFirst(): Promise<void> {
    await this.holdNew();
    this.#lastAtFirst = this.#names().at(-1);
  }

  /** Takes what is new. Rejects with ENOENT when a segment went between its listing and now. */
  async holdNew(): Promise<void> {
    for (const name of await nodeFiles.list(this.#folder)) {
      if (parseSegmentName(name) === undefined || this.#segments.has(name)) continue;
      this.#segments.set(name, await open(join(this.#folder, name), 'r'));
    }
  }

  /**
   * Copies all that is held, durably but for the names. Resolves with the last sequence in it (0
   * when there is none); undefined when sequences are missing after those that were there at
   * first, so that a segment may have come and gone unseen.
   */
  async copyTo(folder: string): Promise<number | undefined> {
    let last: number | undefined;
    let isWhole = true;
    for (const name of this.#names()) {
      const content = await (this.#segments.get(name) as FileHandle).readFile();
      await writeFile(join(folder, name), content, { flush: true });
      const first = parseSegmentName(name) as number;
      const isNew = this.#lastAtFirst !== undefined && name > this.#lastAtFirst;
      if (isNew && last !== undefined && first > last + 1) isWhole = false;
      last = Math.max(last ?? 0, first - 1);
      for (const piece of piecesOf(content)) {
        if (!('record' in piece)) continue;
        const { record } = piece;
        const taken = record.kind === 'readings' ? record.size : 1;
        last = Math.max(last, record.sequence + taken - 1);
      }
    }
    return isWhole ? (last ?? 0) : undefined;
  }

  /** Whether the last segment that is held still has its name. */
  async hasItsEnd(): Promise<boolean> {
    const last = this.#names().at(-1);
    if (last === undefined) return false;
    try {
      await stat(join(this.#folder, last));
      return true;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const file of this.#segments.values()) await file.close();
  }

  #names(): string[] {
    return [...this.#segments.keys()].sort();
  }
}

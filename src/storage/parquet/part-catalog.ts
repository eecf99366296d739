import { join } from 'node:path';
import type { EpochDay } from '../../readings/reading.ts';
import type { Files } from '../files.ts';
import {
  covers,
  dayFolder,
  isTemporary,
  parseDayFolder,
  parsePartName,
  partitionsFolder,
  type SequenceRange,
} from './layout.ts';

/** A Parquet file: the readings of one UTC day that have a sequence in its range. */
export interface Part {
  readonly day: EpochDay;
  readonly range: SequenceRange;
  readonly path: string;
  readonly bytes: number;
}

/**
 * The parts in force, by day. Within a day their ranges ascend and never overlap.
 * A part that has been replaced is removed from disk when the last scan that holds it is done.
 */
export class PartCatalog {
  readonly #files: Files;
  readonly #byDay = new Map<EpochDay, readonly Part[]>();
  readonly #holders = new Map<Part, number>();
  readonly #replaced = new Set<Part>();

  private constructor(files: Files) {
    this.#files = files;
  }

  /**
   * Finds the parts on disk. What an interrupted flush or compaction left behind is removed:
   * temporary files, and parts whose range lies inside another's of the same day.
   */
  static async load(files: Files, dataDir: string): Promise<PartCatalog> {
    const catalog = new PartCatalog(files);
    for (const name of await files.list(partitionsFolder(dataDir))) {
      const day = parseDayFolder(name);
      if (day !== undefined) await catalog.#loadDay(dataDir, day);
    }
    return catalog;
  }

  async #loadDay(dataDir: string, day: EpochDay): Promise<void> {
    const folder = dayFolder(dataDir, day);
    const found: Part[] = [];
    for (const name of await this.#files.list(folder)) {
      const path = join(folder, name);
      const range = parsePartName(name);
      if (isTemporary(name)) await this.#files.remove(path);
      if (range === undefined) continue;
      found.push({ day, range, path, bytes: await this.#files.size(path) });
    }
    const isGarbage = (part: Part) =>
      found.some((other) => other !== part && covers(other.range, part.range));
    for (const part of found.filter(isGarbage)) await this.#files.remove(part.path);
    const kept = found.filter((part) => !isGarbage(part));
    if (kept.length > 0) this.#byDay.set(day, kept);
  }

  get days(): IterableIterator<EpochDay> {
    return this.#byDay.keys();
  }

  /** How many parts are in force. */
  get size(): number {
    let size = 0;
    for (const parts of this.#byDay.values()) size += parts.length;
    return size;
  }

  ofDay(day: EpochDay): readonly Part[] {
    return this.#byDay.get(day) ?? [];
  }

  /**
   * Puts a part in force, in the place of all parts of its day that lie in its range; they are
   * removed. It may not share sequences with any other.
   */
  async put(part: Part): Promise<void> {
    const parts = this.ofDay(part.day);
    const replaced = parts.filter((old) => covers(part.range, old.range));
    const before = parts.filter((old) => old.range.last < part.range.first);
    const after = parts.filter((old) => old.range.first > part.range.last);
    if (before.length + replaced.length + after.length !== parts.length) {
      throw new Error(`${part.path} overlaps another part of its day`);
    }
    this.#byDay.set(part.day, [...before, part, ...after]);
    for (const old of replaced) {
      this.#replaced.add(old);
      await this.#removeIfUnused(old);
    }
  }

  /** Keeps parts on disk until {@link release} is called with the same list. */
  hold(parts: readonly Part[]): void {
    for (const part of parts) this.#holders.set(part, (this.#holders.get(part) ?? 0) + 1);
  }

  async release(parts: readonly Part[]): Promise<void> {
    for (const part of parts) {
      const holders = (this.#holders.get(part) ?? 0) - 1;
      if (holders > 0) this.#holders.set(part, holders);
      else this.#holders.delete(part);
      await this.#removeIfUnused(part);
    }
  }

  async #removeIfUnused(part: Part): Promise<void> {
    if (!this.#replaced.has(part) || this.#holders.has(part)) return;
    this.#replaced.delete(part);
    await this.#files.remove(part.path);
  }
}

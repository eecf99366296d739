import { join } from 'node:path';
import type { EpochDay } from '../../../readings/reading.ts';
import type { PartFile } from '../../rows/part-file.ts';
import type { Files } from '../disk/files.ts';
import {
  dayFolder,
  isTemporary,
  type PartIdentity,
  parseDayFolder,
  parsePartName,
  partitionsFolder,
  partStem,
  supersedes,
} from '../disk/layout.ts';

/** A Parquet file: the readings of one UTC day that have a sequence in its range. */
export interface Part extends PartIdentity, PartFile {}

/** A file that is in force no longer. */
export type Garbage = Pick<Part, 'day' | 'path'>;

/**
 * Of a day's parts on disk, those that no other takes the place of. Of two with the same identity,
 * which an attempt to write one leaves when it is cut short and repeated, either will do.
 */
export const partsInForce = <P extends PartIdentity>(found: readonly P[]): P[] => {
  const byStem = new Map(found.map((part) => [partStem(part), part]));
  const single = [...byStem.values()];
  return single.filter((part) => !single.some((other) => supersedes(other, part)));
};

/**
 * The parts in force, by day. Within a day their ranges ascend and never overlap.
 * A part that was replaced stays on disk as garbage until no scan holds it.
 */
export class PartCatalog {
  readonly #byDay = new Map<EpochDay, readonly Part[]>();
  readonly #holders = new Map<Garbage, number>();
  readonly #garbage = new Set<Garbage>();
  #removals = 0;

  /**
   * Finds the parts on disk. What an interrupted flush, rewrite or compaction left behind is
   * garbage: temporary files, and parts that another of their day supersedes.
   */
  static async load(files: Files, dataDir: string): Promise<PartCatalog> {
    const catalog = new PartCatalog();
    for (const name of await files.list(partitionsFolder(dataDir))) {
      const day = parseDayFolder(name);
      if (day !== undefined) await catalog.#loadDay(files, dayFolder(dataDir, day), day);
    }
    return catalog;
  }

  async #loadDay(files: Files, folder: string, day: EpochDay): Promise<void> {
    const found: Part[] = [];
    for (const name of await files.list(folder)) {
      const path = join(folder, name);
      const named = parsePartName(name);
      if (named !== undefined) {
        const { range, rewrites } = named;
        found.push({ range, rewrites, day, path, bytes: await files.size(path) });
      } else if (isTemporary(name)) {
        this.#garbage.add({ day, path });
      }
    }
    const inForce = partsInForce(found);
    for (const part of found) {
      if (!inForce.includes(part)) this.#garbage.add(part);
    }
    // The process that wrote a superseding part may have died just before it synced its name; only
    // when that is durable may the old ones go.
    if (inForce.length < found.length) await files.syncFolder(folder);
    if (inForce.length > 0) this.#byDay.set(day, inForce);
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

  /** How often a part was taken out of force with nothing in its place. */
  get removals(): number {
    return this.#removals;
  }

  ofDay(day: EpochDay): readonly Part[] {
    return this.#byDay.get(day) ?? [];
  }

  /** Puts a part in force in the place of those it supersedes. It may share sequences with no other. */
  put(part: Part): void {
    const parts = this.ofDay(part.day);
    const replaced = parts.filter((old) => supersedes(part, old));
    const before = parts.filter((old) => old.range.last < part.range.first);
    const after = parts.filter((old) => old.range.first > part.range.last);
    if (before.length + replaced.length + after.length !== parts.length) {
      throw new Error(`${part.path} overlaps another part of its day`);
    }
    this.#byDay.set(part.day, [...before, part, ...after]);
    for (const old of replaced) this.#garbage.add(old);
    // The trace of a failed write that has now been repeated is not garbage any more.
    for (const stray of this.#garbage) if (stray.path === part.path) this.#garbage.delete(stray);
  }

  /** Takes a part out of force with nothing in its place; its file becomes garbage. */
  drop(part: Part): void {
    this.remove(part);
    this.#garbage.add(part);
  }

  /** Takes a part out of force with nothing in its place; its file is the caller's. */
  remove(part: Part): void {
    this.#removals++;
    const rest = this.ofDay(part.day).filter((other) => other !== part);
    if (rest.length > 0) this.#byDay.set(part.day, rest);
    else this.#byDay.delete(part.day);
  }

  /** Keeps parts on disk until {@link release} is called with the same list. */
  hold(parts: readonly Part[]): void {
    for (const part of parts) this.#holders.set(part, (this.#holders.get(part) ?? 0) + 1);
  }

  release(parts: readonly Part[]): void {
    for (const part of parts) {
      const holders = (this.#holders.get(part) ?? 0) - 1;
      if (holders > 0) this.#holders.set(part, holders);
      else this.#holders.delete(part);
    }
  }

  /** What is on disk but not in force, held or not. */
  get garbage(): ReadonlySet<Garbage> {
    return this.#garbage;
  }

  /** Garbage that no scan holds. */
  get removable(): readonly Garbage[] {
    return [...this.#garbage].filter((one) => !this.#holders.has(one));
  }

  /**
   * Makes garbage of what is in the day folders and not known here: the traces of writes that
   * failed. No part may be in the making.
   */
  async collectStrays(files: Files, dataDir: string): Promise<void> {
    const known = new Set([...this.#garbage].map((one) => one.path));
    for (const parts of this.#byDay.values()) for (const part of parts) known.add(part.path);
    for (const folderName of await files.list(partitionsFolder(dataDir))) {
      const day = parseDayFolder(folderName);
      if (day === undefined) continue;
      for (const name of await files.list(dayFolder(dataDir, day))) {
        const path = join(dayFolder(dataDir, day), name);
        const isOurs = isTemporary(name) || parsePartName(name) !== undefined;
        if (isOurs && !known.has(path)) this.#garbage.add({ day, path });
      }
    }
  }

  /** Garbage that is durably gone. */
  forget(removed: Garbage): void {
    this.#garbage.delete(removed);
  }
}

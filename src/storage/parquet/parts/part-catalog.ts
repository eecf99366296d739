import { basename, join } from 'node:path';
import { firstAtLeast } from '../../../readings/first-at-least.ts';
import type { EpochDay } from '../../../readings/reading.ts';
import type { PartFile } from '../../rows/part-file.ts';
import type { Files } from '../disk/files.ts';
import {
  dayFolder,
  type PartIdentity,
  parseDayFolder,
  parsePartName,
  parseTemporaryPart,
  partitionsFolder,
  partStem,
  type SequenceRange,
  supersedes,
} from '../disk/layout.ts';
import { partDamage } from './part-checksum.ts';

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
  /** The days by how many parts they have. */
  readonly #byCount = new Map<number, Set<EpochDay>>();
  readonly #holders = new Map<Garbage, number>();
  readonly #taken = new Set<Part>();
  readonly #garbage = new Set<Garbage>();
  readonly #garbageByPath = new Map<string, Garbage>();
  readonly #strangers: string[] = [];
  readonly #damagedAtLoad = new Map<Part, string>();
  readonly #emptyDays = new Set<EpochDay>();
  /** Ascending; made when it is asked for. */
  #sortedDays: readonly EpochDay[] | undefined;
  #size = 0;
  #removals = 0;

  /**
   * Finds the parts on disk. What an interrupted flush, rewrite or compaction left behind is
   * garbage: parts that another of their day supersedes, and temporary files. Those go at once if
   * they can: the same write may soon be done again, under the same name.
   */
  static async load(files: Files, dataDir: string, signal?: AbortSignal): Promise<PartCatalog> {
    const catalog = new PartCatalog();
    for (const name of await files.list(partitionsFolder(dataDir))) {
      signal?.throwIfAborted();
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
      } else if (parseTemporaryPart(name) !== undefined) {
        if (!(await isRemoved(files, path))) this.#addGarbage({ day, path });
      } else if (!name.startsWith('.')) {
        // What is hidden is nobody's concern: some file systems keep such names for themselves.
        this.#strangers.push(path);
      }
    }
    const sound = await this.#withoutDamaged(found);
    const inForce = partsInForce(sound);
    for (const part of sound) {
      if (!inForce.includes(part)) this.#addGarbage(part);
    }
    // The process that wrote a superseding part may have died just before it synced its name; only
    // when that is durable may the old ones go.
    if (inForce.length < sound.length) await files.syncFolder(folder);
    this.#setDay(day, inForce);
  }

  #setDay(day: EpochDay, parts: readonly Part[]): void {
    const before = this.ofDay(day).length;
    this.#byCount.get(before)?.delete(day);
    if (this.#byCount.get(before)?.size === 0) this.#byCount.delete(before);
    this.#size += parts.length - before;
    if ((parts.length === 0) !== (before === 0)) this.#sortedDays = undefined;
    if (parts.length === 0) {
      this.#byDay.delete(day);
      this.#emptyDays.add(day);
      return;
    }
    this.#emptyDays.delete(day);
    this.#byDay.set(day, parts);
    const alike = this.#byCount.get(parts.length);
    if (alike === undefined) this.#byCount.set(parts.length, new Set([day]));
    else alike.add(day);
  }

  #addGarbage(garbage: Garbage): void {
    this.#garbage.add(garbage);
    this.#garbageByPath.set(garbage.path, garbage);
  }

  /** Files in the day folders that were found when loading and are none of the store's. */
  get strangers(): readonly string[] {
    return this.#strangers;
  }

  /** Only a part that is as it was written may take the place of another. */
  async #withoutDamaged(found: readonly Part[]): Promise<readonly Part[]> {
    for (const part of found) {
      const replacesOne = found.some(
        (other) =>
          other !== part && (supersedes(part, other) || partStem(part) === partStem(other)),
      );
      const damage = replacesOne ? await partDamage(part.path) : undefined;
      if (damage !== undefined) this.#damagedAtLoad.set(part, damage);
    }
    return found.filter((part) => !this.#damagedAtLoad.has(part));
  }

  /** Damaged parts that would have taken the place of others, each with what is wrong with it. */
  get damagedAtLoad(): ReadonlyMap<Part, string> {
    return this.#damagedAtLoad;
  }

  get days(): IterableIterator<EpochDay> {
    return this.#byDay.keys();
  }

  /** The same, ascending. Costs nothing while no day comes or goes. */
  get sortedDays(): readonly EpochDay[] {
    this.#sortedDays ??= [...this.#byDay.keys()].sort((a, b) => a - b);
    return this.#sortedDays;
  }

  /** The days from one to another, both included, ascending. What it costs is in what it gives. */
  daysBetween(first: EpochDay, last: EpochDay): readonly EpochDay[] {
    const days = this.sortedDays;
    return days.slice(firstAtLeast(days, first), firstAtLeast(days, last + 1));
  }

  /** Days that have a folder, but no part in it. */
  get emptyDays(): ReadonlySet<EpochDay> {
    return this.#emptyDays;
  }

  /** Notes that an empty day's folder is gone, or is to stay because of what else is in it. */
  forgetEmptyDay(day: EpochDay): void {
    this.#emptyDays.delete(day);
  }

  /** How many parts are in force. */
  get size(): number {
    return this.#size;
  }

  /** How many parts the day has that has most. */
  get mostParts(): number {
    return Math.max(0, ...this.#byCount.keys());
  }

  /** The days that have more parts than this, those with most parts first. */
  *daysOver(parts: number): Generator<EpochDay> {
    const over = [...this.#byCount].filter(([count]) => count > parts);
    for (const [, days] of over.sort(([a], [b]) => b - a)) yield* days;
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
    this.#setDay(part.day, [...before, part, ...after]);
    for (const old of replaced) this.#addGarbage(old);
  }

  /** Takes a part out of force with nothing in its place; its file becomes garbage. */
  drop(part: Part): void {
    this.remove(part);
    this.#addGarbage(part);
  }

  /** Takes a part out of force with nothing in its place; its file is the caller's. */
  remove(part: Part): void {
    this.#removals++;
    this.#setDay(
      part.day,
      this.ofDay(part.day).filter((other) => other !== part),
    );
  }

  /** Makes garbage of a file that never was in force. */
  discard(file: Garbage): void {
    this.#addGarbage(file);
  }

  isInForce(part: Part): boolean {
    return this.ofDay(part.day).includes(part);
  }

  /** Marks parts that are being replaced, so that nobody else begins to, until {@link giveBack}. */
  take(parts: readonly Part[]): void {
    if (parts.some((part) => this.#taken.has(part))) throw new Error('a part is taken already');
    for (const part of parts) this.#taken.add(part);
  }

  giveBack(parts: readonly Part[]): void {
    for (const part of parts) this.#taken.delete(part);
  }

  isTaken(part: Part): boolean {
    return this.#taken.has(part);
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

  /** Whether a file that waits for its removal has the name that such a part would get. */
  hasGarbageOf(day: EpochDay, identity: PartIdentity): boolean {
    for (const garbage of this.#garbage) {
      if (garbage.day !== day) continue;
      const name = basename(garbage.path);
      const named = parsePartName(name);
      const isSame =
        named === undefined
          ? isOfRange(name, identity.range)
          : partStem(named) === partStem(identity);
      if (isSame) return true;
    }
    return false;
  }

  /**
   * Makes garbage of what failed writes of a part with this range left in its day's folder: all
   * that is neither in force nor `kept`. No such write may be under way.
   */
  async collectUnfinished(
    files: Files,
    dataDir: string,
    { day, range }: Pick<Part, 'day' | 'range'>,
    kept: readonly string[] = [],
  ): Promise<void> {
    const folder = dayFolder(dataDir, day);
    const names = await files.list(folder);
    const others = [...this.ofDay(day), ...this.#damagedAtLoad.keys()];
    const known = new Set([...kept, ...others.map((part) => part.path)]);
    for (const path of names.map((name) => join(folder, name))) {
      const isKnown = known.has(path) || this.#garbageByPath.has(path);
      if (!isKnown && isOfRange(basename(path), range)) this.#addGarbage({ day, path });
    }
  }

  /** Garbage that is durably gone. */
  forget(removed: Garbage): void {
    this.#garbage.delete(removed);
    this.#garbageByPath.delete(removed.path);
  }
}

/** Whether it is the name of a part with this range, in any writing, or on its way to become one. */
const isOfRange = (name: string, range: SequenceRange): boolean => {
  const named = parsePartName(name)?.range ?? parseTemporaryPart(name);
  return named !== undefined && named.first === range.first && named.last === range.last;
};

/** What cannot be removed now is left for later, when it is tried again and reported. */
const isRemoved = async (files: Files, path: string): Promise<boolean> => {
  try {
    await files.remove(path);
    return true;
  } catch {
    return false;
  }
};

import type { EpochDay } from '../../../readings/reading.ts';
import type { Files } from '../disk/files.ts';
import type { PartIdentity, SequenceRange } from '../disk/layout.ts';
import { roomBesideLog } from '../disk/log-reserve.ts';
import type { WrittenPart } from '../parts/jobs.ts';
import type { Part, PartCatalog } from '../parts/part-catalog.ts';
import type { PartInspection } from '../parts/part-inspection.ts';
import type { UserFilters } from '../parts/user-filters.ts';
import { type Step, type Task, TaskHeldUpError } from './lane.ts';
import type { SegmentBacklog } from './segment-backlog.ts';

export interface PartReplacerOptions {
  readonly files: Files;
  readonly dataDir: string;
  readonly parts: PartCatalog;
  readonly filters: UserFilters;
  readonly segments: SegmentBacklog;
  readonly inspection: PartInspection;
  readonly segmentMaxBytes: number;
}

/** Parts of one day that are to be replaced by one. */
export interface Replacement {
  readonly day: EpochDay;
  readonly old: readonly Part[];
  readonly identity: PartIdentity;
}

interface UnfinishedWrite {
  readonly day: EpochDay;
  readonly range: SequenceRange;
}

/**
 * How parts are replaced by merged or rewritten ones. No part is being replaced twice at a time;
 * what a failed write left is found and removed before the same write is tried again.
 */
export class PartReplacer {
  readonly #options: PartReplacerOptions;
  readonly #unfinished = new Set<UnfinishedWrite>();

  constructor(options: PartReplacerOptions) {
    this.#options = options;
  }

  /** Whether a failed write may have left a file that is not known yet. */
  get hasUnfinished(): boolean {
    return this.#unfinished.size > 0;
  }

  readonly cleaning: Task = {
    name: 'looking for unfinished Parquet',
    canWait: false,
    next: (isWaiting): Step | undefined => {
      const { files, dataDir, parts } = this.#options;
      const write = [...this.#unfinished].find((one) => !isWaiting(one));
      if (write === undefined) return undefined;
      const run = async () => {
        await parts.collectUnfinished(files, dataDir, write);
        this.#unfinished.delete(write);
      };
      return { subject: write, run };
    },
  };

  /**
   * Whether a part can be replaced now. One whose segment may still be on disk cannot: a restart
   * may find a record more in that segment than was accepted, and then makes its parts anew, each
   * in the place of the old one, which has to be there as it was. As the segment of an erasure
   * stays on disk until it is carried out, parts from before and after it never become one either.
   */
  isReplaceable(part: Part): boolean {
    const { parts, segments, inspection } = this.#options;
    const isBelowLog = part.range.last < segments.firstSequence;
    return isBelowLog && !parts.isTaken(part) && !inspection.isExcluded(part);
  }

  /** A day's parts in the runs within which they may be merged, see {@link PartInspection}. */
  runsOf(day: EpochDay): readonly (readonly Part[])[] {
    return this.#options.inspection.mergeable(day);
  }

  /** Whether nothing of an earlier, failed write of this part is in the way of another. */
  isClear(day: EpochDay, identity: PartIdentity): boolean {
    const { range } = identity;
    const isSame = (one: UnfinishedWrite) =>
      one.day === day && one.range.first === range.first && one.range.last === range.last;
    return ![...this.#unfinished].some(isSame) && !this.#options.parts.hasGarbageOf(day, identity);
  }

  /**
   * Puts what `write` makes in the place of the old parts. Resolves with it, or with undefined when
   * nothing was replaced: one of the old parts was damaged, is being replaced already, or is in
   * force no longer.
   * Rejects when the disk has no room for a file as large as the old ones together.
   */
  async replace<Result extends WrittenPart>(
    { day, old, identity }: Replacement,
    write: () => Promise<Result | 'untouched' | 'emptied'>,
  ): Promise<Result | undefined> {
    const { parts, filters, inspection } = this.#options;
    if (old.some((part) => parts.isTaken(part) || !parts.isInForce(part))) return undefined;
    parts.take(old);
    try {
      await this.#checkRoom(old);
      const result = await this.#unlessDamaged(day, identity.range, write);
      if (result === undefined || result === 'untouched') return undefined;
      const isReplaced = old.every((part) => parts.isInForce(part));
      if (result === 'emptied') {
        if (isReplaced) for (const part of old) parts.drop(part);
        return undefined;
      }
      if (!isReplaced) {
        parts.discard({ day, path: result.path });
        return undefined;
      }
      const part = { ...identity, day, path: result.path, bytes: result.bytes };
      filters.put(part, result.userFilter);
      parts.put(part);
      inspection.vouchFor(part);
      return result;
    } finally {
      parts.giveBack(old);
    }
  }

  async #checkRoom(old: readonly Part[]): Promise<void> {
    const { files, dataDir, segmentMaxBytes } = this.#options;
    const needed = old.reduce((sum, part) => sum + part.bytes, 0);
    const room = await roomBesideLog(files, dataDir, segmentMaxBytes);
    if (needed <= room) return;
    throw new TaskHeldUpError(
      `the disk has too little room: ${needed} bytes needed, ${room} left beside the log's`,
    );
  }

  /** What the job made; undefined when one of the day's parts was damaged and set aside. */
  async #unlessDamaged<Result>(
    day: EpochDay,
    range: SequenceRange,
    write: () => Promise<Result>,
  ): Promise<Result | undefined> {
    try {
      return await write();
    } catch (error) {
      this.#unfinished.add({ day, range });
      if (await this.#options.inspection.setAsideDamaged(day)) return undefined;
      throw error;
    }
  }
}

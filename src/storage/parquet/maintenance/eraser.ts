import type { AcceptedErasure } from '../../../readings/erasure.ts';
import type { StoreObserver } from '../../store-observer.ts';
import type { Jobs } from '../parts/jobs.ts';
import type { Part, PartCatalog } from '../parts/part-catalog.ts';
import type { PartInspection } from '../parts/part-inspection.ts';
import type { UserFilters } from '../parts/user-filters.ts';
import type { PendingErasures } from './erasures.ts';
import type { Step, Task } from './lane.ts';
import type { PartReplacer } from './part-replacer.ts';
import type { ClosedSegment, SegmentBacklog } from './segment-backlog.ts';

export interface EraserOptions {
  readonly dataDir: string;
  readonly parts: PartCatalog;
  readonly segments: SegmentBacklog;
  readonly erasures: PendingErasures;
  readonly replacer: PartReplacer;
  readonly inspection: PartInspection;
  readonly jobs: Jobs;
  readonly filters: UserFilters;
  readonly observer: StoreObserver;
}

/**
 * Rewrites parts without the readings that erasures void, one a step. The erasures of a segment are
 * due when it is flushed, and so are all older readings in parts; they are carried out when no
 * part in force holds any of those they void, and nothing that a failed write left is unknown.
 */
export class Eraser implements Task {
  readonly name = 'erasing from Parquet';
  readonly canWait = false;
  readonly #options: EraserOptions;
  /** Up to which sequence all erasures are carried out in a part. */
  readonly #cleanUpTo = new WeakMap<Part, number>();
  /** Parts to be looked at. */
  #pass: Part[] = [];
  /** When the erasures of a segment were looked at first. */
  readonly #startedAtMs = new WeakMap<ClosedSegment, number>();

  constructor(options: EraserOptions) {
    this.#options = options;
  }

  next(isWaiting: (subject: unknown) => boolean): Step | undefined {
    const { segments, replacer } = this.#options;
    const oldest = segments.erasing[0];
    if (oldest === undefined) return undefined;
    const part = this.#nextPart(isWaiting);
    if (part !== undefined) return { subject: part, run: () => this.#eraseFrom(part) };
    const isDone = !replacer.hasUnfinished && this.#uncleanParts(lastOf(oldest)).length === 0;
    return isDone ? { subject: oldest, run: async () => this.#complete(oldest) } : undefined;
  }

  #nextPart(isWaiting: (subject: unknown) => boolean): Part | undefined {
    const { parts, segments, replacer } = this.#options;
    const newest = lastOf(segments.erasing.at(-1) as ClosedSegment);
    const isDue = (part: Part) =>
      parts.isInForce(part) &&
      this.#isUnclean(part, newest) &&
      !isWaiting(part) &&
      !parts.isTaken(part) &&
      replacer.isClear(part.day, rewritten(part));
    for (let part = this.#pass.pop(); part !== undefined; part = this.#pass.pop()) {
      if (isDue(part)) return part;
    }
    const [first, ...rest] = this.#uncleanParts(newest).filter(isDue);
    this.#pass = rest;
    return first;
  }

  #isUnclean(part: Part, upTo: number): boolean {
    if (this.#options.inspection.isExcluded(part)) return false;
    return part.range.last <= upTo && (this.#cleanUpTo.get(part) ?? 0) < upTo;
  }

  #uncleanParts(upTo: number): Part[] {
    const { parts } = this.#options;
    const unclean: Part[] = [];
    for (const day of parts.days) {
      for (const part of parts.ofDay(day)) if (this.#isUnclean(part, upTo)) unclean.push(part);
    }
    return unclean;
  }

  async #eraseFrom(part: Part): Promise<void> {
    const { segments, parts, filters, replacer, jobs, dataDir } = this.#options;
    const { day, path } = part;
    for (const closed of segments.erasing) {
      if (!this.#startedAtMs.has(closed)) this.#startedAtMs.set(closed, performance.now());
    }
    const upTo = lastOf(segments.erasing.at(-1) as ClosedSegment);
    const erasures: AcceptedErasure[] = [];
    for (const erasure of segments.erasing.flatMap((closed) => closed.erasures)) {
      if (part.range.last > erasure.sequence) continue;
      if (await filters.mayHold(part, erasure.userId)) erasures.push(erasure);
    }
    if (erasures.length === 0) {
      this.#cleanUpTo.set(part, upTo);
      return;
    }
    const identity = rewritten(part);
    await replacer.replace({ day, old: [part], identity }, async () => {
      const result = await jobs.erase({ dataDir, day, path, erasures, identity });
      if (result.outcome === 'rewritten') return result;
      if (result.outcome === 'untouched') this.#cleanUpTo.set(part, upTo);
      return result.outcome;
    });
    const now = parts.ofDay(day).find(({ range }) => range.last === part.range.last);
    if (now !== undefined && now !== part) this.#cleanUpTo.set(now, upTo);
  }

  #complete(closed: ClosedSegment): void {
    const { parts, segments, erasures, inspection, observer } = this.#options;
    for (const erasure of closed.erasures) erasures.remove(erasure);
    // A damaged part that is in its folder still may be readable to a later process.
    segments.erased([...parts.garbage, ...inspection.unplaced]);
    const users = new Set(closed.erasures.map(({ userId }) => userId)).size;
    const startedAtMs = this.#startedAtMs.get(closed) ?? performance.now();
    observer.erased({ users, durationMs: performance.now() - startedAtMs });
  }
}

const rewritten = ({ range, rewrites }: Part) => ({ range, rewrites: rewrites + 1 });

const lastOf = ({ erasures }: ClosedSegment): number =>
  Math.max(...erasures.map(({ sequence }) => sequence));

import type { AcceptedErasure } from '../../../readings/erasure.ts';
import type { StoreObserver } from '../../store-observer.ts';
import type { Files } from '../disk/files.ts';
import type { KnownDays } from '../known-days.ts';
import type { RecentReadings } from '../memory/recent-readings.ts';
import type { Jobs } from '../parts/jobs.ts';
import type { PartCatalog } from '../parts/part-catalog.ts';
import type { PartInspection } from '../parts/part-inspection.ts';
import type { UserFilters } from '../parts/user-filters.ts';
import { Compactor } from './compactor.ts';
import { DayExpiry } from './day-expiry.ts';
import { Eraser } from './eraser.ts';
import type { PendingErasures } from './erasures.ts';
import { FilterWarmer } from './filter-warmer.ts';
import { Flusher } from './flusher.ts';
import { GarbageCollector } from './garbage-collector.ts';
import { Lane } from './lane.ts';
import { PartReplacer } from './part-replacer.ts';
import { type ClosedSegment, SegmentBacklog } from './segment-backlog.ts';
import { Upgrader } from './upgrader.ts';

export interface MaintenanceOptions {
  readonly files: Files;
  readonly dataDir: string;
  readonly parts: PartCatalog;
  readonly knownDays: KnownDays;
  /** Who flushes. */
  readonly flushJobs: Jobs;
  /** Who does all else, so that no flush waits for it. */
  readonly tidyJobs: Jobs;
  readonly inspection: PartInspection;
  readonly filters: UserFilters;
  readonly erasures: PendingErasures;
  readonly observer: StoreObserver;
  /** How long after its first failure a step is tried again. */
  readonly retryMs: number;
  /** Days that ended longer ago than this many days are dropped; undefined keeps all. */
  readonly retentionDays: number | undefined;
  readonly expiryIntervalMs: number;
  /** How large a segment of the log may be: room for some of them is left to the log. */
  readonly segmentMaxBytes: number;
}

/** How far the work is behind. */
export interface MaintenanceLag {
  /** How long readings have waited to be flushed since their segment was closed or found, in ms. */
  readonly oldestUnflushedSinceMs: number | undefined;
  /** About how many bytes of parts wait to be merged. */
  readonly mergeDebtBytes: number;
  /** How long the longest step that is under way has taken so far. */
  readonly stepMs: number;
}

/**
 * What becomes of readings once their log segment is closed. Three lanes, each of which does one
 * step at a time:
 *
 * **Flush**: turns closed segments into parts, oldest first, and removes those that are done. It
 * has a thread of its own and waits for nobody: whatever else there is to do, readings leave
 * memory and the log.
 *
 * **Tidy**: drops expired days, removes files, carries out erasures a part a step, merges a few
 * small parts a step; and while none of that is due, upgrades old parts and reads user filters.
 *
 * **Merge**: merges that take longer, so that no small work waits for them. A part that is being
 * replaced is taken: nobody else touches it meanwhile.
 *
 * An erasure stays in its segment of the log, and is in force, until no file on disk holds a
 * reading it voids: every earlier segment is flushed and removed, every earlier part is rewritten,
 * and the old files are gone. Parts are merged only below the oldest segment on disk; why, says
 * {@link PartReplacer.isReplaceable}.
 */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #segments = new SegmentBacklog();
  readonly #compactor: Compactor;
  readonly #flush: Lane;
  readonly #tidy: Lane;
  readonly #merge: Lane;
  #isAbandoned = false;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
    const { parts, filters, observer, retryMs, flushJobs, tidyJobs } = options;
    const shared = { ...options, segments: this.#segments };
    const replacer = new PartReplacer(shared);
    const tidying = { ...shared, replacer, jobs: tidyJobs };
    const flusher = new Flusher({ ...shared, jobs: flushJobs });
    const garbage = new GarbageCollector(options);
    this.#compactor = new Compactor(tidying);
    const lane = { observer, retryMs, onStep: () => this.wake() };
    // What makes room comes first in a turn, because on a full disk the others need it.
    this.#flush = new Lane({
      ...lane,
      tasks: [flusher.removing, flusher.flushing, garbage.removingFolders],
    });
    this.#tidy = new Lane({
      ...lane,
      tasks: [
        new DayExpiry(options),
        garbage.removingFiles,
        replacer.cleaning,
        new Eraser(tidying),
        this.#compactor.smallMerges,
      ],
      // What is compacted needs no upgrade any more.
      idleTasks: [new Upgrader(tidying), new FilterWarmer(parts, filters)],
    });
    this.#merge = new Lane({ ...lane, tasks: [this.#compactor.largeMerges] });
  }

  /** The closed segments whose readings are not in Parquet yet, oldest first. */
  get unflushed(): readonly RecentReadings[] {
    return this.#segments.unflushed.map((one) => one.recent);
  }

  get unflushedReadings(): number {
    let readings = 0;
    for (const { recent } of this.#segments.unflushed) readings += recent.size;
    return readings;
  }

  /** About how much memory they take. */
  get unflushedBytes(): number {
    return this.#segments.unflushedBytes;
  }

  /** Log segments that are on disk, besides the open one. */
  get segments(): number {
    return this.#segments.size;
  }

  get lag(): MaintenanceLag {
    return {
      oldestUnflushedSinceMs: this.#segments.unflushed[0]?.sinceMs,
      mergeDebtBytes: this.#compactor.debtBytes,
      stepMs: Math.max(...this.#lanes.map((lane) => lane.stepMs)),
    };
  }

  /** What failed when it was last tried, in words. */
  get troubles(): readonly string[] {
    return this.#lanes.flatMap((lane) => lane.troubles);
  }

  get #lanes(): readonly Lane[] {
    return [this.#flush, this.#tidy, this.#merge];
  }

  /** Puts an erasure in force: at once in memory, and for every part that is older. */
  startErasure(erasure: AcceptedErasure): void {
    this.#options.erasures.add(erasure);
    for (const { recent } of this.#segments.unflushed) recent.forget(erasure);
  }

  /**
   * Takes over a closed segment, to be worked on after the next {@link wake}; its readings stay in
   * memory until they are in Parquet.
   */
  enqueue(closed: ClosedSegment): void {
    this.#segments.enqueue(closed);
  }

  /** Notes that all that an earlier process left of the log is enqueued: parts may be merged now. */
  replayed(): void {
    this.#segments.replayed();
    this.wake();
  }

  /** See {@link SegmentBacklog.unflushedBelow}. */
  unflushedBelow(bytes: number, signal?: AbortSignal): Promise<void> {
    return this.#segments.unflushedBelow(bytes, signal);
  }

  /** Looks for work, if that is not being done already. */
  wake(): void {
    for (const lane of this.#lanes) lane.wake();
  }

  /** Begins nothing any more, and leaves the folder as it is: it has another owner. */
  abandon(): void {
    this.#isAbandoned = true;
    for (const lane of this.#lanes) void lane.stop();
  }

  /**
   * Does what still must be done, as far as the disk allows, and ends the job threads. A long merge
   * is broken off: what it has written is removed by the next process.
   */
  async close(): Promise<void> {
    const merged = this.#merge.stop();
    await Promise.all([this.#flush.stop(), this.#tidy.stop()]);
    // Each may make work for the other: a flush for an erasure, and that for a removal.
    for (let isDone = !this.#isAbandoned; isDone; ) {
      isDone = await this.#flush.finish();
      isDone = (await this.#tidy.finish()) || isDone;
    }
    const { flushJobs, tidyJobs } = this.#options;
    await Promise.all([...new Set([flushJobs, tidyJobs])].map((jobs) => jobs.close()));
    await merged;
  }
}

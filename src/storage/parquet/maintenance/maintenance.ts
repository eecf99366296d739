import { dirname } from 'node:path';
import type { Erasure } from '../../../readings/erasure.ts';
import type { EpochDay, EpochMicros, Sequence } from '../../../readings/reading.ts';
import { dayOf } from '../../../readings/timestamp.ts';
import { PART_VERSION, partVersionOf } from '../../rows/part-file.ts';
import type { StoreObserver } from '../../store-observer.ts';
import type { Files } from '../disk/files.ts';
import { covers, logFolder, partitionsFolder, type SequenceRange } from '../disk/layout.ts';
import type { Segment } from '../log/write-ahead-log.ts';
import type { RecentReadings } from '../memory/recent-readings.ts';
import { WarmSegments } from '../memory/warm-segments.ts';
import type { Jobs, SegmentColumns } from '../parts/jobs.ts';
import type { Garbage, Part, PartCatalog } from '../parts/part-catalog.ts';
import type { PartInspection } from '../parts/part-inspection.ts';
import { chooseRun } from './compaction-policy.ts';

export interface MaintenanceOptions {
  readonly files: Files;
  readonly dataDir: string;
  readonly parts: PartCatalog;
  readonly jobs: Jobs;
  readonly inspection: PartInspection;
  readonly observer: StoreObserver;
  /** How long after a failed task it is tried again. */
  readonly retryMs: number;
  /** Days that ended longer ago than this many days are dropped; undefined keeps all. */
  readonly retentionDays: number | undefined;
  /** How many readings stay in memory after they were flushed. */
  readonly maxWarmReadings: number;
}

/** A closed segment, the readings in it, and the users whose erasure it records. */
export interface ClosedSegment {
  readonly segment: Segment;
  readonly recent: RecentReadings;
  readonly erasedUserIds: readonly string[];
}

/** A segment that is to be removed, one with erasures only after the files that they void. */
interface FinishedSegment {
  readonly segment: Segment;
  readonly hasErasures: boolean;
  readonly waitsFor: readonly Garbage[];
}

interface Task {
  readonly name: string;
  readonly isDue: () => boolean;
  readonly run: () => Promise<void>;
}

/**
 * Turns closed segments into parts, oldest first; rewrites parts without erased users; keeps the
 * parts of a day few, and their columns those of today; removes what is in force no longer. One
 * task at a time, so no two of them ever meet on a day. A task that failed is tried again later,
 * and the others go on.
 *
 * An erasure stays in its segment of the log, and is in force, until no file on disk holds a
 * reading it voids: every earlier segment is flushed and removed, every earlier part is rewritten,
 * and the old files are gone. While one is in force nothing is compacted, because a merged part
 * could hold readings from before and after it. Nor while a closed segment is on disk: a restart
 * may find a record more in it than was accepted, and then makes its parts anew, each in the place
 * of the old one. One that was merged with others meanwhile would be in the way.
 */
export class Maintenance {
  readonly #options: MaintenanceOptions;
  readonly #unflushed: ClosedSegment[] = [];
  readonly #warm: WarmSegments;
  /** Flushed, with erasures that are not carried out in all parts yet. */
  #erasing: ClosedSegment[] = [];
  #finished: FinishedSegment[] = [];
  readonly #erasures = new Map<string, Sequence>();
  readonly #daysToCompact = new Set<EpochDay>();
  /** Those that may hold parts of an earlier version. */
  readonly #daysToUpgrade = new Set<EpochDay>();
  readonly #tasks: readonly Task[];
  #troubles: readonly string[] = [];
  #isWorking = false;
  /** Settles when the tasks that were due are done; never rejects. */
  #work = Promise.resolve();
  #retryTimer: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
    this.#warm = new WarmSegments(options.maxWarmReadings);
    const { parts } = options;
    for (const day of parts.days) {
      this.#daysToCompact.add(day);
      if (parts.ofDay(day).some(isOutdated)) this.#daysToUpgrade.add(day);
    }
    // What makes room comes first, because on a full disk the others need it.
    this.#tasks = [
      {
        name: 'dropping expired days',
        isDue: () => this.#expiredDays.length > 0,
        run: () => this.#dropExpiredDays(),
      },
      {
        name: 'removing replaced parts',
        isDue: () => parts.removable.length > 0,
        run: () => this.#removeGarbage(),
      },
      {
        name: 'removing a log segment',
        isDue: () => this.#removableSegment() !== undefined,
        run: () => this.#removeSegment(),
      },
      {
        name: 'writing Parquet',
        isDue: () => this.#unflushed.length > 0,
        run: () => this.#flush(),
      },
      {
        name: 'erasing from Parquet',
        isDue: () => this.#erasing.length > 0,
        run: () => this.#erase(),
      },
      {
        name: 'compacting',
        isDue: () =>
          this.#daysToCompact.size > 0 &&
          this.#erasures.size === 0 &&
          this.segments === 0 &&
          !this.#closing,
        run: () => this.#compact(),
      },
      {
        // Last, because what is compacted needs it no more.
        name: 'rewriting old Parquet',
        isDue: () => this.#daysToUpgrade.size > 0 && !this.#closing,
        run: () => this.#upgrade(),
      },
    ];
  }

  /** The closed segments whose readings are not in Parquet yet, oldest first. */
  get unflushed(): readonly RecentReadings[] {
    return this.#unflushed.map((one) => one.recent);
  }

  /** The segments that were flushed last, oldest first, without a gap between them. */
  get warm(): readonly RecentReadings[] {
    return this.#warm.all;
  }

  get unflushedReadings(): number {
    let readings = 0;
    for (const { recent } of this.#unflushed) readings += recent.size;
    return readings;
  }

  /** Log segments that are on disk, besides the open one. */
  get segments(): number {
    return this.#unflushed.length + this.#erasing.length + this.#finished.length;
  }

  /** What failed last time it was tried, in words. */
  get troubles(): readonly string[] {
    return this.#troubles;
  }

  /** The sequence below which every reading of the user is void, while parts may still hold some. */
  erasedBefore(userId: string): Sequence | undefined {
    return this.#erasures.get(userId);
  }

  /** Puts an erasure in force: at once in memory, and for every part that is older. */
  startErasure(userId: string, sequence: Sequence): void {
    this.#erasures.set(userId, sequence);
    for (const { recent } of this.#unflushed) recent.forget(userId);
    this.#warm.forget(userId);
  }

  /**
   * Takes over a closed segment, to be worked on after the next {@link wake}; its readings stay in
   * memory until they are in Parquet.
   */
  enqueue(closed: ClosedSegment): void {
    this.#unflushed.push(closed);
  }

  /** Looks for work, if that is not being done already. */
  wake(): void {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#work = this.#doTasks();
  }

  /** Does what still must be done, as far as the disk allows, and ends the job thread. */
  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#retryTimer);
    await this.#work;
    this.wake();
    await this.#work;
    await this.#options.jobs.close();
  }

  /** Never rejects: a failure is reported, and tried again. */
  async #doTasks(): Promise<void> {
    clearTimeout(this.#retryTimer);
    const failed = new Map<Task, string>();
    for (;;) {
      const task = this.#tasks.find((one) => !failed.has(one) && one.isDue());
      if (task === undefined) break;
      try {
        await task.run();
      } catch (error) {
        failed.set(task, `${task.name} failed: ${String(error)}`);
        this.#options.observer.failed({ what: task.name, error });
      }
    }
    this.#troubles = [...failed.values()];
    this.#isWorking = false;
    if (failed.size > 0 && !this.#closing) {
      this.#retryTimer = setTimeout(() => this.wake(), this.#options.retryMs);
    }
  }

  async #removeGarbage(): Promise<void> {
    const { files, dataDir, parts } = this.#options;
    for (const garbage of parts.removable) {
      await files.remove(garbage.path);
      await files.syncFolder(dirname(garbage.path));
      if (parts.ofDay(garbage.day).length === 0) {
        await files.removeEmptyFolder(dirname(garbage.path));
        await files.syncFolder(partitionsFolder(dataDir));
      }
      parts.forget(garbage);
    }
  }

  get #expiredDays(): EpochDay[] {
    const { parts, retentionDays } = this.#options;
    if (retentionDays === undefined) return [];
    const oldestKept = dayOf((Date.now() * 1000) as EpochMicros) - retentionDays;
    return [...parts.days].filter((day) => day < oldestKept);
  }

  async #dropExpiredDays(): Promise<void> {
    const { parts } = this.#options;
    for (const day of this.#expiredDays) {
      for (const part of parts.ofDay(day)) parts.drop(part);
    }
  }

  async #flush(): Promise<void> {
    const { dataDir, jobs, observer } = this.#options;
    const closed = this.#unflushed[0] as ClosedSegment;
    const { segment, recent, erasedUserIds } = closed;
    if (recent.size > 0) {
      const startedAtMs = performance.now();
      const readings = recent.size;
      const range = { first: recent.firstSequence, last: recent.lastSequence };
      const doneDays = this.#daysThatCover(range);
      const flushed = await jobs.flush({ dataDir, range, doneDays, columns: columnsOf(recent) });
      for (const part of flushed.parts) {
        this.#put({ ...part, range, rewrites: 0 });
        this.#daysToCompact.add(part.day);
      }
      // What an earlier process made of the segment may hold a reading that the log has lost since.
      if (doneDays.length > 0) this.#warm.clear();
      else this.#warm.add(recent);
      const durationMs = performance.now() - startedAtMs;
      const { duplicates } = flushed;
      observer.flushed({ readings, duplicates, parts: flushed.parts.length, durationMs });
    }
    // Without a wait since the parts came into force: a scan finds each reading in one place.
    this.#unflushed.shift();
    if (erasedUserIds.length > 0) this.#erasing.push(closed);
    else this.#finished.push({ segment, hasErasures: false, waitsFor: [] });
  }

  #daysThatCover(range: SequenceRange): EpochDay[] {
    const { parts } = this.#options;
    const covered = (day: EpochDay) => parts.ofDay(day).some((part) => covers(part.range, range));
    return [...parts.days].filter(covered);
  }

  /** Carries out the erasures of all segments flushed so far, in every part that is older. */
  async #erase(): Promise<void> {
    const { files, dataDir, parts, observer } = this.#options;
    const startedAtMs = performance.now();
    const erasing = this.#erasing;
    const due = new Map<string, Sequence>();
    for (const { recent, erasedUserIds } of erasing) {
      for (const userId of erasedUserIds) due.set(userId, recent.lastSequence);
    }
    for (const day of [...parts.days]) {
      for (const part of parts.ofDay(day)) await this.#eraseFrom(part, due);
    }
    // A flush that failed half-way may have left a part that holds the user, and the repeated one
    // had nothing to put in its place.
    await parts.collectStrays(files, dataDir);
    for (const [userId, sequence] of due) {
      // A later erasure of the same user is still to be carried out.
      if (this.#erasures.get(userId) === sequence) this.#erasures.delete(userId);
    }
    observer.erased({ users: due.size, durationMs: performance.now() - startedAtMs });
    const waitsFor = [...parts.garbage];
    this.#erasing = this.#erasing.filter((one) => !erasing.includes(one));
    for (const { segment } of erasing) {
      this.#finished.push({ segment, hasErasures: true, waitsFor });
    }
  }

  async #eraseFrom(part: Part, erasures: ReadonlyMap<string, Sequence>): Promise<void> {
    const due = [...erasures]
      .filter(([, sequence]) => part.range.last <= sequence)
      .map(([userId]) => ({ userId }));
    if (due.length > 0) await this.#rewrite(part, due);
  }

  async #rewrite(part: Part, erasures: readonly Erasure[]): Promise<void> {
    const { dataDir, parts, jobs } = this.#options;
    const { day, path, range } = part;
    const identity = { range, rewrites: part.rewrites + 1 };
    const result = await this.#unlessDamaged(day, () =>
      jobs.erase({ dataDir, day, path, erasures, identity }),
    );
    if (result === undefined) return;
    if (result.outcome === 'emptied') parts.drop(part);
    if (result.outcome === 'rewritten') {
      this.#put({ ...identity, day, path: result.path, bytes: result.bytes });
    }
  }

  /** The outcome of a job on a day's parts; undefined when one of them was damaged and set aside. */
  async #unlessDamaged<T>(day: EpochDay, job: () => Promise<T>): Promise<T | undefined> {
    try {
      return await job();
    } catch (error) {
      if (await this.#options.inspection.setAsideDamaged(day)) return undefined;
      throw error;
    }
  }

  /** Puts a part in force that has just been written. */
  #put(part: Part): void {
    this.#options.parts.put(part);
    this.#options.inspection.vouchFor(part);
  }

  #removableSegment(): FinishedSegment | undefined {
    const { garbage } = this.#options.parts;
    const isOldest = ({ segment }: FinishedSegment) =>
      this.#finished.every((other) => other.segment.firstSequence >= segment.firstSequence);
    return this.#finished.find(
      (one) =>
        !one.hasErasures || (isOldest(one) && !one.waitsFor.some((file) => garbage.has(file))),
    );
  }

  /** Only now that all it says is durable in Parquet. */
  async #removeSegment(): Promise<void> {
    const { files, dataDir } = this.#options;
    const removable = this.#removableSegment() as FinishedSegment;
    await files.remove(removable.segment.path);
    await files.syncFolder(logFolder(dataDir));
    this.#finished = this.#finished.filter((one) => one !== removable);
  }

  async #compact(): Promise<void> {
    const { dataDir, parts, jobs, observer } = this.#options;
    const day = this.#daysToCompact.values().next().value as EpochDay;
    const run = chooseRun(parts.ofDay(day));
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined) {
      this.#daysToCompact.delete(day);
      return;
    }
    const startedAtMs = performance.now();
    const range = { first: first.range.first, last: last.range.last };
    const paths = run.map((part) => part.path);
    const compacted = await this.#unlessDamaged(day, () =>
      jobs.compact({ dataDir, day, range, paths }),
    );
    if (compacted === undefined) return;
    const { path, bytes, duplicates } = compacted;
    this.#put({ day, range, rewrites: 0, path, bytes });
    const durationMs = performance.now() - startedAtMs;
    observer.compacted({ parts: run.length, duplicates, durationMs });
  }

  async #upgrade(): Promise<void> {
    const day = this.#daysToUpgrade.values().next().value as EpochDay;
    const part = this.#options.parts.ofDay(day).find(isOutdated);
    if (part === undefined) this.#daysToUpgrade.delete(day);
    else await this.#rewrite(part, []);
  }
}

const isOutdated = ({ path }: Part): boolean => partVersionOf(path) < PART_VERSION;

const columnsOf = (recent: RecentReadings): SegmentColumns => {
  const userIds: string[] = [];
  const deviceIds: string[] = [];
  const lengths: number[] = [];
  const timestamps = new Float64Array(recent.size);
  const heartRates = new Float64Array(recent.size);
  let row = 0;
  for (const [userId, byDevice] of recent.byUser) {
    for (const [deviceId, series] of byDevice) {
      userIds.push(userId);
      deviceIds.push(deviceId);
      lengths.push(series.timestampsMicros.length);
      timestamps.set(series.timestampsMicros, row);
      heartRates.set(series.heartRates, row);
      row += series.timestampsMicros.length;
    }
  }
  return { userIds, deviceIds, lengths: Uint32Array.from(lengths), timestamps, heartRates };
};

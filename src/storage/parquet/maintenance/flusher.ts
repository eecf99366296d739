import type { EpochDay, EpochMicros } from '../../../readings/reading.ts';
import { dayOf, formatDay } from '../../../readings/timestamp.ts';
import type { StoreObserver } from '../../store-observer.ts';
import type { Files } from '../disk/files.ts';
import { covers, logFolder, type SequenceRange } from '../disk/layout.ts';
import type { RecentReadings } from '../memory/recent-readings.ts';
import type { FlushResult, Jobs } from '../parts/jobs.ts';
import type { Garbage, PartCatalog } from '../parts/part-catalog.ts';
import type { PartInspection } from '../parts/part-inspection.ts';
import type { UserFilters } from '../parts/user-filters.ts';
import { FlushRoom } from './flush-room.ts';
import type { Step, Task } from './lane.ts';
import type { ClosedSegment, FinishedSegment, SegmentBacklog } from './segment-backlog.ts';
import { columnsOf } from './segment-columns.ts';

export interface FlusherOptions {
  readonly files: Files;
  readonly dataDir: string;
  readonly parts: PartCatalog;
  readonly filters: UserFilters;
  readonly segments: SegmentBacklog;
  readonly jobs: Jobs;
  readonly inspection: PartInspection;
  readonly observer: StoreObserver;
}

/**
 * Turns closed segments into parts, oldest first, and removes those of which all is done. Whatever
 * else there is to do, it has nothing to wait for.
 */
export class Flusher {
  readonly #options: FlusherOptions;
  readonly #room: FlushRoom;
  /** The days that a failed flush of the oldest segment may have left a file in. */
  readonly #triedDays = new Set<EpochDay>();

  constructor(options: FlusherOptions) {
    this.#options = options;
    this.#room = new FlushRoom(options.files, options.dataDir);
  }

  readonly flushing: Task = {
    name: 'writing Parquet',
    canWait: false,
    next: (isWaiting): Step | undefined => {
      const closed = this.#options.segments.unflushed[0];
      if (closed === undefined || isWaiting(closed)) return undefined;
      return { subject: closed, run: () => this.#flush(closed) };
    },
  };

  readonly removing: Task = {
    name: 'removing a log segment',
    canWait: false,
    next: (isWaiting): Step | undefined => {
      const { segments, parts, inspection } = this.#options;
      const there = new Set<Garbage>([...parts.garbage, ...inspection.unplaced]);
      const finished = segments.removable(there).find((one) => !isWaiting(one));
      return finished && { subject: finished, run: () => this.#remove(finished) };
    },
  };

  async #flush({ recent, segment }: ClosedSegment): Promise<void> {
    const { parts, filters, inspection, segments } = this.#options;
    const range = { first: recent.firstSequence, last: recent.lastSequence };
    if (recent.size > 0) await this.#room.check(segment, recent.size);
    const written = recent.size > 0 ? await this.#write(recent, range) : [];
    await this.#collectUnfinished(range, written);
    // Without a wait from here on: a scan finds each reading in one place.
    for (const { day, path, bytes, userFilter } of written) {
      const part = { day, path, bytes, range, rewrites: 0 };
      filters.put(part, userFilter);
      parts.put(part);
      inspection.vouchFor(part);
    }
    segments.flushed();
  }

  async #write(recent: RecentReadings, range: SequenceRange): Promise<FlushResult['parts']> {
    const { dataDir, jobs, observer } = this.#options;
    const startedAtMs = performance.now();
    const readings = recent.size;
    const doneDays = await this.#daysThatCover(range);
    const columns = columnsOf(recent);
    try {
      const { parts, duplicates } = await jobs.flush({ dataDir, range, doneDays, columns });
      const durationMs = performance.now() - startedAtMs;
      observer.flushed({ readings, duplicates, parts: parts.length, durationMs });
      this.#room.succeeded();
      return parts;
    } catch (error) {
      for (const timestamp of columns.timestamps) {
        this.#triedDays.add(dayOf(timestamp as EpochMicros));
      }
      await this.#room.failed(error, readings);
      throw error;
    }
  }

  /**
   * A flush that failed may have left a part, and the repeated one nothing to put in its place,
   * because what it holds was erased meanwhile.
   */
  async #collectUnfinished(range: SequenceRange, written: FlushResult['parts']): Promise<void> {
    const { files, dataDir, parts } = this.#options;
    const kept = written.map(({ path }) => path);
    for (const day of this.#triedDays) {
      await parts.collectUnfinished(files, dataDir, { day, range }, kept);
    }
    this.#triedDays.clear();
  }

  /** The days that have the range in a part that is as it was written. */
  async #daysThatCover(range: SequenceRange): Promise<EpochDay[]> {
    const { parts, inspection } = this.#options;
    const done: EpochDay[] = [];
    for (const day of [...parts.days]) {
      const covering = parts.ofDay(day).filter((part) => covers(part.range, range));
      if (covering.length === 0) continue;
      if ((await inspection.intact(covering)).length > 0) done.push(day);
      else if (covering.some((part) => inspection.isExcluded(part))) {
        throw new Error(`a damaged part of ${formatDay(day)} is in the way`);
      }
    }
    return done;
  }

  /** Only now that all it says is durable in Parquet. */
  async #remove(finished: FinishedSegment): Promise<void> {
    const { files, dataDir, segments } = this.#options;
    await files.remove(finished.segment.path);
    await files.syncFolder(logFolder(dataDir));
    segments.removed(finished);
  }
}

import { EventEmitter, once } from 'node:events';
import type { AcceptedErasure } from '../../../readings/erasure.ts';
import type { Segment } from '../log/write-ahead-log.ts';
import type { RecentReadings } from '../memory/recent-readings.ts';
import type { Garbage } from '../parts/part-catalog.ts';

/** A closed segment, the readings in it, and the erasures that it records. */
export interface ClosedSegment {
  readonly segment: Segment;
  readonly recent: RecentReadings;
  readonly erasures: readonly AcceptedErasure[];
  /** When its first reading was accepted or found in the log, by `performance.now()`. */
  readonly sinceMs: number;
}

/** A segment that is to be removed, one with erasures only after the files that they void. */
export interface FinishedSegment {
  readonly segment: Segment;
  readonly hasErasures: boolean;
  readonly waitsFor: readonly Garbage[];
}

/**
 * The closed segments of the log that are on disk, on their way out: unflushed, oldest first; then
 * those whose erasures are being carried out; then those of which all is done but the removal.
 */
export class SegmentBacklog {
  readonly #unflushed: ClosedSegment[] = [];
  readonly #erasing: ClosedSegment[] = [];
  #finished: readonly FinishedSegment[] = [];
  #isReplayed = false;
  readonly #events = new EventEmitter();

  /** How many are on disk. */
  get size(): number {
    return this.#unflushed.length + this.#erasing.length + this.#finished.length;
  }

  /**
   * Where the sequences of the oldest one on disk begin; infinite when there is none, and 0 as long
   * as segments of an earlier process may be on disk that have not been enqueued yet.
   */
  get firstSequence(): number {
    if (!this.#isReplayed) return 0;
    let first = Number.POSITIVE_INFINITY;
    for (const list of [this.#unflushed, this.#erasing, this.#finished]) {
      for (const { segment } of list) first = Math.min(first, segment.firstSequence);
    }
    return first;
  }

  /** Those whose readings are not in Parquet yet, oldest first. */
  get unflushed(): readonly ClosedSegment[] {
    return this.#unflushed;
  }

  /** Those that are flushed, with erasures that are not carried out in all parts yet. */
  get erasing(): readonly ClosedSegment[] {
    return this.#erasing;
  }

  /** About how much memory the unflushed readings take. */
  get unflushedBytes(): number {
    let bytes = 0;
    for (const { recent } of this.#unflushed) bytes += recent.weightBytes;
    return bytes;
  }

  enqueue(closed: ClosedSegment): void {
    this.#unflushed.push(closed);
  }

  /** Notes that all that an earlier process left of the log is enqueued. */
  replayed(): void {
    this.#isReplayed = true;
  }

  /**
   * Resolves when the unflushed readings take no more than so much memory.
   * Rejects when the signal says to wait no longer.
   */
  async unflushedBelow(bytes: number, signal?: AbortSignal): Promise<void> {
    while (this.unflushedBytes > bytes) await once(this.#events, 'flushed', { signal });
  }

  /** Notes that the oldest unflushed one is in Parquet. */
  flushed(): void {
    const closed = this.#unflushed.shift();
    if (closed === undefined) throw new Error('no segment is unflushed');
    if (closed.erasures.length > 0) this.#erasing.push(closed);
    else this.#finish({ segment: closed.segment, hasErasures: false, waitsFor: [] });
    this.#events.emit('flushed');
  }

  /** Notes that the oldest one with erasures only waits for files to be gone. */
  erased(waitsFor: readonly Garbage[]): void {
    const closed = this.#erasing.shift();
    if (closed === undefined) throw new Error('no segment has erasures');
    this.#finish({ segment: closed.segment, hasErasures: true, waitsFor });
  }

  #finish(finished: FinishedSegment): void {
    this.#finished = [...this.#finished, finished];
  }

  /**
   * Those that may go from the disk. One with erasures stays until no file holds a reading that
   * they void: neither an older segment nor one of the files it waits for, all in `garbage` still.
   */
  removable(garbage: ReadonlySet<Garbage>): readonly FinishedSegment[] {
    const oldest = this.firstSequence;
    return this.#finished.filter(
      ({ segment, hasErasures, waitsFor }) =>
        !hasErasures ||
        (segment.firstSequence === oldest && !waitsFor.some((file) => garbage.has(file))),
    );
  }

  removed(segment: FinishedSegment): void {
    this.#finished = this.#finished.filter((one) => one !== segment);
  }
}

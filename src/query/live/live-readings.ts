import { randomBytes } from 'node:crypto';
import type { AcceptedErasure } from '../../readings/erasure.ts';
import type { Sequence } from '../../readings/reading.ts';
import type { ReadingBatch } from '../../readings/reading-batch.ts';
import type { AcceptanceListener } from '../../storage/acceptance-listener.ts';
import { StoreUnavailableError } from '../../storage/reading-store.ts';
import { LiveHistory } from './live-history.ts';
import { LiveReader, type LiveRequest } from './live-reader.ts';
import { lastPositionOf, liveRuns } from './live-run.ts';

export interface LiveReadingsOptions {
  readonly maxStreams: number;
  /** How much memory the readings take from which a reader may go on; 32 MiB when left out. */
  readonly historyBytes?: number;
  /**
   * Whether other processes have the same store. They may erase what was accepted here, and nobody
   * tells of it: so nothing is remembered, and who has missed anything is told to ask anew.
   */
  readonly isShared?: boolean;
  /** A reader that lets so much pile up is dropped; 256 KiB when left out. */
  readonly maxPendingBytes?: number;
  /** How often each reader is told that it is still connected; 15 s when left out. */
  readonly keepAliveMs?: number;
}

const HISTORY_BYTES = 32 * 1024 * 1024;
const MAX_PENDING_BYTES = 256 * 1024;
const KEEP_ALIVE_MS = 15_000;
/**
 * So long after the last reader has left its successor may go on. To remember readings that nobody
 * follows takes a tenth of the time of a single POST.
 */
const REMEMBERED_MS = 5 * 60_000;
const RETRY_AFTER_SECONDS = 5;
/** Readers that are served before anything else gets its turn: 1 ms of work or so. */
const READERS_AT_ONCE = 32;

/**
 * Passes accepted readings on to those who follow a user, and remembers the latest for who was cut
 * off. A position is a reading's sequence, and its event id this process's own mark before that:
 * what another process knew, or another folder, is never taken for this one's.
 */
export class LiveReadings implements AcceptanceListener {
  readonly #options: LiveReadingsOptions;
  readonly #mark = randomBytes(6).toString('hex');
  readonly #history: LiveHistory;
  readonly #byUser = new Map<string, Set<LiveReader>>();
  readonly #ready = new Set<LiveReader>();
  readonly #keepAliveTimer: NodeJS.Timeout;
  #isDelivering = false;
  #isClosed = false;
  #lastPosition = 0;
  #streams = 0;
  #lastLeftAtMs = Number.NEGATIVE_INFINITY;
  #dropped = 0;

  constructor(options: LiveReadingsOptions) {
    this.#options = options;
    const { historyBytes = HISTORY_BYTES, isShared = false } = options;
    this.#history = new LiveHistory(isShared ? 0 : historyBytes);
    const keepAliveMs = options.keepAliveMs ?? KEEP_ALIVE_MS;
    this.#keepAliveTimer = setInterval(() => this.#keepAlive(), keepAliveMs).unref();
  }

  /** How many follow now. */
  get streams(): number {
    return this.#streams;
  }

  /** How many were dropped because they were too slow. */
  get dropped(): number {
    return this.#dropped;
  }

  /** The id of the last event so far, of whatever user. */
  get lastEventId(): string {
    return this.eventIdAt(this.#lastPosition);
  }

  eventIdAt(position: number): string {
    return `${this.#mark}-${position}`;
  }

  /**
   * Follows a user from now on, or from the event with the id, if all that came after it is known;
   * if not, `isReset` says so.
   * @throws StoreUnavailableError when as many follow as may, and when it is closed.
   */
  follow(request: LiveRequest, lastEventId?: string): { reader: LiveReader; isReset: boolean } {
    if (this.#isClosed) throw new StoreUnavailableError('The service is stopping.', 1);
    if (this.#streams >= this.#options.maxStreams) {
      throw new StoreUnavailableError('There are too many streams.', RETRY_AFTER_SECONDS);
    }
    const reader = new LiveReader(request);
    const position = lastEventId === undefined ? this.#lastPosition : this.#known(lastEventId);
    if (position !== undefined) {
      for (const run of this.#history.after(position, (run) => reader.wants(run))) reader.push(run);
    }
    const readers = this.#byUser.get(request.userId);
    if (readers === undefined) this.#byUser.set(request.userId, new Set([reader]));
    else readers.add(reader);
    this.#streams++;
    return { reader, isReset: position === undefined };
  }

  /** The position that an event id means, if all that came after it is known. */
  #known(eventId: string): number | undefined {
    const [, mark, digits] = /^([0-9a-f]+)-(\d{1,16})$/.exec(eventId) ?? [];
    const position = Number(digits);
    const isKnown =
      mark === this.#mark &&
      position >= this.#history.completeFrom &&
      position <= this.#lastPosition;
    return isKnown ? position : undefined;
  }

  /** Ends a reader's following; does nothing the second time. */
  leave(reader: LiveReader): void {
    const { userId } = reader.request;
    const readers = this.#byUser.get(userId);
    if (!readers?.delete(reader)) return;
    if (readers.size === 0) this.#byUser.delete(userId);
    this.#ready.delete(reader);
    this.#streams--;
    this.#lastLeftAtMs = performance.now();
    reader.end();
  }

  accepted(sequence: Sequence, batch: ReadingBatch): void {
    if (this.#streams === 0 && performance.now() - this.#lastLeftAtMs > REMEMBERED_MS) {
      this.#lastPosition = sequence + batch.size - 1;
      this.#history.clear(this.#lastPosition);
      return;
    }
    for (const run of liveRuns(sequence, batch)) {
      this.#history.add(run);
      this.#lastPosition = lastPositionOf(run);
      for (const reader of this.#byUser.get(run.userId) ?? []) {
        if (!reader.wants(run)) continue;
        reader.push(run);
        this.#ready.add(reader);
      }
    }
    this.#deliverLater();
  }

  erased(erasure: AcceptedErasure): void {
    this.#history.erase(erasure);
    for (const reader of this.#byUser.get(erasure.userId) ?? []) reader.erase(erasure);
  }

  /** Ends all streams, and takes no more. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#keepAliveTimer);
    for (const readers of this.#byUser.values()) for (const reader of readers) this.leave(reader);
  }

  #deliverLater(): void {
    if (this.#isDelivering || this.#ready.size === 0) return;
    this.#isDelivering = true;
    // Who sent the readings gets the acknowledgement first, and others their turn in between.
    setImmediate(() => this.#deliverSome());
  }

  #deliverSome(): void {
    let served = 0;
    for (const reader of this.#ready) {
      if (served++ === READERS_AT_ONCE) break;
      this.#ready.delete(reader);
      reader.deliver();
      // A backlog that it goes on from may be longer, and is taken at once.
      if (reader.pendingBytes > (this.#options.maxPendingBytes ?? MAX_PENDING_BYTES)) {
        this.#drop(reader);
      }
    }
    this.#isDelivering = false;
    this.#deliverLater();
  }

  #drop(reader: LiveReader): void {
    this.#dropped++;
    this.leave(reader);
  }

  #keepAlive(): void {
    for (const readers of this.#byUser.values()) {
      // Who has not even taken the last sign of life is not there any more, or as good as that.
      for (const reader of readers) if (!reader.idle(this.#lastPosition)) this.#drop(reader);
    }
  }
}

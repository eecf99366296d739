import { hasCode, messageOf } from '../../../thrown.ts';
import type { Files } from '../disk/files.ts';
import type { Segment } from '../log/write-ahead-log.ts';

/** So many tries in a row come to nothing by a look at the room; the next one is made all the same. */
const MAX_LOOKS = 7;

/** An error that came from another thread has its text alone. */
const isFull = (error: unknown): boolean =>
  hasCode(error, 'ENOSPC') || messageOf(error).includes('ENOSPC');

/**
 * Whether it is worth while to try again to flush a segment for which the disk had no room. Each
 * try takes all that is left until it fails, and while it does the log can write nothing: with
 * 300,000 readings and 1 MiB free, POSTs get 503 for 0.6 s. So a try that failed is made again only
 * when more is free than after it: the same readings take the same room.
 *
 * A flush has no reserve to leave to the log, as merges have (`roomBesideLog`): it is what gives the
 * log's room back, so it may take the last byte. Nor does a guess of what it will take hold it up:
 * the first try is always made, because a reading takes ten bytes or a fraction of one, and what a file
 * system tells of its room may be wrong: it leaves out a quota, or what is kept for root, or says 0. For
 * the same reason a look that says no is believed only after the disk has said so itself, not with
 * room for the whole segment, which is mostly far larger than its parts, and not for ever: after
 * {@link MAX_LOOKS} of them the flush is tried. So nothing waits for good that could be written.
 */
export class FlushRoom {
  readonly #files: Files;
  readonly #dataDir: string;
  /** What was free when the last try had failed for want of room, and removed what it had made. */
  #tooLittleBytes: number | undefined;
  /** How many readings that try was to write. */
  #readings = 0;
  #looks = 0;

  constructor(files: Files, dataDir: string) {
    this.#files = files;
    this.#dataDir = dataDir;
  }

  /** Rejects as a full disk does, before anything is written, when another try would fail too. */
  async check({ bytes }: Pick<Segment, 'bytes'>, readings: number): Promise<void> {
    if (this.#tooLittleBytes === undefined || this.#looks === MAX_LOOKS) return;
    // Some were erased: the others take less.
    if (readings !== this.#readings) return;
    const free = await this.#files.freeBytes(this.#dataDir);
    if (free > this.#tooLittleBytes || free >= bytes) return;
    this.#looks++;
    const why = `${free} bytes are free, and ${this.#tooLittleBytes} were too few`;
    throw Object.assign(new Error(`ENOSPC: no space left on device: ${why}`), { code: 'ENOSPC' });
  }

  /** Notes that a try failed, and has removed what it had made. */
  async failed(error: unknown, readings: number): Promise<void> {
    this.succeeded();
    if (!isFull(error)) return;
    this.#readings = readings;
    this.#tooLittleBytes = await this.#files.freeBytes(this.#dataDir);
  }

  succeeded(): void {
    this.#tooLittleBytes = undefined;
    this.#looks = 0;
  }
}

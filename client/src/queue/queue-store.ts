import type { Reading } from '../data.ts';

/**
 * Keeps what is queued beyond the end of a process or page. A queue calls it one call at a time,
 * and is the only one that uses it.
 *
 * What was sent may be kept a little longer than until the service accepted it, and is then sent
 * again: a reading is identified by user, device and timestamp, so that changes nothing.
 */
export interface QueueStore {
  /** All that is kept, the oldest first. Called once, before anything else. */
  load(): Promise<readonly Reading[]>;
  /** Resolves when they are kept. */
  append(readings: readonly Reading[]): Promise<void>;
  /** Forgets the oldest. */
  remove(count: number): Promise<void>;
  close(): Promise<void>;
}

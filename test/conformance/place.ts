import type { AcceptanceListener } from '../../src/storage/acceptance-listener.ts';
import type { ReadingStore } from '../../src/storage/reading-store.ts';

export interface OpenOptions {
  readonly listener?: AcceptanceListener;
  readonly retentionDays?: number;
}

/** Where readings are kept from one process to the next: a folder, or a keyspace. */
export interface Place {
  /** Opens the store, as a process does when it starts. */
  open(options?: OpenOptions): Promise<ReadingStore>;
  /** What makes a service process keep its readings there. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether several processes may have it open at once. */
  readonly isShared: boolean;
  close(): Promise<void>;
}

let users = 0;

/** A user whom no other test has, nor a test before in the same place. */
export const newUser = (): string => `user-${process.pid}-${Date.now()}-${users++}`;

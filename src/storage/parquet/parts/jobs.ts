import type { Erasure } from '../../../readings/erasure.ts';
import type { EpochDay } from '../../../readings/reading.ts';
import type { RowsSource } from '../../rows/rows-source.ts';
import type { PartIdentity, SequenceRange } from '../disk/layout.ts';

/**
 * The heavy work of a store: turning a segment's readings into parts, and parts into one. Each job
 * is plain data, so that it can be done in another thread.
 */
export interface JobMethods {
  flush(job: FlushJob): Promise<FlushResult>;
  compact(job: CompactJob): Promise<CompactResult>;
  erase(job: EraseJob): Promise<EraseResult>;
  check(job: CheckJob): Promise<CheckResult>;
  /** How many readings there are, those of the same identity taken for one. */
  count(job: CountJob): Promise<number>;
}

export interface Jobs extends JobMethods {
  /** Ends the thread, if there is one. No job may be under way. */
  close(): Promise<void>;
}

/**
 * A segment's readings in columns. Series `i` is `userIds[i]` and `deviceIds[i]` and has the next
 * `lengths[i]` places of the long columns, in order of arrival.
 */
export interface SegmentColumns {
  readonly userIds: readonly string[];
  readonly deviceIds: readonly string[];
  readonly lengths: Uint32Array;
  /** Microseconds since the epoch. */
  readonly timestamps: Float64Array;
  readonly heartRates: Float64Array;
}

/** A part that is durable under its name. */
export interface WrittenPart {
  readonly path: string;
  readonly bytes: number;
  readonly rows: number;
  /** See {@link UserFilters.put}. */
  readonly userFilter?: string | undefined;
}

export interface FlushJob {
  readonly dataDir: string;
  readonly range: SequenceRange;
  readonly columns: SegmentColumns;
  /** Days that have the range already, from a flush that a crash cut short. */
  readonly doneDays: readonly EpochDay[];
}

export interface FlushResult {
  readonly parts: readonly (WrittenPart & { readonly day: EpochDay })[];
  /** Readings that a later one of the same segment superseded. */
  readonly duplicates: number;
}

export interface CompactJob {
  readonly dataDir: string;
  readonly day: EpochDay;
  /** What the new part covers: from the first of the first to the last of the last. */
  readonly range: SequenceRange;
  /** Ascending. */
  readonly paths: readonly string[];
}

export interface CompactResult extends WrittenPart {
  /** Readings that one in a later part superseded. */
  readonly duplicates: number;
}

export interface EraseJob {
  readonly dataDir: string;
  readonly day: EpochDay;
  readonly path: string;
  /** What is to leave the part; nothing when it is only to get the columns of today. */
  readonly erasures: readonly Erasure[];
  /** What the part is called without them. */
  readonly identity: PartIdentity;
}

/**
 * `untouched`: it holds nothing of it, and has the columns of today. `emptied`: it holds nothing else,
 * so no new one was written. `rewritten`: the new part is on disk.
 */
export type EraseResult =
  | { readonly outcome: 'untouched' | 'emptied' }
  | ({ readonly outcome: 'rewritten' } & WrittenPart);

export interface CheckJob {
  readonly path: string;
}

export interface CheckResult {
  /** What is wrong with the part, in words; undefined when all of it can be read. */
  readonly damage: string | undefined;
}

export interface CountJob {
  /** Days of one user, each of them once. */
  readonly sources: readonly RowsSource[];
}

import type { Erasure } from '../readings/erasure.ts';
import type { EpochDay, Sequence, TimeRange } from '../readings/reading.ts';
import type { ReadingBatch } from '../readings/reading-batch.ts';
import type { RowsSource } from './rows/rows-source.ts';

/** Which readings a scan wants: one user's, in a half-open range, perhaps of one device. */
export interface ScanRequest {
  readonly userId: string;
  readonly range: TimeRange;
  readonly deviceId?: string;
}

/** As of when a scan knows a day. Means something to the store that gave it. */
export interface DayVersion {
  /** All that was accepted up to here is in it. */
  readonly sequence: Sequence;
  /** How often readings had been taken away by then: erased, expired, or damaged. */
  readonly removals: number;
  /** What of the day does not change any more, by identity. */
  readonly parts: readonly object[];
  /** How much there was of what grows, by the name that the store has for it. */
  readonly lengths: ReadonlyMap<string, number>;
}

/** All that changed lies in a range; nothing did; or the store cannot tell. */
export type Changes = TimeRange | 'none' | 'unknown';

/** The readings of one user on one UTC day, already clipped to the range that was asked for. */
export interface ScannedDay {
  readonly day: EpochDay;
  /** True when no two rows share an identity, so that there is nothing to resolve. */
  readonly distinct: boolean;
  readonly version: DayVersion;
  /** Where the readings may differ from those that a scan with the same request gave with a version. */
  changesSince(earlier: DayVersion): Changes;
  /** Where the rows are, or those of them in a range; the scan reads and decides nothing. */
  source(range?: TimeRange): RowsSource;
}

export interface DayScan extends ScannedDay {
  /** No other day follows. */
  readonly isLast: boolean;
}

export type StoreState = 'ok' | 'degraded' | 'unavailable';

/** What the store says of itself. Counts are of this moment. */
export interface StoreHealth {
  /** ok; degraded: serves all, but a person should look; unavailable: cannot take readings now. */
  readonly state: StoreState;
  /** Why it is not ok, in words for the operator; empty when it is. */
  readonly reasons: readonly string[];
  /** Accepted readings that are in the log and in memory, not yet in Parquet. */
  readonly unflushedReadings: number;
  /** Log segments on disk, the open one included. */
  readonly segments: number;
  readonly parts: number;
  /** How long the oldest reading that is not in Parquet has waited, in milliseconds; 0 without one. */
  readonly oldestUnflushedMs: number;
  /** How many parts the day has that has most. */
  readonly mostPartsOfDay: number;
  /** About how many bytes of parts wait to be merged. */
  readonly mergeDebtBytes: number;
  /** How long the longest piece of background work under way has taken so far, in milliseconds. */
  readonly currentStepMs: number;
}

/** The store cannot take readings for now; what was sent is not stored and may be sent again. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
  readonly retryAfterSeconds: number;
  constructor(reason: string, retryAfterSeconds: number, options?: ErrorOptions) {
    super(reason, options);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * Where readings are kept. One set of Polars expressions in `src/query` serves every store, so a
 * store only keeps and finds; it never merges devices or buckets.
 */
export interface ReadingStore {
  /**
   * Resolves once the whole batch is on disk (synced, in a cluster by a quorum) and every scan that
   * begins afterwards sees it. A batch is stored whole or not at all; in a cluster that holds for
   * the readings of one user and day, and what was rejected may be there in part.
   * Rejects with {@link StoreUnavailableError} when it cannot.
   */
  append(batch: ReadingBatch): Promise<void>;

  /**
   * The days of the range that may hold readings of the user, in ascending order, all as of the
   * moment the first is asked for; in a cluster each as of a moment after that. Files stay on disk
   * until the iteration ends.
   */
  scan(request: ScanRequest): AsyncIterable<DayScan>;

  /**
   * The same days, the newest first, for those who need no more than the last of them: what it costs
   * does not depend on how many days there are before the one it is ended at. Each day is as of
   * a moment after the iteration began, of days that lie near each other the same one.
   */
  scanBackwards(request: ScanRequest): AsyncIterable<ScannedDay>;

  /**
   * Looks for damage after a frame of the day could not be read, and puts what is damaged aside.
   * True when there was any, so that scanning the day again will go better. When there was none,
   * health tells for a while of a refusal: why the system let nobody read the day.
   */
  checkDay(day: EpochDay, refusal?: Error): Promise<boolean>;

  /**
   * Erases every reading accepted before that the erasure covers, and resolves with the number of
   * their identities. When it resolves the erasure is durable and no scan finds them; their bytes
   * leave the disk with the rewrite that it starts. Readings accepted afterwards live.
   * Rejects with {@link StoreUnavailableError} when it cannot be stored.
   */
  erase(erasure: Erasure): Promise<number>;

  /**
   * As of which day readings that come in may be too old; undefined where all are kept, and until the
   * store is open, when it takes none anyway.
   */
  intakeDay(): EpochDay | undefined;

  health(): StoreHealth;

  /** Writes out what is in memory and lets go of the folder. No call may follow. */
  close(): Promise<void>;
}

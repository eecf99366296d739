/** The threads of a store: one flushes, the other does what no flush is to wait for. */
export type StoreThread = 'flush' | 'tidy';

/** What a store tells of its work, for metrics and logs. Every duration is in milliseconds. */
export interface StoreObserver {
  /** One group commit: readings and bytes that one write and one fdatasync made durable. */
  committed(event: { readings: number; bytes: number; durationMs: number }): void;
  /** A closed segment is in Parquet; `duplicates` readings of it were superseded within it. */
  flushed(event: { readings: number; duplicates: number; parts: number; durationMs: number }): void;
  /** Some parts of a day became one; `duplicates` readings were superseded across them. */
  compacted(event: { parts: number; duplicates: number; durationMs: number }): void;
  /** The log was read at start; `tornBytes` of an unfinished last record were cut off. */
  recovered(event: { segments: number; readings: number; tornBytes: number }): void;
  /** Erased users' readings are gone from all parts. */
  erased(event: { users: number; durationMs: number }): void;
  /**
   * So many days are older than readings are kept, as of that day; the oldest is the first to go,
   * in that time at the earliest. Told once until none is left.
   */
  expiring(event: { days: number; oldest: string; asOf: string; firstInMs: number }): void;
  /** One of them is out of force, with that many parts; so many are `left`. */
  expired(event: { day: string; parts: number; asOf: string; left: number }): void;
  /**
   * The clock is further ahead of the day as of which days expire than readings are kept: it is
   * wrong, or nothing has come for long. Told once until it is so no longer.
   */
  clockAhead(event: { asOf: string; today: string }): void;
  /** Damaged data was found and put aside; `cause` says what is wrong with it. */
  quarantined(event: { file: string; offset: number; length: number; cause: string }): void;
  /** Something failed that a person should know of; the store goes on as well as it can. */
  failed(event: { what: string; error: unknown }): void;
  /** A thread ended out of turn; another is made, and its work is done again. */
  threadLost(event: { thread: StoreThread; error: unknown }): void;
}

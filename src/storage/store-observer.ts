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
  /** A day older than readings are kept is out of force, with that many parts. */
  expired(event: { day: string; parts: number }): void;
  /** Damaged data was found and put aside; `cause` says what is wrong with it. */
  quarantined(event: { file: string; offset: number; length: number; cause: string }): void;
  /** Something failed that a person should know of; the store goes on as well as it can. */
  failed(event: { what: string; error: unknown }): void;
  /** A thread ended out of turn; another is made, and its work is done again. */
  threadLost(event: { thread: StoreThread; error: unknown }): void;
}

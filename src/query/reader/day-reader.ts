import type { RowsSource } from '../../storage/rows/rows-source.ts';
import type { SeriesPiece } from '../series-piece.ts';
import type { Contest, Interval } from '../series-plan.ts';

/** What is to be made of the rows of a user's day; plain data, like what is made of them. */
export interface DayJob {
  readonly source: RowsSource;
  /** No two rows share an identity. */
  readonly distinct: boolean;
  readonly contest: Contest;
  readonly interval: Interval;
}

/** Reads and merges the rows of days, for one list of devices. */
export interface DayReaderMethods {
  /** Rejects when the rows cannot be read. */
  read(job: DayJob): Promise<SeriesPiece>;
  /** Lets go of what it remembers of a user's rows. */
  forget(userId: string): Promise<void>;
}

export interface DayReader extends DayReaderMethods {
  /** Calls that are under way may fail, and none may follow. */
  close(): Promise<void>;
}

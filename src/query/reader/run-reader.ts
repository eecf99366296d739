import type { RowsSource } from '../../storage/rows/rows-source.ts';
import type { SeriesPiece } from '../series-piece.ts';
import type { Contest, Interval } from '../series-plan.ts';

/** What is to be made of a user's rows in a run of days; plain data, like what is made of them. */
export interface RunJob {
  readonly source: RowsSource;
  /** No two rows share an identity. */
  readonly distinct: boolean;
  readonly contest: Contest;
  readonly interval: Interval;
}

/** Reads and merges rows, for one list of devices. */
export interface RunReaderMethods {
  /** Rejects when the rows cannot be read. */
  read(job: RunJob): Promise<SeriesPiece>;
}

export interface RunReader extends RunReaderMethods {
  /** Calls that are under way may fail, and none may follow. */
  close(): Promise<void>;
}

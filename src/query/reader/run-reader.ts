import type { RowsSource } from '../../storage/rows/rows-source.ts';
import type { DeviceSummary } from '../devices-plan.ts';
import type { DeviceCells } from '../explain-plan.ts';
import type { ReadingsPiece } from '../export/readings-piece.ts';
import type { LatestReading } from '../latest-plan.ts';
import type { SeriesPiece } from '../series-piece.ts';
import type { Rules } from '../series-plan.ts';

/** What is to be made of a user's rows in a run of days; plain data, like what is made of them. */
export interface RunJob extends Rules {
  readonly source: RowsSource;
  /** Whether the sums are kept, for buckets that are joined afterwards. */
  readonly withSums: boolean;
}

/** Rows of a user in a run of days. */
export interface RowsJob {
  readonly source: RowsSource;
  /** No two rows share an identity. */
  readonly distinct: boolean;
}

export interface DevicesJob {
  readonly source: RowsSource;
  /** Only these devices; undefined: all. */
  readonly deviceIds: readonly string[] | undefined;
}

export type ExplainJob = Pick<RunJob, 'source' | 'interval'>;

/** Reads and merges rows, for one order of devices. */
export interface RunReaderMethods {
  /** Rejects when the rows cannot be read. */
  read(job: RunJob): Promise<SeriesPiece>;
  /** What each device has of each bucket. Rejects as {@link read} does. */
  explain(job: ExplainJob): Promise<DeviceCells>;
  /** The last of the rows by time; undefined when there are none. Rejects as {@link read} does. */
  latest(source: RowsSource): Promise<LatestReading | undefined>;
  /** What each device has of the rows. Rejects as {@link read} does. */
  devices(job: DevicesJob): Promise<DeviceSummary[]>;
  /** How many rows there are, an identity as often as it is stored. Rejects as {@link read} does. */
  count(source: RowsSource): Promise<number>;
  /** The rows themselves, each identity once, in order. Rejects as {@link read} does. */
  readings(job: RowsJob): Promise<ReadingsPiece>;
}

export interface RunReader extends RunReaderMethods {
  /** Calls that are under way may fail, and none may follow. */
  close(): Promise<void>;
}

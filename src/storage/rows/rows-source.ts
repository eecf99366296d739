import type { EpochDay, TimeRange } from '../../readings/reading.ts';
import type { PartFile } from './part-file.ts';

/** Rows of one user in columns of equal length. */
export interface UserRows {
  readonly deviceIds: readonly string[];
  /** The device of each row, as a place in `deviceIds`. */
  readonly devices: Uint32Array;
  /** Microseconds since the epoch. */
  readonly timestamps: Float64Array;
  readonly heartRates: Float64Array;
  readonly sequences: Float64Array;
}

/**
 * Where the rows of a user's day are. It is plain data, so that another thread can read them. Of
 * rows with the same device and timestamp the one with the largest sequence is the truth.
 */
export interface RowsSource {
  readonly userId: string;
  readonly deviceId?: string;
  readonly day: EpochDay;
  /** What is wanted of the rows in the parts. */
  readonly range: TimeRange;
  /** Rows that are wanted, each in one piece. */
  readonly inMemory: readonly UserRows[];
  /** What has the other rows, among those of other devices, times and users. */
  readonly parts: readonly PartFile[];
  /** It is some of a day, of which more will be asked for when more readings have come in. */
  readonly isExcerpt: boolean;
}

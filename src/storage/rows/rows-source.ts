import type { Erasure } from '../../readings/erasure.ts';
import type { TimeRange } from '../../readings/reading.ts';
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

/** A part, and what of it is void: erased by the user, and not yet gone from the file. */
export interface SourcePart extends PartFile {
  readonly without?: readonly Erasure[];
}

/**
 * Where the rows of a user in a range are. It is plain data, so that another thread can read them.
 * Of rows with the same device and timestamp the one with the largest sequence is the truth.
 */
export interface RowsSource {
  readonly userId: string;
  readonly deviceId?: string;
  /** What is wanted of the rows in the parts. */
  readonly range: TimeRange;
  /** Rows that are wanted, each in one piece. */
  readonly inMemory: readonly UserRows[];
  /** What has the other rows, among those of other devices, times and users. */
  readonly parts: readonly SourcePart[];
}

/**
 * Where all of the rows are, of one request, in ranges that ascend. A range may be narrower than
 * what there is in its own parts only where it is the beginning of the first, or the end of the last.
 */
export const joinedSource = (sources: readonly [RowsSource, ...RowsSource[]]): RowsSource => {
  const [first] = sources;
  const last = sources.at(-1) as RowsSource;
  return {
    ...first,
    range: { startMicros: first.range.startMicros, endMicros: last.range.endMicros },
    inMemory: sources.flatMap(({ inMemory }) => inMemory),
    parts: sources.flatMap(({ parts }) => parts),
  };
};

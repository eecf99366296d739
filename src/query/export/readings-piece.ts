import pl from 'nodejs-polars';
import { DEVICE_ID, HEART_RATE, LATEST_FIRST, SEQUENCE, TIMESTAMP } from '../columns.ts';
import { devicePlaces } from '../device-places.ts';
import { nativeColumns } from '../native-columns.ts';

/** A user's readings, one after the other, in columns of equal length. */
export interface ReadingsPiece {
  /** Microseconds since the epoch. */
  readonly timestampsMicros: Float64Array;
  readonly heartRates: Float64Array;
  /** The device of each reading, as a place in `deviceIds`. */
  readonly devices: Uint32Array;
  readonly deviceIds: readonly string[];
}

/** In sorted rows. */
const FIRST_OF_IDENTITY = pl
  .col('timestamp')
  .neq(TIMESTAMP.shift(1))
  .or(DEVICE_ID.neq(DEVICE_ID.shift(1)))
  .fillNull(pl.lit(true));

/**
 * A user's rows as they are exported: by timestamp, then by the UTF-8 bytes of the device's id; of
 * those with the same identity the last that was accepted.
 */
export const readingsPlan = (frame: pl.LazyDataFrame, isDistinct: boolean): pl.LazyDataFrame => {
  if (isDistinct) {
    const rows = frame.select(DEVICE_ID, TIMESTAMP, HEART_RATE);
    return rows.sort({ by: [TIMESTAMP, DEVICE_ID], maintainOrder: true });
  }
  return frame
    .select(DEVICE_ID, TIMESTAMP, HEART_RATE, SEQUENCE)
    .sort({ by: [TIMESTAMP, DEVICE_ID, LATEST_FIRST], maintainOrder: true })
    .filter(FIRST_OF_IDENTITY)
    .select(DEVICE_ID, TIMESTAMP, HEART_RATE);
};

/** The rows of a collected plan. */
export const readingsPiece = (rows: pl.DataFrame): ReadingsPiece => {
  const { floats, instants, texts } = nativeColumns(rows);
  const names = texts('device_id');
  return {
    timestampsMicros: instants('timestamp'),
    heartRates: floats('heart_rate'),
    ...devicePlaces(names.length, (row) => names[row] as string),
  };
};

/** The readings in `[from, to)` of a piece; shares its memory. */
export const sliceOf = (piece: ReadingsPiece, from: number, to: number): ReadingsPiece => ({
  timestampsMicros: piece.timestampsMicros.subarray(from, to),
  heartRates: piece.heartRates.subarray(from, to),
  devices: piece.devices.subarray(from, to),
  deviceIds: piece.deviceIds,
});

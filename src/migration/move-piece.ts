import type { ReadingsPiece } from '../query/export/readings-piece.ts';
import type { EpochMicros } from '../readings/reading.ts';
import { ReadingBatch } from '../readings/reading-batch.ts';
import { deviceAt, rangeOf, type Target } from './readings.ts';

/** What became of readings, by number. */
export interface Outcome {
  /** Those the source has. */
  readonly readings: number;
  /** Written, and read back the same to the last bit. */
  readonly moved: number;
  /** There before, with the same value. */
  readonly there: number;
  /** The target accepted another value of the same identity itself, which stands. */
  readonly superseded: number;
  /** Written and not found, or found different: erased at the target, or worse. */
  readonly missing: number;
}

export const NOTHING: Outcome = { readings: 0, moved: 0, there: 0, superseded: 0, missing: 0 };

export const sumOf = (a: Outcome, b: Outcome): Outcome => ({
  readings: a.readings + b.readings,
  moved: a.moved + b.moved,
  there: a.there + b.there,
  superseded: a.superseded + b.superseded,
  missing: a.missing + b.missing,
});

/**
 * Writes what the target has not got of a user's readings, and reads that back. To do it again,
 * after a failure, does no harm. Rejects as the target does.
 */
export const movePiece = async (
  target: Target,
  userId: string,
  piece: ReadingsPiece,
): Promise<Outcome> => {
  const request = { userId, range: rangeOf(piece) };
  const before = await target.read(request);
  const batch = new ReadingBatch();
  let [there, superseded] = [0, 0];
  for (const [row, micros] of piece.timestampsMicros.entries()) {
    const [deviceId, heartRate] = [deviceAt(piece, row), piece.heartRates[row] as number];
    const found = before.get(deviceId, micros);
    if (found !== undefined && Object.is(found.heartRate, heartRate)) there++;
    else if (found?.isAcceptedHere === true) superseded++;
    else batch.add(userId, deviceId, micros as EpochMicros, heartRate);
  }
  let [moved, missing] = [0, 0];
  if (batch.size > 0) {
    await target.write(batch);
    const after = await target.read(request);
    for (const { deviceId, timestampsMicros, heartRates } of batch.runs) {
      for (const [at, micros] of timestampsMicros.entries()) {
        const found = after.get(deviceId, micros);
        if (found !== undefined && Object.is(found.heartRate, heartRates[at])) moved++;
        else if (found?.isAcceptedHere === true) superseded++;
        else missing++;
      }
    }
  }
  return { readings: piece.devices.length, moved, there, superseded, missing };
};

import type { ReadingsPiece } from '../../query/export/readings-piece.ts';
import type { EpochMicros } from '../../readings/reading.ts';
import { formatTimestamp } from '../../readings/timestamp.ts';

/** Of the line of a reading, all but its timestamp and its heart rate. */
export interface LineFormat {
  /** What comes before the first line. */
  readonly head: string;
  /** Before the timestamp. */
  start(userId: string, deviceId: string): string;
  /** Between timestamp and heart rate. */
  readonly middle: string;
  /** After the heart rate. */
  readonly end: string;
}

/**
 * A line a reading. Timestamps have all their digits, and a heart rate is written by JavaScript: as
 * the shortest decimal that is the same double (ECMA-262, Number::toString), without an exponent
 * for what a heart rate may be.
 */
export const textLines = ({ head, start, middle, end }: LineFormat) =>
  async function* (
    userId: string,
    pieces: AsyncIterable<ReadingsPiece>,
  ): AsyncGenerator<string, void, undefined> {
    let text = head;
    for await (const { deviceIds, devices, timestampsMicros, heartRates } of pieces) {
      const starts = deviceIds.map((deviceId) => start(userId, deviceId));
      for (let row = 0; row < devices.length; row++) {
        const timestamp = formatTimestamp(timestampsMicros[row] as EpochMicros);
        text += starts[devices[row] as number] + timestamp + middle + heartRates[row] + end;
      }
      yield text;
      text = '';
    }
  };

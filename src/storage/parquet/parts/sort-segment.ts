import { firstAtLeast } from '../../../readings/first-at-least.ts';
import type { EpochDay } from '../../../readings/reading.ts';
import { MICROS_PER_DAY } from '../../../readings/timestamp.ts';
import { compareUtf8 } from '../../../readings/utf8-order.ts';
import type { SegmentColumns } from './jobs.ts';
import { lastOfEachIdentity, type PartRows } from './part-rows.ts';

/** What a segment holds of a day, as series of sorted rows that are not in one piece yet. */
interface DayPieces {
  readonly userIds: string[];
  readonly deviceIds: string[];
  readonly timestamps: Float64Array[];
  readonly heartRates: Float64Array[];
}

/** A segment's readings by the UTC day they are of. */
export class SegmentDays {
  readonly #pieces = new Map<EpochDay, DayPieces>();

  constructor(columns: SegmentColumns) {
    const starts = startsOf(columns.lengths);
    for (const series of inOrder(columns)) {
      const from = starts[series] as number;
      const to = from + (columns.lengths[series] as number);
      const sorted = sortedSeries(
        columns.timestamps.subarray(from, to),
        columns.heartRates.subarray(from, to),
      );
      this.#split(columns.userIds[series] as string, columns.deviceIds[series] as string, sorted);
    }
  }

  /** Ascending. */
  get days(): readonly EpochDay[] {
    return [...this.#pieces.keys()].sort((a, b) => a - b);
  }

  /** How many readings are of the day, superseded ones included. */
  sizeOf(day: EpochDay): number {
    const { timestamps } = this.#pieces.get(day) as DayPieces;
    return timestamps.reduce((sum, { length }) => sum + length, 0);
  }

  /** The day's rows as a part has them, and how many a later one superseded. */
  rowsOf(day: EpochDay): { readonly rows: PartRows; readonly duplicates: number } {
    const { userIds, deviceIds, timestamps, heartRates } = this.#pieces.get(day) as DayPieces;
    const all = {
      userIds,
      deviceIds,
      lengths: Uint32Array.from(timestamps, ({ length }) => length),
      timestamps: joined(timestamps),
      heartRates: joined(heartRates),
    };
    const rows = lastOfEachIdentity(all);
    return { rows, duplicates: all.timestamps.length - rows.timestamps.length };
  }

  #split(userId: string, deviceId: string, { timestamps, heartRates }: Series): void {
    for (let from = 0; from < timestamps.length; ) {
      const day = Math.floor((timestamps[from] as number) / MICROS_PER_DAY) as EpochDay;
      const to = firstAtLeast(timestamps, (day + 1) * MICROS_PER_DAY, from);
      const pieces = this.#ofDay(day);
      pieces.userIds.push(userId);
      pieces.deviceIds.push(deviceId);
      pieces.timestamps.push(timestamps.subarray(from, to));
      pieces.heartRates.push(heartRates.subarray(from, to));
      from = to;
    }
  }

  #ofDay(day: EpochDay): DayPieces {
    const known = this.#pieces.get(day);
    if (known !== undefined) return known;
    const made = { userIds: [], deviceIds: [], timestamps: [], heartRates: [] };
    this.#pieces.set(day, made);
    return made;
  }
}

interface Series {
  readonly timestamps: Float64Array;
  readonly heartRates: Float64Array;
}

const startsOf = (lengths: Uint32Array): Uint32Array => {
  const starts = new Uint32Array(lengths.length);
  for (let i = 1; i < lengths.length; i++) {
    starts[i] = (starts[i - 1] as number) + (lengths[i - 1] as number);
  }
  return starts;
};

/** The series by user and device. */
const inOrder = ({ userIds, deviceIds }: SegmentColumns): number[] =>
  [...userIds.keys()].sort(
    (a, b) =>
      compareUtf8(userIds[a] as string, userIds[b] as string) ||
      compareUtf8(deviceIds[a] as string, deviceIds[b] as string),
  );

/** A series in the order of its timestamps; those that are equal in order of arrival. */
const sortedSeries = (timestamps: Float64Array, heartRates: Float64Array): Series => {
  if (isAscending(timestamps)) return { timestamps, heartRates };
  const order = Uint32Array.from(timestamps.keys()).sort(
    (a, b) => (timestamps[a] as number) - (timestamps[b] as number) || a - b,
  );
  return {
    timestamps: Float64Array.from(order, (place) => timestamps[place] as number),
    heartRates: Float64Array.from(order, (place) => heartRates[place] as number),
  };
};

const isAscending = (values: Float64Array): boolean => {
  for (let i = 1; i < values.length; i++) {
    if ((values[i] as number) < (values[i - 1] as number)) return false;
  }
  return true;
};

const joined = (pieces: readonly Float64Array[]): Float64Array => {
  const [only] = pieces;
  if (only !== undefined && pieces.length === 1) return only;
  const all = new Float64Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
};

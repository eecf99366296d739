/**
 * Rows of a part that follow each other: series by series, ascending by user_id and device_id (by
 * their UTF-8 bytes), within a series by timestamp. Series `i` is `userIds[i]` and `deviceIds[i]`
 * and has the next `lengths[i]` places of the long columns.
 */
export interface PartRows {
  readonly userIds: readonly string[];
  readonly deviceIds: readonly string[];
  readonly lengths: Uint32Array;
  /** Microseconds since the epoch. */
  readonly timestamps: Float64Array;
  readonly heartRates: Float64Array;
}

/** The rows in pieces of these sizes, which add up to all of them. A series may be divided. */
export function* cutRows(rows: PartRows, sizes: Iterable<number>): Generator<PartRows> {
  let series = 0;
  let takenOfSeries = 0;
  let from = 0;
  for (const size of sizes) {
    const userIds: string[] = [];
    const deviceIds: string[] = [];
    const lengths: number[] = [];
    for (let left = size; left > 0; ) {
      const length = rows.lengths[series] as number;
      const taken = Math.min(left, length - takenOfSeries);
      userIds.push(rows.userIds[series] as string);
      deviceIds.push(rows.deviceIds[series] as string);
      lengths.push(taken);
      left -= taken;
      takenOfSeries += taken;
      if (takenOfSeries === length) {
        series++;
        takenOfSeries = 0;
      }
    }
    yield {
      userIds,
      deviceIds,
      lengths: Uint32Array.from(lengths),
      timestamps: rows.timestamps.subarray(from, from + size),
      heartRates: rows.heartRates.subarray(from, from + size),
    };
    from += size;
  }
}

/** Says of a row, by its place in the long columns, whether it stays. */
type Keeps = (row: number) => boolean;

/** The rows that stay, in the same order; the same object when all do. */
export const filterRows = (rows: PartRows, keepsOf: (series: number) => Keeps): PartRows => {
  const kept = new Uint32Array(rows.timestamps.length);
  const lengths = new Uint32Array(rows.lengths.length);
  let size = 0;
  let row = 0;
  for (let series = 0; series < lengths.length; series++) {
    const keeps = keepsOf(series);
    const before = size;
    for (const end = row + (rows.lengths[series] as number); row < end; row++) {
      if (keeps(row)) kept[size++] = row;
    }
    lengths[series] = size - before;
  }
  if (size === kept.length) return rows;
  const isLeft = (_: unknown, series: number) => (lengths[series] as number) > 0;
  const places = kept.subarray(0, size);
  return {
    userIds: rows.userIds.filter(isLeft),
    deviceIds: rows.deviceIds.filter(isLeft),
    lengths: lengths.filter((length) => length > 0),
    timestamps: Float64Array.from(places, (place) => rows.timestamps[place] as number),
    heartRates: Float64Array.from(places, (place) => rows.heartRates[place] as number),
  };
};

/**
 * Of rows with the same identity, which have to follow each other, oldest first, the last: that is
 * the one that was accepted last.
 */
export const lastOfEachIdentity = (rows: PartRows): PartRows => {
  const { timestamps } = rows;
  let end = 0;
  return filterRows(rows, (series) => {
    end += rows.lengths[series] as number;
    const last = end - 1;
    return (row) => row === last || timestamps[row] !== timestamps[row + 1];
  });
};

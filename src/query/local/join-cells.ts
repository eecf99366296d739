import { devicePlaces } from '../device-places.ts';
import { exactMean } from '../exact-mean.ts';
import { addedShares, type DeviceShare, type Ruling } from '../explained.ts';
import type { SeriesPiece } from '../series-piece.ts';
import { inStretches } from '../stretches.ts';
import type { LocalBuckets } from './local-buckets.ts';

/** What makes buckets of cells. */
export interface Joining extends Ruling {
  readonly buckets: Pick<LocalBuckets, 'startOf'>;
}

interface Bucket {
  readonly startMicros: number;
  coarse: number;
  fine: number;
  min: number;
  max: number;
  count: number;
  deviceId: string;
  shares: readonly DeviceShare[] | undefined;
}

/**
 * Local buckets of cells that come with their sums, in ascending order. A bucket is given with the
 * run that has the first cell behind it: until then it may go on.
 */
export async function* joinedCells(
  runs: AsyncIterable<readonly SeriesPiece[]>,
  joining: Joining,
): AsyncGenerator<readonly SeriesPiece[]> {
  let open: Bucket | undefined;
  for await (const pieces of runs) {
    const ended: Bucket[] = [];
    for (const piece of pieces) {
      for (let row = 0; row < piece.counts.length; row++) {
        const startMicros = joining.buckets.startOf(piece.bucketsMicros[row] as number);
        const cell = cellOf(piece, row, startMicros);
        if (open?.startMicros === startMicros) {
          take(open, cell, joining);
        } else {
          if (open !== undefined) ended.push(open);
          open = cell;
        }
      }
    }
    yield inStretches(pieceOf(ended));
  }
  if (open !== undefined) yield inStretches(pieceOf([open]));
}

const cellOf = (piece: SeriesPiece, row: number, startMicros: number): Bucket => ({
  startMicros,
  coarse: piece.sums?.coarse[row] as number,
  fine: piece.sums?.fine[row] as number,
  min: piece.minima[row] as number,
  max: piece.maxima[row] as number,
  count: piece.counts[row] as number,
  deviceId: piece.deviceIds[piece.devices[row] as number] as string,
  shares: piece.shares?.[row],
});

/** Adds a cell to the bucket that it belongs to. */
const take = (bucket: Bucket, cell: Bucket, { contest, compareDevices }: Joining): void => {
  const shares = cell.shares && addedShares(bucket.shares ?? [], cell.shares);
  bucket.shares = shares;
  const order =
    cell.deviceId === bucket.deviceId ? 0 : compareDevices(cell.deviceId, bucket.deviceId);
  if (contest === 'bucket') {
    // In each cell in which the best device of the bucket reported, it is the best as well.
    if (order > 0) return;
    if (order < 0) {
      Object.assign(bucket, cell, { shares });
      return;
    }
  }
  if (order < 0) bucket.deviceId = cell.deviceId;
  // Without rounding, as both parts of a sum are made for.
  bucket.coarse += cell.coarse;
  bucket.fine += cell.fine;
  bucket.min = Math.min(bucket.min, cell.min);
  bucket.max = Math.max(bucket.max, cell.max);
  bucket.count += cell.count;
};

const pieceOf = (buckets: readonly Bucket[]): SeriesPiece => {
  const floats = (of: (bucket: Bucket) => number) => Float64Array.from(buckets, of);
  return {
    bucketsMicros: floats(({ startMicros }) => startMicros),
    means: floats(({ coarse, fine, count }) => exactMean(coarse, fine, count)),
    minima: floats(({ min }) => min),
    maxima: floats(({ max }) => max),
    counts: Uint32Array.from(buckets, ({ count }) => count),
    ...devicePlaces(buckets.length, (row) => (buckets[row] as Bucket).deviceId),
    ...(buckets.some(({ shares }) => shares !== undefined)
      ? { shares: buckets.map(({ shares }) => shares ?? []) }
      : {}),
  };
};

import type { SeriesPiece } from '../../src/query/series-piece.ts';
import type { EpochMicros } from '../../src/readings/reading.ts';

/** A bucket as one object, which is how tests compare them. */
export interface SeriesRow {
  readonly bucketMicros: EpochMicros;
  readonly heartRate: number;
  readonly deviceId: string;
  readonly min: number;
  readonly max: number;
  readonly sampleCount: number;
}

const rowsOf = (piece: SeriesPiece): SeriesRow[] =>
  Array.from(piece.counts, (sampleCount, row) => ({
    bucketMicros: piece.bucketsMicros[row] as EpochMicros,
    heartRate: piece.means[row] as number,
    deviceId: piece.deviceIds[piece.devices[row] as number] as string,
    min: piece.minima[row] as number,
    max: piece.maxima[row] as number,
    sampleCount,
  }));

export const seriesRows = (pieces: readonly SeriesPiece[]): SeriesRow[] => pieces.flatMap(rowsOf);

/** The pieces of an answer. */
export const allOf = async (
  runs: AsyncIterable<readonly SeriesPiece[]>,
): Promise<SeriesPiece[]> => {
  const all: SeriesPiece[] = [];
  for await (const pieces of runs) all.push(...pieces);
  return all;
};

/** All of an answer. */
export const answered = async (runs: AsyncIterable<readonly SeriesPiece[]>): Promise<SeriesRow[]> =>
  seriesRows(await allOf(runs));

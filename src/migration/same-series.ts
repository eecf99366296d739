import type { SeriesPiece } from '../query/series-piece.ts';
import type { SeriesQuery, SeriesRequest } from '../query/series-query.ts';
import type { ScanRequest } from '../storage/reading-store.ts';

/** A bucket as text, with every digit of its numbers. */
const rowsOf = (piece: SeriesPiece): string[] =>
  Array.from(piece.counts, (count, row) =>
    JSON.stringify([
      piece.bucketsMicros[row],
      piece.means[row],
      piece.minima[row],
      piece.maxima[row],
      count,
      piece.deviceIds[piece.devices[row] as number],
    ]),
  );

async function* rowsIn(query: SeriesQuery, asked: ScanRequest): AsyncGenerator<string> {
  const request: SeriesRequest = { ...asked, interval: '1m', priorityScope: 'timestamp' };
  for await (const pieces of query.run(request)) for (const piece of pieces) yield* rowsOf(piece);
}

/** Whether the series in minutes that both answer are the same to the last bit. */
export const isSameSeries = async (
  one: SeriesQuery,
  other: SeriesQuery,
  request: ScanRequest,
): Promise<boolean> => {
  const others = rowsIn(other, request);
  try {
    for await (const row of rowsIn(one, request)) {
      if ((await others.next()).value !== row) return false;
    }
    return (await others.next()).done === true;
  } finally {
    await others.return(undefined);
  }
};

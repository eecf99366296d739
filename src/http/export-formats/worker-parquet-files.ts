import type { ReadingsPiece } from '../../query/export/readings-piece.ts';
import { WorkerCalls, type WorkerCallsOptions } from '../../storage/worker-calls.ts';
import type { ParquetFiles, ParquetFilesMethods } from './parquet-files.ts';

const WORKER = new URL('./parquet-worker.js', import.meta.url);

/** A slice without the rest, all of which would be copied to the other thread. */
const withoutRest = ({ deviceIds, ...columns }: ReadingsPiece): ReadingsPiece => ({
  deviceIds,
  devices: columns.devices.slice(),
  timestampsMicros: columns.timestampsMicros.slice(),
  heartRates: columns.heartRates.slice(),
});

/**
 * Writes in a worker thread, which is made with the first file. The library makes some thirty
 * objects of a reading: a million of them made the thread that serves requests pause for up to 60 ms.
 */
export const workerParquetFiles = (onLost?: WorkerCallsOptions['onLost']): ParquetFiles => {
  const calls = new WorkerCalls<ParquetFilesMethods>(WORKER, { onLost });
  return {
    add: ({ piece, ...rows }) => calls.call('add', { ...rows, piece: withoutRest(piece) }),
    end: (file) => calls.call('end', file),
    drop: (file) => calls.call('drop', file),
    close: () => calls.close(),
  };
};

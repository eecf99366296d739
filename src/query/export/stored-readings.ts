import type { ReadingStore, ScanRequest } from '../../storage/reading-store.ts';
import { joinedSource } from '../../storage/rows/rows-source.ts';
import { ClientGoneError } from '../client-gone.ts';
import { type Days, dayRuns, RunLength } from '../day-runs.ts';
import { collecting, readDays } from '../read-days.ts';
import type { RunReader } from '../reader/run-reader.ts';
import type { ReadingsPiece } from './readings-piece.ts';

/**
 * The readings that a request asks for, as they were when the first piece was asked for: each
 * identity once, with its last accepted value, by timestamp and then by device id. No piece is
 * empty. A run of days is read when its piece is asked for, so no more is in memory than one run.
 * Rejects as a series does when a day cannot be read or `signal` is aborted. Files stay on disk
 * until it has ended, so it must be taken to its end or ended by `return()`.
 */
export async function* storedReadings(
  store: ReadingStore,
  reader: RunReader,
  request: ScanRequest,
  signal?: AbortSignal,
): AsyncGenerator<ReadingsPiece> {
  const length = new RunLength();
  const read = (days: Days) => {
    const [first, ...others] = days;
    const source = joinedSource([first.source(), ...others.map((day) => day.source())]);
    const distinct = days.every((day) => day.distinct);
    return collecting.run(() => reader.readings({ source, distinct }));
  };
  for await (const days of dayRuns(store.scan(request), length)) {
    if (signal?.aborted) throw new ClientGoneError();
    const piece = await readDays(store, request, days, read);
    const readings = piece?.devices.length ?? 0;
    length.hasRead(days.length, readings);
    if (piece !== undefined && readings > 0) yield piece;
  }
}

import type { EpochMicros, TimeRange } from '../../readings/reading.ts';
import { dayRange, duration, intersection } from '../../readings/time-range.ts';
import { MICROS_PER_MINUTE } from '../../readings/timestamp.ts';
import type { ReadingStore, ScannedDay, ScanRequest } from '../../storage/reading-store.ts';
import { joinedSource, type RowsSource } from '../../storage/rows/rows-source.ts';
import { ClientGoneError } from '../client-gone.ts';
import { type Days, dayRuns, RunLength } from '../day-runs.ts';
import { collecting, readDays } from '../read-days.ts';
import type { RunReader } from '../reader/run-reader.ts';
import type { ReadingsPiece } from './readings-piece.ts';

/** So many rows are read at a time, in some 15 MB, as far as they are not of one minute. */
const MAX_ROWS = 100_000;
const MIN_SLICE_MICROS = MICROS_PER_MINUTE;

interface Reading {
  readonly store: ReadingStore;
  readonly reader: RunReader;
  readonly request: ScanRequest;
  readonly signal: AbortSignal | undefined;
}

/**
 * The readings that a request asks for, as they were when the first piece was asked for: each
 * identity once, with its last accepted value, by timestamp and then by device id. No piece is
 * empty. A piece is read when it is asked for, so no more than one is in memory, however many
 * readings a day has.
 * Rejects as a series does when a day cannot be read or `signal` is aborted. Files stay on disk
 * until it has ended, so it must be taken to its end or ended by `return()`.
 */
export async function* storedReadings(
  store: ReadingStore,
  reader: RunReader,
  request: ScanRequest,
  signal?: AbortSignal,
): AsyncGenerator<ReadingsPiece> {
  const length = new RunLength(MAX_ROWS);
  for await (const days of dayRuns(store.scan(request), length)) {
    let readings = 0;
    for await (const piece of piecesOf(days, { store, reader, request, signal })) {
      readings += piece.devices.length;
      yield piece;
    }
    length.hasRead(days.length, readings);
  }
}

/** A run in one piece; when it has too many rows for that, each day in one; or that in halves. */
async function* piecesOf(
  days: Days,
  reading: Reading,
  range?: TimeRange,
): AsyncGenerator<ReadingsPiece> {
  const { store, reader, request, signal } = reading;
  if (signal?.aborted) throw new ClientGoneError();
  const collect = <T>(read: (source: RowsSource, days: Days) => Promise<T>) =>
    readDays(store, request, days, (found) =>
      collecting.run(() => read(sourceOf(found, range), found)),
    );
  const rows = (await collect((source) => reader.count(source))) ?? 0;
  if (rows === 0) return;
  const covered = range ?? intersection(request.range, dayRange(days[0].day));
  const isOneDay = days.length === 1;
  if (rows <= MAX_ROWS || (isOneDay && duration(covered) <= MIN_SLICE_MICROS)) {
    const piece = await collect((source, found) =>
      reader.readings({ source, distinct: found.every((day) => day.distinct) }),
    );
    if (piece !== undefined && piece.devices.length > 0) yield piece;
  } else if (isOneDay) {
    for (const half of halvesOf(covered)) yield* piecesOf(days, reading, half);
  } else {
    for (const day of days) yield* piecesOf([day], reading);
  }
}

const sourceOf = ([first, ...others]: Days, range: TimeRange | undefined): RowsSource => {
  const of = (day: ScannedDay) => day.source(range);
  return joinedSource([of(first), ...others.map(of)]);
};

const halvesOf = ({ startMicros, endMicros }: TimeRange): readonly TimeRange[] => {
  const middleMicros = Math.floor((startMicros + endMicros) / 2) as EpochMicros;
  return [
    { startMicros, endMicros: middleMicros },
    { startMicros: middleMicros, endMicros },
  ];
};

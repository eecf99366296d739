import type { EpochDay, Sequence, TimeRange } from '../../readings/reading.ts';
import type { Changes, DayVersion, ScannedDay, ScanRequest } from '../reading-store.ts';
import type { UserRows } from '../rows/rows-source.ts';
import { type ChunkRow, nameOf } from './chunk-row.ts';
import {
  areApart,
  dayColumns,
  extentOf,
  rowsWithin,
  type StampedErasure,
  withoutErased,
} from './day-columns.ts';

/** All that is stored of a user on a day. */
export interface StoredDay {
  readonly day: EpochDay;
  /** In order of acceptance. */
  readonly chunks: readonly ChunkRow[];
  /** Of parts of the user's readings. */
  readonly erasures: readonly StampedErasure[];
}

const erasureName = ({ seq, writer }: StampedErasure): string => `erasure ${seq} ${writer}`;

/**
 * A version is the names of all chunks and erasures that were found, so it is true whichever
 * process wrote them: each scan compares it with what the cluster has.
 */
const versionOf = ({ chunks, erasures }: StoredDay): DayVersion => ({
  sequence: (chunks.at(-1)?.seq ?? 0) as number as Sequence,
  removals: 0,
  parts: [],
  lengths: new Map([
    ...chunks.map((chunk) => [nameOf(chunk), chunk.readings] as const),
    ...erasures.map((erasure) => [erasureName(erasure), 0] as const),
  ]),
});

/** Where chunks lie that were not there before; `unknown` when anything else is different. */
const changesSince = (stored: StoredDay, columns: UserRows, earlier: DayVersion): Changes => {
  const before = earlier.lengths;
  let known = 0;
  for (const erasure of stored.erasures) {
    if (!before.has(erasureName(erasure))) return 'unknown';
    known++;
  }
  let [start, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let at = 0;
  for (const chunk of stored.chunks) {
    const timestamps = columns.timestamps.subarray(at, at + chunk.readings);
    at += chunk.readings;
    if (before.has(nameOf(chunk))) {
      known++;
      continue;
    }
    const extent = extentOf(timestamps);
    if (extent === undefined) continue;
    start = Math.min(start, extent.startMicros);
    end = Math.max(end, extent.endMicros);
  }
  if (known !== before.size) return 'unknown';
  if (start > end) return 'none';
  return { startMicros: start, endMicros: end } as TimeRange;
};

/** The rows of a day that a request asks for; undefined when there are none. */
export const scannedDay = (
  stored: StoredDay,
  { userId, range, deviceId }: ScanRequest,
): ScannedDay | undefined => {
  const columns = dayColumns(stored.chunks);
  const valid = withoutErased(columns, stored.chunks, stored.erasures);
  const rows = rowsWithin(valid, range, deviceId);
  if (rows.timestamps.length === 0) return undefined;
  return {
    day: stored.day,
    distinct: areApart(stored.chunks, columns),
    version: versionOf(stored),
    changesSince: (earlier) => changesSince(stored, columns, earlier),
    source: (part = range) => ({
      userId,
      ...(deviceId === undefined ? {} : { deviceId }),
      range: part,
      inMemory: [rowsWithin(rows, part)],
      parts: [],
    }),
  };
};

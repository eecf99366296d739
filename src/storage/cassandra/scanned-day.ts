import type { EpochDay, Sequence, TimeRange } from '../../readings/reading.ts';
import type { Changes, DayVersion, ScannedDay, ScanRequest } from '../reading-store.ts';
import type { UserRows } from '../rows/rows-source.ts';
import { type ChunkRow, nameOf } from './chunk-row.ts';
import { areApart, dayColumns, extentOf, rowsWithin, withoutErased } from './day-columns.ts';
import type { Voided } from './voided.ts';

/** All that is stored of a user on a day. */
export interface StoredDay {
  readonly day: EpochDay;
  /** In order of acceptance. */
  readonly chunks: readonly ChunkRow[];
  readonly voided: Voided;
}

/** No chunk has such a name. */
const erasuresName = ({ name }: Voided): string => `erasures ${name}`;

/**
 * A version is the names of all chunks, and one of all erasures, that were found, so it is true whichever
 * process wrote them: each scan compares it with what the cluster has.
 */
const versionOf = ({ chunks, voided }: StoredDay): DayVersion => ({
  sequence: (chunks.at(-1)?.seq ?? 0) as number as Sequence,
  removals: 0,
  parts: [],
  lengths: new Map([
    ...chunks.map((chunk) => [nameOf(chunk), chunk.readings] as const),
    [erasuresName(voided), 0],
  ]),
});

/** Where chunks lie that were not there before; `unknown` when anything else is different. */
const changesSince = (stored: StoredDay, columns: UserRows, earlier: DayVersion): Changes => {
  const before = earlier.lengths;
  if (!before.has(erasuresName(stored.voided))) return 'unknown';
  let known = 1;
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
  const valid = withoutErased(columns, stored.chunks, stored.voided);
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

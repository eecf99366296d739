import pl from 'nodejs-polars';
import type { EpochMicros, TimeRange } from '../../readings/reading.ts';
import { MICROS_PER_MINUTE } from '../../readings/timestamp.ts';
import type { PartFile } from './part-file.ts';
import { rowsFrame } from './rows-frame.ts';
import type { RowsSource } from './rows-source.ts';
import { clipped, partFrame } from './scan-user.ts';
import type { UserRowsCache } from './user-rows-cache.ts';

/**
 * The rows of a source. Lazy, in no promised order, with exactly these columns: `device_id` String,
 * `timestamp` Int64 (microseconds since the epoch), `heart_rate` Float64, `sequence` Int64.
 * Rejects, here or when it is collected, when a part cannot be read.
 */
export const frameOf = async (
  source: RowsSource,
  rowsCache: UserRowsCache,
): Promise<pl.LazyDataFrame> => {
  const { userId, range, inMemory, parts, isExcerpt } = source;
  const frames = inMemory.map(rowsFrame);
  for (const part of parts) {
    const known =
      rowsCache.get(part, userId, range) ??
      (isExcerpt ? await rememberedRows(part, userId, range, rowsCache) : undefined);
    frames.push(clipped(known?.lazy() ?? partFrame(part, userId), source));
  }
  return frames.length === 1 ? (frames[0] as pl.LazyDataFrame) : pl.concat(frames);
};

/** So far around what is asked for now the rows are kept: what is asked for next lies near. */
const MARGIN_MICROS = 60 * MICROS_PER_MINUTE;

/** Reads the rows of the range and around it, and remembers them. */
const rememberedRows = async (
  part: PartFile,
  userId: string,
  range: TimeRange,
  cache: UserRowsCache,
): Promise<pl.DataFrame> => {
  const { day } = part;
  const kept = {
    startMicros: (range.startMicros - MARGIN_MICROS) as EpochMicros,
    endMicros: (range.endMicros + MARGIN_MICROS) as EpochMicros,
  };
  // Apart from the scan, which takes twice as long with the time in its predicate.
  const whole = await partFrame(part, userId).collect();
  const rows = await clipped(whole.lazy(), { day, range: kept }).collect();
  cache.set(part, userId, kept, rows);
  return rows;
};

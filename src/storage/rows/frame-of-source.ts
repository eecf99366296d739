import pl from 'nodejs-polars';
import type { Erasure } from '../../readings/erasure.ts';
import type { EpochDay } from '../../readings/reading.ts';
import { dayRange } from '../../readings/time-range.ts';
import { ColumnComparison, either } from './comparison.ts';
import { memoryFrame } from './frame-of-memory.ts';
import { partsFrame } from './frame-of-parts.ts';
import type { RowsSource, SourcePart } from './rows-source.ts';

const DEVICE_ID = new ColumnComparison('device_id');
const TIMESTAMP = new ColumnComparison('timestamp');

/**
 * The rows of a source. Lazy, in no promised order, with exactly these columns: `device_id` String,
 * `timestamp` Int64 (microseconds since the epoch), `heart_rate` Float64, `sequence` Int64.
 * Throws, here or when it is collected, when a part cannot be read.
 */
export const frameOf = (source: RowsSource): pl.LazyDataFrame => {
  const { userId, parts } = source;
  const frames: pl.LazyDataFrame[] = [];
  const whole = parts.filter((part) => !hasErased(part));
  if (whole.length > 0) frames.push(partsFrame(whole, userId));
  for (const part of parts.filter(hasErased)) {
    frames.push(withoutErased(partsFrame([part], userId), part));
  }
  return sourceFrame(source, frames);
};

/** The rows of a source, with frames of what is in its parts, or of more that they hold of the user. */
export const sourceFrame = (
  source: RowsSource,
  ofParts: readonly pl.LazyDataFrame[],
): pl.LazyDataFrame => {
  const frames = [...source.inMemory.map(memoryFrame), ...ofParts];
  const rows = frames.length === 1 ? (frames[0] as pl.LazyDataFrame) : pl.concat(frames);
  return source.parts.length === 0 ? rows : clipped(rows, source);
};

/** A comparison that holds of all rows of the parts is left out: each takes time. */
const clipped = (
  frame: pl.LazyDataFrame,
  { deviceId, range, parts }: RowsSource,
): pl.LazyDataFrame => {
  const days = parts.map(({ day }) => day);
  const { startMicros } = dayRange(Math.min(...days) as EpochDay);
  const { endMicros } = dayRange(Math.max(...days) as EpochDay);
  let rows = frame;
  if (deviceId !== undefined) rows = rows.filter(DEVICE_ID.eq(deviceId));
  if (range.startMicros > startMicros) rows = rows.filter(TIMESTAMP.atLeast(range.startMicros));
  if (range.endMicros < endMicros) rows = rows.filter(TIMESTAMP.below(range.endMicros));
  return rows;
};

export const hasErased = ({ without }: SourcePart): boolean =>
  without !== undefined && without.length > 0;

const withoutErased = (frame: pl.LazyDataFrame, { without = [] }: SourcePart): pl.LazyDataFrame => {
  let rows = frame;
  for (const erasure of without) {
    const kept = keptBy(erasure);
    rows = kept.length === 0 ? rows.limit(0) : rows.filter(kept.reduce(either));
  }
  return rows;
};

/** A row of the user's that one of these holds of is not covered by the erasure. */
const keptBy = ({ deviceId, range }: Erasure): pl.Expr[] => {
  const kept: pl.Expr[] = [];
  if (deviceId !== undefined) kept.push(DEVICE_ID.neq(deviceId));
  if (range !== undefined) {
    kept.push(TIMESTAMP.below(range.startMicros), TIMESTAMP.atLeast(range.endMicros));
  }
  return kept;
};

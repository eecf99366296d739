import pl from 'nodejs-polars';
import type { EpochDay } from '../../../readings/reading.ts';
import { dayStart, MICROS_PER_DAY } from '../../../readings/timestamp.ts';
import type { Files } from '../disk/files.ts';
import { dayFolder } from '../disk/layout.ts';
import { resolveIdentity } from './identity.ts';
import type { FlushJob, FlushResult, SegmentColumns } from './jobs.ts';
import { asPart, PART_ORDER } from './part-frame.ts';
import { publishPart } from './publish-part.ts';

const TIMESTAMP = pl.col('timestamp');

/**
 * Writes a segment's readings as one part for each UTC day they touch, sorted, each identity once.
 * When it returns, every part is durable under its name and the segment may go.
 */
export const flushSegment = async (files: Files, job: FlushJob): Promise<FlushResult> => {
  const { dataDir, range, columns } = job;
  const arrived = arrivalFrame(columns);
  const rows = await resolveIdentity(arrived.lazy()).sort(PART_ORDER).collect();
  const parts: FlushResult['parts'][number][] = [];
  for (const day of daysOf(columns.timestamps)) {
    if (job.doneDays.includes(day)) {
      await makeNamesDurable(files, dayFolder(dataDir, day));
      continue;
    }
    const start = dayStart(day);
    const ofDay = rows
      .lazy()
      .filter(TIMESTAMP.gtEq(micros(start)))
      .filter(TIMESTAMP.lt(micros(start + MICROS_PER_DAY)));
    const identity = { range, rewrites: 0 };
    const published = await publishPart(files, dataDir, day, identity, asPart(ofDay, range.last));
    parts.push({ day, ...published });
  }
  return { parts, duplicates: arrived.height - rows.height };
};

/** The process that wrote a day's part may have died just before it synced the folder. */
const makeNamesDurable = async (files: Files, folder: string): Promise<void> => {
  await files.makeFolder(folder);
  await files.syncFolder(folder);
};

const micros = (value: number): pl.Expr => pl.lit(value).cast(pl.Int64);

/** The readings with their place in the order of arrival as `sequence`. */
const arrivalFrame = (columns: SegmentColumns): pl.DataFrame => {
  const seriesOfRow = new Int32Array(columns.timestamps.length);
  let row = 0;
  columns.lengths.forEach((length, series) => {
    seriesOfRow.fill(series, row, row + length);
    row += length;
  });
  // Names are joined natively: handing a million strings over one by one takes far longer.
  const names = pl.DataFrame({
    series: pl.Series('series', Int32Array.from(columns.lengths.keys())),
    user_id: pl.Series('user_id', [...columns.userIds], pl.String),
    device_id: pl.Series('device_id', [...columns.deviceIds], pl.String),
  });
  return pl
    .DataFrame([
      pl.Series('series', seriesOfRow),
      pl.Series('timestamp', columns.timestamps),
      pl.Series('heart_rate', columns.heartRates),
    ])
    .withColumn(TIMESTAMP.cast(pl.Int64))
    .withRowIndex('sequence')
    .join(names, { on: 'series', how: 'left' });
};

const daysOf = (timestamps: Float64Array): EpochDay[] => {
  const days = new Set<number>();
  for (const timestamp of timestamps) days.add(Math.floor(timestamp / MICROS_PER_DAY));
  return [...days].sort((a, b) => a - b) as EpochDay[];
};

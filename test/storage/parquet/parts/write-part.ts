import type { Sequence } from '../../../../src/readings/reading.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { flushSegment } from '../../../../src/storage/parquet/parts/flush-segment.ts';
import type { SegmentColumns, WrittenPart } from '../../../../src/storage/parquet/parts/jobs.ts';
import type { PartRow } from './read-part.ts';

/** Rows in the columns that a segment is flushed from. */
export const columnsOf = (rows: readonly PartRow[]): SegmentColumns => {
  const series = new Map<string, PartRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row[0], row[1]]);
    const known = series.get(key);
    if (known === undefined) series.set(key, [row]);
    else known.push(row);
  }
  const all = [...series.values()];
  const ids = [...series.keys()].map((key) => JSON.parse(key) as [string, string]);
  return {
    userIds: ids.map(([userId]) => userId),
    deviceIds: ids.map(([, deviceId]) => deviceId),
    lengths: Uint32Array.from(all, ({ length }) => length),
    timestamps: Float64Array.from(all.flatMap((ofSeries) => ofSeries.map((row) => row[2]))),
    heartRates: Float64Array.from(all.flatMap((ofSeries) => ofSeries.map((row) => row[3]))),
  };
};

/** A part of one day, as a flush of these rows leaves it. */
export const writePart = async (
  dataDir: string,
  first: number,
  last: number,
  rows: readonly PartRow[],
): Promise<WrittenPart> => {
  const range = { first: first as Sequence, last: last as Sequence };
  const columns = columnsOf(rows);
  const { parts } = await flushSegment(nodeFiles, { dataDir, range, columns, doneDays: [] });
  const [part, ...others] = parts;
  if (part === undefined || others.length > 0) throw new Error(`${parts.length} parts, not one`);
  return part;
};

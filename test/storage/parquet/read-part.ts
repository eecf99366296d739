import pl from 'nodejs-polars';
import { expect } from 'vitest';
import { dayOf } from '../../../src/readings/timestamp.ts';

/** `[user, device, microseconds, heart rate]` */
export type PartRow = readonly [string, string, number, number];

/** The rows of a part in the order they are in the file, with the sequence they all have. */
export const readPart = (path: string): { rows: PartRow[]; sequence: number } => {
  const frame = pl.readParquet(path);
  expect(frame.columns).toEqual(['user_id', 'device_id', 'timestamp', 'heart_rate', 'sequence']);
  const types = frame.columns.map((name) => String(frame.getColumn(name).dtype));
  expect(types).toEqual([
    String(pl.String),
    String(pl.String),
    String(pl.Datetime('us', 'UTC')),
    String(pl.Float64),
    String(pl.Int64),
  ]);
  const records = frame.withColumn(pl.col('timestamp').cast(pl.Int64)).toRecords();
  const sequences = new Set(records.map((row) => row.sequence as number));
  expect(sequences.size).toBeLessThanOrEqual(1);
  const rows = records.map((row) => {
    return [row.user_id, row.device_id, row.timestamp, row.heart_rate] as unknown as PartRow;
  });
  expect(new Set(rows.map((row) => dayOf(row[2] as never))).size).toBeLessThanOrEqual(1);
  return { rows, sequence: [...sequences][0] ?? Number.NaN };
};

/** Where a part's rows belong: by the bytes of the user's id, then by time, then by device. */
export const inPartOrder = (rows: readonly PartRow[]): PartRow[] => {
  const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return [...rows].sort((a, b) => compare(a[0], b[0]) || a[2] - b[2] || compare(a[1], b[1]));
};

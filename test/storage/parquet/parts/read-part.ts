import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pl from 'nodejs-polars';
import { expect } from 'vitest';
import { dayOf } from '../../../../src/readings/timestamp.ts';
import { scanPart } from '../../../../src/storage/rows/part-file.ts';

/** `[user, device, microseconds, heart rate]` */
export type PartRow = readonly [string, string, number, number];

/** The rows of a part in the order they are in the file, with the sequence they all have. */
export const readPart = (path: string): { rows: PartRow[]; sequence: number } => {
  const frame = pl.readParquet(path);
  const types = frame.columns.map((name) => [name, String(frame.getColumn(name).dtype)]);
  expect(types).toEqual([
    ['user_id', String(pl.String)],
    ['device_id', String(pl.String)],
    ['timestamp', String(pl.Datetime('us', 'UTC'))],
    ['heart_rate', String(pl.Float64)],
    ['sequence', String(pl.Int64)],
  ]);
  const records = frame.withColumn(pl.col('timestamp').cast(pl.Int64)).toRecords();
  const sequences = new Set(records.map((row) => row.sequence as number));
  expect(sequences.size).toBeLessThanOrEqual(1);
  const rows = records.map(
    (row) => [row.user_id, row.device_id, Number(row.timestamp), row.heart_rate] as PartRow,
  );
  expect(new Set(rows.map((row) => dayOf(row[2] as never))).size).toBeLessThanOrEqual(1);
  return { rows, sequence: [...sequences][0] ?? Number.NaN };
};

/** Where a part's rows belong: by the bytes of the user's id, then of the device's, then by time. */
export const inPartOrder = (rows: readonly PartRow[]): PartRow[] => {
  const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return [...rows].sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]) || a[2] - b[2]);
};

/** The first part that a fixture of an earlier format has of 15 January. */
export const fixturePart = async (format: 1 | 2): Promise<string> => {
  const day = `../../../fixtures/data-v${format}/heart_rate/date=2024-01-15`;
  const folder = fileURLToPath(new URL(day, import.meta.url));
  const [name] = (await readdir(folder)).sort();
  return join(folder, name as string);
};

/** The rows of a part of any format, in the order they are in the file. */
export const readAsReadings = async (path: string): Promise<{ rows: PartRow[] }> => {
  const frame = await scanPart(path)
    .withColumn(pl.col('timestamp').cast(pl.Int64))
    .drop('sequence')
    .collect();
  return { rows: frame.rows() as unknown as PartRow[] };
};

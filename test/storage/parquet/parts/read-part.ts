import pl from 'nodejs-polars';
import { expect } from 'vitest';
import { dayOf } from '../../../../src/readings/timestamp.ts';

/** `[user, device, microseconds, heart rate]` */
export type PartRow = readonly [string, string, number, number];

/** The rows of a part in the order they are in the file, with the sequence they all have. */
export const readPart = (path: string): { rows: PartRow[]; sequence: number } => {
  const frame = pl.readParquet(path);
  const types = frame.columns.map((name) => [name, String(frame.getColumn(name).dtype)]);
  expect(types).toEqual([
    ['user_id', String(pl.String)],
    ['device_id', String(pl.String)],
    ['minute', String(pl.Datetime('us', 'UTC'))],
    ['second', String(pl.Int32)],
    ['microsecond', String(pl.Int32)],
    ['heart_rate', String(pl.Float64)],
    ['sequence', String(pl.Int64)],
  ]);
  const records = frame.withColumn(pl.col('minute').cast(pl.Int64)).toRecords();
  const sequences = new Set(records.map((row) => row.sequence as number));
  expect(sequences.size).toBeLessThanOrEqual(1);
  const rows = records.map((row) => {
    const { minute, second, microsecond } = row as Record<string, number>;
    expect([Number(minute) % 60_000_000, Number(second) < 60, Number(second) >= 0]).toEqual([
      0,
      true,
      true,
    ]);
    const micros = Number(minute) + Number(second) * 1_000_000 + Number(microsecond);
    return [row.user_id, row.device_id, micros, row.heart_rate] as unknown as PartRow;
  });
  expect(new Set(rows.map((row) => dayOf(row[2] as never))).size).toBeLessThanOrEqual(1);
  return { rows, sequence: [...sequences][0] ?? Number.NaN };
};

/** Where a part's rows belong: by the bytes of the user's id, then by time, then by device. */
export const inPartOrder = (rows: readonly PartRow[]): PartRow[] => {
  const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  return [...rows].sort((a, b) => compare(a[0], b[0]) || a[2] - b[2] || compare(a[1], b[1]));
};

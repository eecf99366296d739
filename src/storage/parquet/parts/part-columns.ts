import pl from 'nodejs-polars';
import type { PartVersion } from '../../rows/part-file.ts';

const INSTANT = pl.Datetime('us', 'UTC');

const READING_TYPES = {
  user_id: pl.String,
  device_id: pl.String,
  timestamp: INSTANT,
  heart_rate: pl.Float64,
  sequence: pl.Int64,
};

/** The columns of a part as they are in the file, in order. */
export const STORED_TYPES: Readonly<Record<PartVersion, Readonly<Record<string, pl.DataType>>>> = {
  1: READING_TYPES,
  2: {
    user_id: pl.String,
    device_id: pl.String,
    minute: INSTANT,
    second: pl.Int32,
    microsecond: pl.Int32,
    heart_rate: pl.Float64,
    sequence: pl.Int64,
  },
  3: READING_TYPES,
};

/** What is wrong with the columns of what should be a part, in words. */
export const wrongColumns = (
  { columns, schema }: pl.DataFrame,
  version: PartVersion,
): string | undefined => {
  // A type calls itself `DataType(String)`.
  const describe = (name: string, type: pl.DataType | undefined) =>
    `${name} ${String(type).replace(/^DataType\((.*)\)$/, '$1')}`;
  const found = columns.map((name) => describe(name, schema[name])).join(', ');
  const expected = Object.entries(STORED_TYPES[version]);
  const wanted = expected.map(([name, type]) => describe(name, type)).join(', ');
  return found === wanted ? undefined : `columns are ${found}, not ${wanted}`;
};

import pl from 'nodejs-polars';
import { MICROS_PER_MINUTE, MICROS_PER_SECOND } from '../../../readings/timestamp.ts';
import type { PartVersion } from '../../rows/part-file.ts';

const INSTANT = pl.Datetime('us', 'UTC');

/**
 * The columns of a part as they are in the file, in order.
 *
 * Polars writes whole numbers as a dictionary when they repeat and as eight plain bytes when they
 * do not, and instants do not: of the 4.4 bytes a reading took in version 1, 3.2 were its
 * timestamp's. Cut into minute, second and microsecond it takes 0.2: few different values each, in
 * long runs or in the same sequence over and over.
 */
export const STORED_TYPES: Readonly<Record<PartVersion, Readonly<Record<string, pl.DataType>>>> = {
  1: {
    user_id: pl.String,
    device_id: pl.String,
    timestamp: INSTANT,
    heart_rate: pl.Float64,
    sequence: pl.Int64,
  },
  2: {
    user_id: pl.String,
    device_id: pl.String,
    minute: INSTANT,
    second: pl.Int32,
    microsecond: pl.Int32,
    heart_rate: pl.Float64,
    sequence: pl.Int64,
  },
};

const int64 = (value: number): pl.Expr => pl.lit(value).cast(pl.Int64);

const TIMESTAMP_MICROS = pl.col('timestamp').cast(pl.Int64);
const MICROS_OF_MINUTE = TIMESTAMP_MICROS.modulo(int64(MICROS_PER_MINUTE));
const MICROS_OF_SECOND = TIMESTAMP_MICROS.modulo(int64(MICROS_PER_SECOND));

/** Turns the columns of a reading into the columns of a new part. */
export const TO_STORED = [
  pl.col('user_id'),
  pl.col('device_id'),
  TIMESTAMP_MICROS.sub(MICROS_OF_MINUTE).cast(INSTANT).alias('minute'),
  MICROS_OF_MINUTE.sub(MICROS_OF_SECOND)
    .div(int64(MICROS_PER_SECOND))
    .cast(pl.Int32)
    .alias('second'),
  MICROS_OF_SECOND.cast(pl.Int32).alias('microsecond'),
  pl.col('heart_rate'),
  pl.col('sequence'),
];

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

import type { FileMetaData } from 'hyparquet';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { EpochMicros } from '../../readings/reading.ts';
import { END_OF_TIME_MICROS, formatTimestamp } from '../../readings/timestamp.ts';
import { messageOf } from '../../thrown.ts';
import { ImportError, UnknownInputError } from '../import-error.ts';
import type { SourceRow } from '../source-row.ts';
import type { ColumnNames, Format } from './format.ts';

/** So many rows of a row group are decoded at once. */
const ROWS = 50_000;
const NANOS_PER_MICRO = 1_000n;
const MICROS_PER_MILLI = 1_000n;

const instantText = (micros: bigint): string =>
  micros >= 0n && micros < BigInt(END_OF_TIME_MICROS)
    ? formatTimestamp(Number(micros) as EpochMicros)
    : `${micros} microseconds`;

const plainValue = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Instants to the microsecond, of which a Date would lose three digits, and texts with all of their
 * characters: an id may begin with what is a byte order mark elsewhere.
 */
const parsers = {
  stringFromBytes: (bytes: Uint8Array | undefined) => bytes && utf8.decode(bytes),
  timestampFromMilliseconds: (millis: bigint) => instantText(millis * MICROS_PER_MILLI),
  timestampFromMicroseconds: (micros: bigint) => instantText(micros),
  timestampFromNanoseconds: (nanos: bigint) => instantText(nanos / NANOS_PER_MICRO),
};

const NAMES: Readonly<Record<keyof ColumnNames, string>> = {
  time: 'timestamp',
  heart_rate: 'heart_rate',
  device: 'device_id',
  user: 'user_id',
};

const columnsOf = ({ schema }: FileMetaData, named: ColumnNames): Record<string, string> => {
  const there = schema.slice(1).map(({ name }) => name);
  const chosen = Object.entries({ ...NAMES, ...named }).filter(([, name]) => there.includes(name));
  const columns = Object.fromEntries(chosen);
  for (const role of ['time', 'heart_rate']) {
    if (columns[role] !== undefined) continue;
    throw new UnknownInputError(
      `No column is known to hold the ${role}: say which with --column ${role}=NAME. ` +
        `There are ${there.join(', ')}.`,
    );
  }
  return columns;
};

async function* rowsOf(path: string, named: ColumnNames): AsyncGenerator<SourceRow> {
  const file = await asyncBufferFromFile(path);
  const metadata = await parquetMetadataAsync(file);
  const columns = columnsOf(metadata, named);
  const { time, heart_rate: heartRate, device, user } = columns;
  const total = Number(metadata.num_rows);
  for (let rowStart = 0; rowStart < total; rowStart += ROWS) {
    const rowEnd = Math.min(total, rowStart + ROWS);
    const wanted = { columns: Object.values(columns), rowStart, rowEnd };
    const rows = await parquetReadObjects({ file, metadata, compressors, parsers, ...wanted });
    for (const [index, row] of rows.entries()) {
      const cellOf = (name: string | undefined): unknown =>
        name === undefined ? undefined : plainValue(row[name]);
      yield {
        place: `row ${rowStart + index + 1}`,
        row,
        userId: cellOf(user),
        deviceId: cellOf(device),
        time: cellOf(time),
        heartRate: cellOf(heartRate),
      };
    }
  }
}

/** Parquet with a column of timestamps, as the service, Polars and pandas write it. */
export const parquet: Format = {
  name: 'parquet',
  title: 'Parquet',
  isGeneric: true,
  recognizes: ({ bytes }) => new TextDecoder('latin1').decode(bytes.subarray(0, 4)) === 'PAR1',
  async *read({ path }, { columns }) {
    if (path === undefined) throw new ImportError('Parquet in an archive cannot be read.');
    try {
      yield* rowsOf(path, columns);
    } catch (error) {
      if (error instanceof UnknownInputError) throw error;
      throw new ImportError(`It is no whole Parquet file: ${messageOf(error)}`, { cause: error });
    }
  },
};

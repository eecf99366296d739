import { pipeline, Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { messageOf } from '../../thrown.ts';
import { ImportError, UnknownInputError } from '../import-error.ts';
import { utf8Text } from '../input/bytes.ts';
import type { Input } from '../input/input.ts';
import type { SourceRow } from '../source-row.ts';
import type { ColumnNames } from './format.ts';

/** Of one row. */
const MAX_RECORD_BYTES = 1024 * 1024;

type Role = keyof ColumnNames;

/** How the columns of a table are called, by what they hold; the first that is there counts. */
export type ColumnAliases = Readonly<Record<Role, readonly string[]>>;

/** `Heart Rate (bpm)` and `heart_rate_bpm` are one name. */
const plain = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_|_$/g, '');

/** The delimiter of which a header line has most. */
export const delimiterOf = (line: string): string =>
  [',', ';', '\t', '|'].reduce((best, one) =>
    line.split(one).length > line.split(best).length ? one : best,
  );

/** Where each role is in a header, or -1. Names that the user gave must be there. */
const placesOf = (
  header: readonly string[],
  aliases: ColumnAliases,
  named: ColumnNames,
): Record<Role, number> => {
  const names = header.map(plain);
  const placeOf = (role: Role): number => {
    const name = named[role];
    if (name === undefined) {
      return Math.max(-1, names.indexOf(aliases[role].find((one) => names.includes(one)) ?? ''));
    }
    const place = header.findIndex((one) => one.trim() === name || plain(one) === plain(name));
    if (place >= 0) return place;
    throw new UnknownInputError(`It has no column ${JSON.stringify(name)}: ${header.join(', ')}`);
  };
  const places = {
    time: placeOf('time'),
    heart_rate: placeOf('heart_rate'),
    device: placeOf('device'),
    user: placeOf('user'),
  };
  for (const role of ['time', 'heart_rate'] as const) {
    if (places[role] >= 0) continue;
    throw new UnknownInputError(
      `No column is known to hold the ${role}: say which with --column ${role}=NAME. ` +
        `There are ${header.join(', ')}.`,
    );
  }
  return places;
};

export interface TableRow {
  readonly place: string;
  readonly row: Readonly<Record<string, string>>;
  cell(role: Role): string | undefined;
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

const recordsOf = (input: Input, delimiter: string, fromLine: number): AsyncIterable<CsvRecord> => {
  const parser = parse({
    bom: true,
    delimiter,
    from_line: fromLine,
    info: true,
    max_record_size: MAX_RECORD_BYTES,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  // The iterator of the parser reports an error of any of both.
  pipeline(Readable.from(utf8Text(input.chunks())), parser, () => undefined);
  return parser;
};

interface Table {
  readonly delimiter: string;
  /** Of the header; lines above it are no part of the table. */
  readonly headerLine: number;
  readonly aliases: ColumnAliases;
}

/** The rows of a table. Throws an {@link ImportError} at what is no CSV. */
export async function* tableRows(
  input: Input,
  { delimiter, headerLine, aliases }: Table,
  named: ColumnNames,
): AsyncGenerator<TableRow> {
  let header: readonly string[] | undefined;
  let places: Record<Role, number> | undefined;
  try {
    for await (const { record, info } of recordsOf(input, delimiter, headerLine)) {
      if (header === undefined || places === undefined) {
        header = record;
        places = placesOf(record, aliases, named);
        continue;
      }
      const [names, at] = [header, places];
      yield {
        place: `line ${info.lines}`,
        row: Object.fromEntries(record.map((cell, i) => [names[i] ?? `column ${i + 1}`, cell])),
        cell: (role) => record[at[role]],
      };
    }
  } catch (error) {
    if (error instanceof ImportError || error instanceof UnknownInputError) throw error;
    throw new ImportError(`It is no well-formed CSV: ${messageOf(error)}`, { cause: error });
  }
}

const ALIASES: ColumnAliases = {
  time: ['timestamp', 'time', 'datetime', 'date_time', 'recorded_at', 'start_time', 'date'],
  heart_rate: [
    'heart_rate',
    'heartrate',
    'heart_rate_bpm',
    'bpm',
    'beats_per_minute',
    'pulse',
    'hr',
    'value',
  ],
  device: ['device_id', 'device', 'data_source', 'source'],
  user: ['user_id'],
};

const firstLine = (text: string): string => text.split(/\r?\n/, 1)[0] ?? '';

/** Whether the first line of a text names a time and a heart rate. */
export const hasReadingColumns = (text: string): boolean => {
  const line = firstLine(text);
  const names = line.split(delimiterOf(line)).map((name) => plain(name));
  const has = (role: Role): boolean => ALIASES[role].some((alias) => names.includes(alias));
  return names.length > 1 && has('time') && has('heart_rate');
};

/** Rows of a table whose header is its first line, by usual names or those that the user gave. */
export async function* plainTable(
  input: Input,
  text: string,
  named: ColumnNames,
  source?: string,
): AsyncGenerator<SourceRow> {
  const table = { delimiter: delimiterOf(firstLine(text)), headerLine: 1, aliases: ALIASES };
  const isOwn = firstLine(text).includes('device_id') || named.device !== undefined;
  for await (const { place, row, cell } of tableRows(input, table, named)) {
    const device = cell('device');
    yield {
      place,
      row,
      ...(isOwn ? { deviceId: device } : { source: source ?? device }),
      userId: cell('user'),
      time: cell('time'),
      heartRate: cell('heart_rate'),
    };
  }
}

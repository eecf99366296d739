import parquet, { type FileMetaData, type SchemaElement } from 'parquetjs-lite';
import { type PartVersion, partVersionOf } from '../../rows/part-file.ts';

/** Parquet's own names of the columns' types, in the order of the columns. */
const READING_COLUMNS = [
  'user_id STRING',
  'device_id STRING',
  'timestamp TIMESTAMP(MICROS, UTC)',
  'heart_rate DOUBLE',
  'sequence INT64',
].join(', ');
const COLUMNS: Readonly<Record<PartVersion, string>> = {
  1: READING_COLUMNS,
  2: [
    'user_id STRING',
    'device_id STRING',
    'minute TIMESTAMP(MICROS, UTC)',
    'second INT32',
    'microsecond INT32',
    'heart_rate DOUBLE',
    'sequence INT64',
  ].join(', '),
  3: READING_COLUMNS,
};

const PHYSICAL_TYPES: Readonly<Record<number, string>> = { 1: 'INT32', 2: 'INT64', 5: 'DOUBLE' };

/** What a reader that shares no code with the writer finds at the end of a part. */
export interface PartFooter {
  readonly rows: number;
  readonly rowsInGroups: number;
  /** What is wrong with the columns, in words. */
  readonly wrongColumns: string | undefined;
}

/** Reads a part's footer with parquetjs-lite. Rejects when the file has none that can be read. */
export const readFooter = async (path: string): Promise<PartFooter> => {
  const reader = await parquet.ParquetEnvelopeReader.openFile(path);
  try {
    await reader.readHeader();
    return footerOf(await reader.readFooter(), COLUMNS[partVersionOf(path)]);
  } finally {
    await reader.close();
  }
};

const footerOf = ({ num_rows, row_groups, schema }: FileMetaData, expected: string): PartFooter => {
  const columns = schema.slice(1).map(columnOf).join(', ');
  return {
    rows: Number(num_rows),
    rowsInGroups: row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0),
    wrongColumns: columns === expected ? undefined : `columns are ${columns}, not ${expected}`,
  };
};

const columnOf = (element: SchemaElement): string => `${element.name} ${typeOf(element)}`;

const typeOf = ({ type, logicalType }: SchemaElement): string => {
  if (logicalType?.STRING) return 'STRING';
  const stamp = logicalType?.TIMESTAMP;
  if (stamp) {
    return `TIMESTAMP(${stamp.unit.MICROS ? 'MICROS' : 'other'}${stamp.isAdjustedToUTC ? ', UTC' : ''})`;
  }
  return PHYSICAL_TYPES[type ?? -1] ?? `type ${type}`;
};

import parquet, { type FileMetaData, type SchemaElement } from 'parquetjs-lite';

/** Parquet's own names of the columns' types, in the order of the columns. */
const COLUMNS = [
  'user_id STRING',
  'device_id STRING',
  'timestamp TIMESTAMP(MICROS, UTC)',
  'heart_rate DOUBLE',
  'sequence INT64',
].join(', ');

const PHYSICAL_TYPES: Readonly<Record<number, string>> = { 2: 'INT64', 5: 'DOUBLE' };

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
    return footerOf(await reader.readFooter());
  } finally {
    await reader.close();
  }
};

const footerOf = ({ num_rows, row_groups, schema }: FileMetaData): PartFooter => {
  const columns = schema.slice(1).map(columnOf).join(', ');
  return {
    rows: Number(num_rows),
    rowsInGroups: row_groups.reduce((sum, group) => sum + Number(group.num_rows), 0),
    wrongColumns: columns === COLUMNS ? undefined : `columns are ${columns}, not ${COLUMNS}`,
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

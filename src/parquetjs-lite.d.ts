/** What is used of parquetjs-lite, which has no types of its own. */
declare module 'parquetjs-lite' {
  /** A 64-bit integer; `Number()` of it is exact below 2^53. */
  export interface Int64 {
    valueOf(): number;
  }

  export interface SchemaElement {
    readonly name: string;
    /** Parquet's physical type by number; null for a group. */
    readonly type: number | null;
    readonly logicalType: {
      readonly STRING?: object | null;
      readonly TIMESTAMP?: {
        readonly isAdjustedToUTC: boolean;
        readonly unit: { readonly MICROS?: object | null };
      } | null;
    } | null;
  }

  export interface FileMetaData {
    readonly num_rows: Int64;
    /** The root first, then the columns. */
    readonly schema: readonly SchemaElement[];
    readonly row_groups: readonly { readonly num_rows: Int64 }[];
  }

  /** Reads the parts of a Parquet file. What goes wrong is thrown as an Error or as a string. */
  export class ParquetEnvelopeReader {
    static openFile(path: string): Promise<ParquetEnvelopeReader>;
    /** Throws unless the file begins as a Parquet file. */
    readHeader(): Promise<void>;
    readFooter(): Promise<FileMetaData>;
    close(): Promise<void>;
  }

  export interface ColumnDefinition {
    readonly type: 'UTF8' | 'TIMESTAMP_MICROS' | 'DOUBLE';
    readonly compression: 'SNAPPY';
    /** Whether the column has its least and greatest value noted; it has when left out. */
    readonly statistics?: boolean;
  }

  export class ParquetSchema {
    constructor(columns: Readonly<Record<string, ColumnDefinition>>);
  }

  /** Writes rows, and holds at most a row group of them. */
  export class ParquetWriter {
    static openStream(
      schema: ParquetSchema,
      stream: NodeJS.WritableStream,
      options: {
        readonly rowGroupSize: number;
        readonly useDataPageV2: boolean;
        readonly pageIndex: boolean;
      },
    ): Promise<ParquetWriter>;
    /** Throws a string when a value does not fit its column. */
    appendRow(row: Readonly<Record<string, string | number>>): Promise<void>;
    /** Writes the footer. No row may follow. */
    close(): Promise<void>;
  }

  const parquet: {
    readonly ParquetEnvelopeReader: typeof ParquetEnvelopeReader;
    readonly ParquetSchema: typeof ParquetSchema;
    readonly ParquetWriter: typeof ParquetWriter;
  };
  export default parquet;
}

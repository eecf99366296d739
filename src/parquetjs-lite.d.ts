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

  const parquet: { readonly ParquetEnvelopeReader: typeof ParquetEnvelopeReader };
  export default parquet;
}

import { crc32, gzipSync } from 'node:zlib';
import type { KeyValue, SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Sequence } from '../../../readings/reading.ts';
import { checksumDigits } from '../disk/checksum.ts';
import type { AppendFile, Files } from '../disk/files.ts';
import { cutRows, type PartRows } from './part-rows.ts';
import { digestOf } from './rows-digest.ts';
import { USER_FILTER_KEY, UserFilterBuilder } from './user-filter.ts';

/** The columns of a part, as FORMAT.md has them. No value is ever missing. */
const SCHEMA: SchemaElement[] = [
  { name: 'readings', num_children: 5 },
  stringColumn('user_id'),
  stringColumn('device_id'),
  {
    name: 'timestamp',
    type: 'INT64',
    repetition_type: 'REQUIRED',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
  },
  { name: 'heart_rate', type: 'DOUBLE', repetition_type: 'REQUIRED' },
  { name: 'sequence', type: 'INT64', repetition_type: 'REQUIRED' },
];

function stringColumn(name: string): SchemaElement {
  const type = { type: 'BYTE_ARRAY', repetition_type: 'REQUIRED' } as const;
  return { name, ...type, converted_type: 'UTF8', logical_type: { type: 'STRING' } };
}

/**
 * A row group ends with a user as soon as it has so many rows, so that one user's day is mostly in
 * one, and anyway when it has the most: a scan reads whole groups. Of 100 users with 34,560 rows
 * each a day takes 2.6 ms with groups of 34,560 rows and 3.0 with 122,880; smaller ones make the
 * footer longer, which is read first: 6.7 ms with 17,280 where 34,560 take 4.0.
 */
const GROUP_ROWS = 32_768;
const MAX_GROUP_ROWS = 65_536;

/** Fewer rows than this are not compressed: gzip would take 20 bytes and 20 µs for each page. */
const COMPRESSED_ROWS = 128;

/** What was handed to the library as one row group. */
export interface WrittenGroup {
  readonly rows: number;
  readonly digest: number;
}

/** A part that is complete under its temporary name. */
export interface WrittenFile {
  readonly path: string;
  readonly sequence: Sequence;
  readonly bytes: number;
  readonly rows: number;
  /** Of the bytes as they were handed to the disk. */
  readonly checksum: string;
  readonly groups: readonly WrittenGroup[];
  /** The filter in its footer, if it has one. */
  readonly userFilter: string | undefined;
}

/** Hands to the file what the library wrote of a row group, so that memory holds no more. */
class FileWriter extends ByteWriter {
  readonly #file: AppendFile;
  #checksum = 0;

  constructor(file: AppendFile) {
    super();
    this.#file = file;
  }

  /** Called by the library after each row group, and waited for. */
  async flush(): Promise<void> {
    const bytes = this.getBytes();
    this.#checksum = crc32(bytes, this.#checksum);
    await this.#file.append(bytes);
    this.index = 0;
  }

  get checksum(): string {
    return checksumDigits(this.#checksum);
  }
}

/** Writes rows into a Parquet file, row group by row group; FORMAT.md describes it. */
export class PartFileWriter {
  readonly #path: string;
  readonly #file: AppendFile;
  readonly #sequence: Sequence;
  readonly #writer: FileWriter;
  readonly #metadata: KeyValue[] = [];
  readonly #parquet: ParquetWriter;
  readonly #users = new UserFilterBuilder();
  readonly #groups: WrittenGroup[] = [];
  #rows = 0;

  private constructor(path: string, file: AppendFile, sequence: Sequence) {
    this.#path = path;
    this.#file = file;
    this.#sequence = sequence;
    this.#writer = new FileWriter(file);
    this.#parquet = new ParquetWriter({
      writer: this.#writer,
      schema: SCHEMA,
      codec: 'GZIP',
      compressors: { GZIP: gzipSync },
      // Read when the file is finished; only then all users are known.
      kvMetadata: this.#metadata,
      createdBy: 'heart-rate-metrics',
    });
  }

  /**
   * Writes a file, which is durable when this resolves but for its name. All rows get the sequence.
   * `write` appends them in order. Whatever fails, the file may be there and is the caller's.
   */
  static async write(
    files: Files,
    path: string,
    sequence: Sequence,
    write: (append: (rows: PartRows) => Promise<void>) => Promise<void>,
  ): Promise<WrittenFile> {
    const file = await files.create(path);
    try {
      const writer = new PartFileWriter(path, file, sequence);
      await write((rows) => writer.#append(rows));
      return await writer.#finish();
    } finally {
      await file.close();
    }
  }

  async #append(rows: PartRows): Promise<void> {
    for (const userId of rows.userIds) this.#users.add(userId);
    for (const group of cutRows(rows, groupSizes(rows))) {
      this.#rows += group.timestamps.length;
      this.#groups.push({ rows: group.timestamps.length, digest: digestOf(group) });
      await this.#parquet.write(columnsOf(group, this.#sequence));
    }
  }

  async #finish(): Promise<WrittenFile> {
    const userFilter = this.#users.build()?.encode();
    if (userFilter !== undefined) this.#metadata.push({ key: USER_FILTER_KEY, value: userFilter });
    await this.#parquet.finish();
    await this.#writer.flush();
    await this.#file.datasync();
    return {
      path: this.#path,
      sequence: this.#sequence,
      bytes: this.#writer.offset,
      rows: this.#rows,
      checksum: this.#writer.checksum,
      groups: this.#groups,
      userFilter,
    };
  }
}

/** How many rows each row group takes of these. */
function* groupSizes({ userIds, lengths }: PartRows): Generator<number> {
  let size = 0;
  for (let series = 0; series < lengths.length; series++) {
    size += lengths[series] as number;
    for (; size > MAX_GROUP_ROWS; size -= MAX_GROUP_ROWS) yield MAX_GROUP_ROWS;
    const endsUser = userIds[series] !== userIds[series + 1];
    if (!endsUser || size < GROUP_ROWS) continue;
    yield size;
    size = 0;
  }
  if (size > 0) yield size;
}

type WriteOptions = Parameters<ParquetWriter['write']>[0];

const columnsOf = (rows: PartRows, sequence: Sequence): WriteOptions => {
  const size = rows.timestamps.length;
  const codec = size < COMPRESSED_ROWS ? 'UNCOMPRESSED' : 'GZIP';
  const timestamps = new BigInt64Array(size);
  for (let row = 0; row < size; row++) timestamps[row] = BigInt(rows.timestamps[row] as number);
  const sequences = new Array<bigint>(size).fill(BigInt(sequence));
  return {
    rowGroupSize: size,
    columnData: [
      { name: 'user_id', data: repeated(rows.userIds, rows), encoding: 'RLE_DICTIONARY', codec },
      {
        name: 'device_id',
        data: repeated(rows.deviceIds, rows),
        encoding: 'RLE_DICTIONARY',
        codec,
      },
      { name: 'timestamp', data: timestamps, encoding: 'DELTA_BINARY_PACKED', codec },
      // A dictionary or plain, whichever the library finds to be smaller.
      { name: 'heart_rate', data: rows.heartRates, codec },
      { name: 'sequence', data: sequences, encoding: 'RLE_DICTIONARY', codec },
    ],
  };
};

/** The value of each series for each of its rows. */
const repeated = (values: readonly string[], { lengths }: PartRows): string[] =>
  values.flatMap((value, series) => new Array<string>(lengths[series] as number).fill(value));

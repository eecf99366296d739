import { Writable } from 'node:stream';
import parquetjs from 'parquetjs-lite';
import type { ReadingsPiece } from '../../query/export/readings-piece.ts';

/** Readings for a file. */
export interface ParquetRows {
  /** What the file is called by whoever writes it; the first call with it begins it. */
  readonly file: number;
  readonly userId: string;
  readonly piece: ReadingsPiece;
}

/** Writes Parquet files, several at the same time. */
export interface ParquetFilesMethods {
  /** Adds readings; resolves with what is ready of the file, if anything. */
  add(rows: ParquetRows): Promise<readonly Uint8Array[]>;
  /** Resolves with the rest of the file, which is forgotten. */
  end(file: number): Promise<readonly Uint8Array[]>;
  /** Forgets a file that is not needed any more, if it is known. */
  drop(file: number): Promise<void>;
}

export interface ParquetFiles extends ParquetFilesMethods {
  /** Calls that are under way may fail, and none may follow. */
  close(): Promise<void>;
}

const compression = 'SNAPPY';

/**
 * As in the store's own parts, without `sequence`. The library can only say TIMESTAMP_MICROS, which
 * is UTC (parquet-format, LogicalTypes); some readers show the same instant without a zone. Text has
 * no statistics: the library compares UTF-16 code units, where readers take them to be by UTF-8
 * bytes and would skip rows that match.
 */
const SCHEMA = new parquetjs.ParquetSchema({
  device_id: { type: 'UTF8', compression, statistics: false },
  user_id: { type: 'UTF8', compression, statistics: false },
  timestamp: { type: 'TIMESTAMP_MICROS', compression },
  heart_rate: { type: 'DOUBLE', compression },
});

/** Readings that are in memory until they are written. */
const ROW_GROUP_SIZE = 5_000;

/** What the library has written since it was last asked for. */
class Written extends Writable {
  #chunks: Uint8Array[] = [];

  override _write(chunk: Uint8Array, _: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  take(): readonly Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}

/** A file that is being written. */
class ParquetFile {
  readonly #written = new Written();
  readonly #writer = parquetjs.ParquetWriter.openStream(SCHEMA, this.#written, {
    rowGroupSize: ROW_GROUP_SIZE,
    useDataPageV2: false,
    pageIndex: false,
  });

  async add({ userId, piece }: ParquetRows): Promise<readonly Uint8Array[]> {
    const { deviceIds, devices, timestampsMicros, heartRates } = piece;
    const writer = await this.#writer;
    for (let row = 0; row < devices.length; row++) {
      await writer.appendRow({
        device_id: deviceIds[devices[row] as number] as string,
        user_id: userId,
        timestamp: timestampsMicros[row] as number,
        heart_rate: heartRates[row] as number,
      });
    }
    return this.#written.take();
  }

  async end(): Promise<readonly Uint8Array[]> {
    await (await this.#writer).close();
    return this.#written.take();
  }
}

/** Writes in the thread it is called from: 12 µs a reading. */
export const parquetFiles = (): ParquetFiles => {
  const files = new Map<number, ParquetFile>();
  const fileOf = (file: number): ParquetFile => {
    const known = files.get(file) ?? new ParquetFile();
    files.set(file, known);
    return known;
  };
  return {
    add: (rows) => fileOf(rows.file).add(rows),
    end(file) {
      const ended = fileOf(file);
      files.delete(file);
      return ended.end();
    },
    async drop(file) {
      files.delete(file);
    },
    async close() {},
  };
};

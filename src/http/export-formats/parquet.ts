import { Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import parquetjs from 'parquetjs-lite';
import type { ReadingsPiece } from '../../query/export/readings-piece.ts';
import type { ExportFormat } from './export-format.ts';

// Snappy leaves about as much as zstd of columns that are not dictionary-encoded.
const compression = 'SNAPPY';

/**
 * As in the store's own parts, without `sequence`. Text has no statistics: the library compares
 * UTF-16 code units, where readers take them to be by UTF-8 bytes and would skip rows that match.
 */
const SCHEMA = new parquetjs.ParquetSchema({
  device_id: { type: 'UTF8', compression, statistics: false },
  user_id: { type: 'UTF8', compression, statistics: false },
  timestamp: { type: 'TIMESTAMP_MICROS', compression },
  heart_rate: { type: 'DOUBLE', compression },
});

/** Readings that are in memory until they are written, in one go: that takes some 10 ms. */
const ROW_GROUP_SIZE = 5_000;

/** What the library has written since it was last asked for. */
class Written extends Writable {
  #chunks: Uint8Array[] = [];

  override _write(chunk: Uint8Array, _: string, done: () => void): void {
    this.#chunks.push(chunk);
    done();
  }

  take(): Uint8Array[] {
    const chunks = this.#chunks;
    this.#chunks = [];
    return chunks;
  }
}

async function* write(
  userId: string,
  pieces: AsyncIterable<ReadingsPiece>,
): AsyncGenerator<Uint8Array> {
  const written = new Written();
  const writer = await parquetjs.ParquetWriter.openStream(SCHEMA, written, {
    rowGroupSize: ROW_GROUP_SIZE,
    useDataPageV2: false,
    pageIndex: false,
  });
  for await (const { deviceIds, devices, timestampsMicros, heartRates } of pieces) {
    for (let row = 0; row < devices.length; row++) {
      await writer.appendRow({
        device_id: deviceIds[devices[row] as number] as string,
        user_id: userId,
        timestamp: timestampsMicros[row] as number,
        heart_rate: heartRates[row] as number,
      });
    }
    yield* written.take();
    // Most pieces are not followed by a chunk, and others have to have their turn all the same.
    await nextTurn();
  }
  await writer.close();
  yield* written.take();
}

/** One file, written row group by row group. */
export const parquet: ExportFormat = {
  contentType: 'application/vnd.apache.parquet',
  extension: 'parquet',
  write,
};

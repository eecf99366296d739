import type { ExportFormat } from './export-format.ts';
import type { ParquetFiles } from './parquet-files.ts';

let filesBegun = 0;

/** One file, row group by row group. */
export const parquet = (files: ParquetFiles): ExportFormat => ({
  contentType: 'application/vnd.apache.parquet',
  extension: 'parquet',
  async *write(userId, pieces) {
    const file = filesBegun++;
    try {
      for await (const piece of pieces) yield* await files.add({ file, userId, piece });
      yield* await files.end(file);
    } finally {
      await files.drop(file);
    }
  },
});

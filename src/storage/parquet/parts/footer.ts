import { open } from 'node:fs/promises';
import { type FileMetaData, parquetMetadataAsync } from 'hyparquet';

/** What is read at once from the end of a file; few footers are longer. */
const TAIL_BYTES = 64 * 1024;

/** Reads the footer of a Parquet file of any writer, and nothing else of it. */
export const readFooter = async (path: string): Promise<FileMetaData> => {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const slice = async (start: number, end = size): Promise<ArrayBuffer> => {
      const bytes = new Uint8Array(end - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      if (bytesRead < bytes.length) throw new Error(`${path} was cut short while it was read`);
      return bytes.buffer;
    };
    return await parquetMetadataAsync(
      { byteLength: size, slice },
      { initialFetchSize: TAIL_BYTES },
    );
  } finally {
    await file.close();
  }
};

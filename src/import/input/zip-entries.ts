import yauzl from 'yauzl';
import { messageOf } from '../../thrown.ts';
import { ImportError, UnknownInputError } from '../import-error.ts';
import { type Input, withHead } from './input.ts';

const MAX_ENTRIES = 100_000;

interface ZipEntry extends Input {
  readonly compressedBytes: number;
  readonly bytes: number;
}

/**
 * The entries of a ZIP archive in the order of its directory, each read as a stream. Nothing is
 * written to disk, so the names of entries can do no harm; a bomb is only read slowly, because no
 * more of an entry is held than a format needs, and none is read beyond the size that it declares.
 */
export async function* zipEntries(path: string): AsyncGenerator<ZipEntry> {
  const zip = await yauzl.openPromise(path, { autoClose: false }).catch((error: unknown) => {
    throw new ImportError(`It is no readable ZIP archive: ${messageOf(error)}`, { cause: error });
  });
  try {
    if (zip.entryCount > MAX_ENTRIES) {
      throw new ImportError(`The archive has more than ${MAX_ENTRIES} entries.`);
    }
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('/')) yield* opened(zip, path, entry);
    }
  } catch (error) {
    if (error instanceof ImportError || error instanceof UnknownInputError) throw error;
    throw new ImportError(`The archive is damaged: ${messageOf(error)}`, { cause: error });
  } finally {
    zip.close();
  }
}

/** One entry, which is closed when the next is asked for. */
async function* opened(
  zip: yauzl.ZipFile,
  path: string,
  entry: yauzl.Entry,
): AsyncGenerator<ZipEntry> {
  if (entry.isEncrypted()) throw new ImportError(`Entry ${entry.fileName} is encrypted.`);
  const stream = await zip.openReadStreamPromise(entry);
  try {
    const { head, rest } = await withHead(stream);
    yield {
      name: `${path}, ${entry.fileName}`,
      head,
      path: undefined,
      chunks: () => rest,
      compressedBytes: entry.compressedSize,
      bytes: entry.uncompressedSize,
    };
  } finally {
    stream.destroy();
  }
}

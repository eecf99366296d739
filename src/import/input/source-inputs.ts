import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { Format } from '../formats/format.ts';
import { formatOf } from '../formats/formats.ts';
import { UnknownInputError } from '../import-error.ts';
import { HEAD_BYTES, type Input } from './input.ts';
import { zipEntries } from './zip-entries.ts';

/** An input, and how to read it. */
export interface FormattedInput {
  readonly input: Input;
  readonly format: Format;
}

/** How much of a file has been read, for people who wait. */
export class ReadProgress {
  readonly totalBytes: number;
  #bytes = 0;

  constructor(totalBytes: number) {
    this.totalBytes = totalBytes;
  }

  get bytes(): number {
    return Math.min(this.totalBytes, this.#bytes);
  }

  /** Counts what comes by; `share` of each byte lies in the file itself. */
  async *counted(chunks: AsyncIterable<Uint8Array>, share: number): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      this.#bytes += chunk.length * share;
      yield chunk;
    }
  }
}

const isZip = (head: Uint8Array): boolean => Buffer.from(head.subarray(0, 4)).equals(ZIP_MAGIC);
const ZIP_MAGIC = Buffer.from('PK\x03\x04', 'latin1');

const headOf = async (path: string): Promise<Uint8Array> => {
  const file = await open(path);
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0);
    return head.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
};

/** The file, opened for progress. Throws an {@link UnknownInputError} when it is none. */
export const fileInput = async (
  path: string,
): Promise<{ readonly input: Input; readonly progress: ReadProgress }> => {
  const found = await stat(path).catch((error: Error) => {
    throw new UnknownInputError(`It cannot be read: ${error.message}`);
  });
  if (!found.isFile()) throw new UnknownInputError('It is no file.');
  const progress = new ReadProgress(found.size);
  const chunks = () => progress.counted(createReadStream(path), 1);
  return { input: { name: path, head: await headOf(path), chunks, path }, progress };
};

const NOT_KNOWN = 'It is of no known form; --format says which it is.';

/** What is in an archive, one after another; everything else in it is passed over. */
async function* inArchive(
  path: string,
  forced: Format | undefined,
  progress: ReadProgress,
): AsyncGenerator<FormattedInput> {
  let found = 0;
  for await (const entry of zipEntries(path)) {
    const known = formatOf(entry);
    const isWanted = forced === undefined ? known?.isGeneric !== true : known === forced;
    if (known === undefined || !isWanted) continue;
    found++;
    const share = entry.bytes === 0 ? 0 : entry.compressedBytes / entry.bytes;
    const input = { ...entry, chunks: () => progress.counted(entry.chunks(), share) };
    yield { input, format: known };
  }
  if (found === 0) throw new UnknownInputError('Nothing in the archive is of a known form.');
}

/**
 * What there is to read in a file: itself, or the entries of an archive. `forced` is what the user
 * said that it is. Throws an {@link UnknownInputError} when nothing is known.
 */
export async function* formattedInputs(
  input: Input,
  forced: Format | undefined,
  progress: ReadProgress,
): AsyncGenerator<FormattedInput> {
  if (input.path !== undefined && isZip(input.head)) {
    yield* inArchive(input.path, forced, progress);
    return;
  }
  const format = forced ?? formatOf(input);
  if (format === undefined) throw new UnknownInputError(NOT_KNOWN);
  yield { input, format };
}

import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Rejects also when whoever reads standard output has gone. */
const toStdout = async (chunks: AsyncIterable<Uint8Array>): Promise<number> => {
  let bytes = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  await pipeline(counted, process.stdout, { end: false });
  return bytes;
};

/**
 * Writes chunks to a file that appears under its name only when all of them are on the disk, or to
 * standard output for `-`. Resolves with the number of bytes.
 */
export const writeWhole = async (
  chunks: AsyncIterable<Uint8Array>,
  output: string,
): Promise<number> => {
  if (output === '-') return toStdout(chunks);
  const temporary = `${output}.${process.pid}.tmp`;
  const file = await open(temporary, 'wx');
  let bytes = 0;
  try {
    try {
      for await (const chunk of chunks) {
        await file.writeFile(chunk);
        bytes += chunk.length;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, output);
    return bytes;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

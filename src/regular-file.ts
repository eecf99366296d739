import { constants, type Stats } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';

/**
 * A pipe is opened without waiting for who writes, a terminal does not become this process's. Windows
 * has neither.
 */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

const checkRegular = (stats: Stats): void => {
  if (!stats.isFile()) throw new Error('it is not a regular file');
};

/**
 * The content of a file that others may put something else in the place of. Pipes and devices are
 * refused: they may never end, or answer, and hold one of the process's few threads for files until
 * they do. Rejects with the system's error, or one that says what is wrong, also with more than
 * `maxBytes`.
 */
export const readRegularFile = async (path: string, maxBytes: number): Promise<Buffer> => {
  // To open some devices is to use them, so it is looked at first; and again, as it may be another.
  checkRegular(await stat(path));
  const file = await open(path, FLAGS);
  try {
    checkRegular(await file.stat());
    // One more byte than it may have, whatever size it says to have.
    const bytes = await buffer(file.createReadStream({ end: maxBytes, autoClose: false }));
    if (bytes.length > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`);
    return bytes;
  } finally {
    await file.close();
  }
};

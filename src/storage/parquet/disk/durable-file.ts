import { basename, dirname, join } from 'node:path';
import type { Files } from './files.ts';
import { temporaryName } from './layout.ts';

/**
 * Writes a whole file, durably, in the place of one of the same name. A crash at any point leaves
 * what was there before, or all of the new.
 */
export const writeDurably = async (
  files: Files,
  path: string,
  content: Uint8Array,
): Promise<void> => {
  const folder = dirname(path);
  const temporary = join(folder, temporaryName(basename(path)));
  await files.remove(temporary);
  const file = await files.create(temporary);
  try {
    await file.append(content);
    await file.datasync();
  } finally {
    await file.close();
  }
  await files.rename(temporary, path);
  await files.syncFolder(folder);
};

import { stat } from 'node:fs/promises';
import { hasCode } from './thrown.ts';

/** Whether there is a file or a folder of this name. */
export const isThere = async (path: string): Promise<boolean> => {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENOTDIR')) return false;
    throw error;
  }
};

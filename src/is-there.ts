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

/** What a call on a file or a folder gives; undefined when there is none of this name. */
export const ifThere = async <T>(promise: Promise<T>): Promise<T | undefined> => {
  try {
    return await promise;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
};

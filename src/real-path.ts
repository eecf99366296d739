import { readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { hasCode } from './thrown.ts';

/** As many links one after the other as Linux follows. */
const MAX_LINKS = 40;

const linkAt = (path: string): string | undefined => {
  try {
    return readlinkSync(path);
  } catch {
    // It is none, or is not there.
    return undefined;
  }
};

/**
 * Where a file or folder is, or would be once it is made, through all links, those that lead to
 * nothing included. What cannot be looked at counts as what it is called.
 */
export const realPathOf = (path: string, links = MAX_LINKS): string => {
  try {
    return realpathSync(path);
  } catch (error) {
    const folder = dirname(resolve(path));
    if (!hasCode(error, 'ENOENT') || links === 0 || folder === resolve(path)) return resolve(path);
    const parent = realPathOf(folder, links);
    const link = linkAt(path);
    return link === undefined
      ? join(parent, basename(resolve(path)))
      : realPathOf(resolve(parent, link), links - 1);
  }
};

/** Whether two paths are one file that is there, also by names that are no links to each other. */
export const isSameFile = (path: string, other: string): boolean => {
  try {
    const [one, two] = [statSync(path, { bigint: true }), statSync(other, { bigint: true })];
    return one.dev === two.dev && one.ino === two.ino;
  } catch {
    // One is not there, or cannot be looked at.
    return false;
  }
};

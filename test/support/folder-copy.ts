import { cp, lstat, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../src/thrown.ts';

const PATIENCE_MS = 10_000;

/** All but the sockets of the processes that have the folder, which no copy has. */
const copyOnce = (from: string, to: string): Promise<void> =>
  cp(from, to, {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSocket(),
  });

/** Every name below a folder, with what tells a file from one that takes its place or has grown. */
const picture = async (folder: string): Promise<string> => {
  const names = (await readdir(folder, { recursive: true })).sort();
  const lines: string[] = [];
  for (const name of names) {
    const { ino, size, mtimeNs } = await stat(join(folder, name), { bigint: true });
    lines.push(`${name} ${ino} ${size} ${mtimeNs}`);
  }
  return lines.join('\n');
};

/** Whether the folder was copied and is, name for name, what it was before. */
const copiedUnchanged = async (
  from: string,
  to: string,
  copy: typeof copyOnce,
): Promise<boolean> => {
  try {
    const before = await picture(from);
    await copy(from, to);
    return (await picture(from)) === before;
  } catch (error) {
    // A file was listed and then removed.
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
};

/**
 * Copies a folder that is being worked on, as it was at one instant. One pass is no such picture:
 * a segment may be removed before it is copied, when the part that holds its readings had no name
 * yet where the copy has been already. No crash leaves both missing. So a pass counts only when
 * nothing changed from before it until after it, and otherwise the copy is made anew.
 */
export const copyAtOneInstant = async (
  from: string,
  to: string,
  copy: typeof copyOnce = copyOnce,
): Promise<void> => {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await copiedUnchanged(from, to, copy))) {
    if (Date.now() > deadline) throw new Error(`${from} never stood still`);
    await rm(to, { recursive: true, force: true });
  }
};

import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ifThere } from '../is-there.ts';
import { realPathOf } from '../real-path.ts';
import { syncFolder } from '../sync-folder.ts';
import { hasCode } from '../thrown.ts';
import { type KeyEntry, KeyFileError, keyFileText, parseKeyFile, readKeyFile } from './key-file.ts';

/** Nobody but its owner reads the file, nor while it is being written. */
const MODE = 0o600;
/** … unless it was for a group, and for nobody else: that of a service which is not the owner. */
const OTHERS = 0o077;
const GROUP_READS = 0o040;

const write = async (temporary: string, target: string, text: string): Promise<void> => {
  const before = await ifThere(stat(target));
  const file = await open(temporary, 'r+');
  try {
    await file.writeFile(text);
    // Root may change the file of a service that runs as somebody else, who has to read it.
    if (before !== undefined && process.getuid?.() === 0) await file.chown(before.uid, before.gid);
    const isForGroup = before !== undefined && (before.mode & OTHERS) === GROUP_READS;
    if (isForGroup && (await file.stat()).gid === before.gid) await file.chmod(MODE | GROUP_READS);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, target);
  await syncFolder(dirname(target));
};

/**
 * Puts what `edit` makes of the keys in the file in their place; a file that is not there has none.
 * It is replaced as a whole: who reads it finds the one or the other. Only one such edit is made at
 * a time. Rejects with a {@link KeyFileError}, and with whatever `edit` throws; then the file is as it was.
 */
export const editKeyFile = async (
  path: string,
  edit: (keys: readonly KeyEntry[]) => readonly KeyEntry[],
): Promise<void> => {
  const target = realPathOf(path);
  const temporary = `${target}.new`;
  const lock = await open(temporary, 'wx', MODE).catch((cause: unknown) => {
    const why = hasCode(cause, 'EEXIST')
      ? `${path} is being changed. Remove ${temporary} if that was broken off`
      : `${path} cannot be written: ${(cause as Error).message}`;
    throw new KeyFileError(why, { cause });
  });
  try {
    await lock.close();
    const isThere = (await ifThere(stat(target))) !== undefined;
    const text = keyFileText(edit(isThere ? await readKeyFile(target) : []));
    // What the service would refuse is not written.
    parseKeyFile(text, path);
    await write(temporary, target, text);
  } finally {
    await rm(temporary, { force: true });
  }
};

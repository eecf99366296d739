import { fstatSync, writeSync } from 'node:fs';
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rmdir,
  stat,
  statfs,
  unlink,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../../../sync-folder.ts';
import { hasCode } from '../../../thrown.ts';
import type { AppendFile, Files } from './files.ts';

/**
 * Bytes up to which an append is written at once: to copy them to the page cache takes a fraction
 * of what a trip through the thread pool does, for which the log would wait another turn of the
 * event loop. The disk comes in with {@link AppendFile.datasync}; only when the system holds writers
 * back, because it has far more to write than the disk takes, is it waited for here.
 */
const WRITE_AT_ONCE_BYTES = 256 * 1024;

class NodeAppendFile implements AppendFile {
  readonly #handle: FileHandle;
  /** Some file systems do not, and say 0 of every file. */
  readonly #countsLinks: boolean;
  constructor(handle: FileHandle) {
    this.#handle = handle;
    this.#countsLinks = fstatSync(handle.fd).nlink > 0;
  }

  async append(bytes: Uint8Array): Promise<void> {
    const atOnce = bytes.length <= WRITE_AT_ONCE_BYTES;
    for (let written = 0; written < bytes.length; ) {
      written += atOnce
        ? writeSync(this.#handle.fd, bytes, written)
        : (await this.#handle.write(bytes, written)).bytesWritten;
    }
  }

  async datasync(): Promise<void> {
    await this.#handle.datasync();
  }

  isLinked(): boolean {
    return !this.#countsLinks || fstatSync(this.#handle.fd).nlink > 0;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

const withFile = async (
  path: string,
  flags: string,
  use: (file: FileHandle) => Promise<void>,
): Promise<void> => {
  const file = await open(path, flags);
  try {
    await use(file);
  } finally {
    await file.close();
  }
};

/**
 * Syncs the parent of a folder that was there: who made it may have died, or met an error, before
 * its name was durable. A parent that may not even be read belongs to somebody else, who made the
 * folder for this process.
 */
const syncExisting = async (parent: string): Promise<void> => {
  try {
    await syncFolder(parent);
  } catch (error) {
    if (!hasCode(error, 'EACCES')) throw error;
  }
};

/** Whether the folder was made; false when it was there. */
const makeOne = async (path: string): Promise<boolean> => {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if (!hasCode(error, 'EEXIST') || !(await stat(path)).isDirectory()) throw error;
    return false;
  }
};

/**
 * Makes a folder and those above it that are missing; the ones that were made, innermost first.
 * Node's own recursive `mkdir` never returns where a folder is there and takes no other, as in
 * `/proc` or in a working directory that was removed.
 */
const makeMissing = async (path: string): Promise<string[]> => {
  try {
    return (await makeOne(path)) ? [path] : [];
  } catch (error) {
    if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error;
  }
  const above = await makeMissing(dirname(path));
  return (await makeOne(path)) ? [path, ...above] : above;
};

/** The machine's own file system. */
export const nodeFiles: Files = {
  create: async (path) => new NodeAppendFile(await open(path, 'ax')),
  read: (path) => readFile(path),
  rename,
  syncFolder,
  // Not `rm`: of a file that may not be removed (EPERM) it says that it is no folder.
  remove: async (path) => {
    try {
      await unlink(path);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  },
  size: async (path) => (await stat(path)).size,
  list: async (folder) => {
    try {
      return (await readdir(folder)).sort();
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  },
  makeFolder: async (path) => {
    const made = await makeMissing(path);
    if (made.length === 0) return syncExisting(dirname(path));
    // Each new folder is a name in its parent, and that name must survive too.
    for (const folder of made) await syncFolder(dirname(folder));
  },
  makeFolders: async (paths) => {
    const parents = new Set(paths.map((path) => dirname(path)));
    for (const parent of parents) await nodeFiles.makeFolder(parent);
    for (const path of paths) await makeOne(path);
    for (const parent of parents) await syncExisting(parent);
  },
  removeEmptyFolder: async (path) => {
    try {
      await rmdir(path);
    } catch (error) {
      const isExpected = ['ENOENT', 'ENOTEMPTY', 'EEXIST'].some((code) => hasCode(error, code));
      if (!isExpected) throw error;
    }
  },
  truncate: (path, length) =>
    withFile(path, 'r+', async (file) => {
      await file.truncate(length);
      await file.sync();
    }),
  syncFile: (path) => withFile(path, 'r+', (file) => file.sync()),
  freeBytes: async (path) => {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  },
};

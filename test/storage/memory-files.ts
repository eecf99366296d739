import { basename, dirname } from 'node:path';
import type { Files } from '../../src/storage/parquet/disk/files.ts';

const missing = (path: string): Error =>
  Object.assign(new Error(`ENOENT: no such file, ${path}`), { code: 'ENOENT' });

/** Files in memory, by their paths: for tests that would otherwise only wait for the disk. */
export const memoryFiles = (contents: Map<string, Buffer>): Files => {
  const get = (path: string): Buffer => {
    const content = contents.get(path);
    if (content === undefined) throw missing(path);
    return content;
  };
  return {
    create: async (path) => {
      if (contents.has(path)) throw Object.assign(new Error(path), { code: 'EEXIST' });
      contents.set(path, Buffer.alloc(0));
      return {
        append: async (bytes) => {
          contents.set(path, Buffer.concat([get(path), bytes]));
        },
        datasync: async () => {},
        isLinked: () => contents.has(path),
        close: async () => {},
      };
    },
    read: async (path) => get(path),
    list: async (folder) =>
      [...contents.keys()]
        .filter((path) => dirname(path) === folder)
        .map((path) => basename(path))
        .sort(),
    size: async (path) => get(path).length,
    makeFolder: async () => {},
    makeFolders: async () => {},
    rename: async (from, to) => {
      contents.set(to, get(from));
      contents.delete(from);
    },
    remove: async (path) => {
      contents.delete(path);
    },
    removeEmptyFolder: async () => {},
    truncate: async (path, length) => {
      contents.set(path, get(path).subarray(0, length));
    },
    syncFile: async () => {},
    syncFolder: async () => {},
    freeBytes: async () => Number.MAX_SAFE_INTEGER,
  };
};

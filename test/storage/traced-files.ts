import type { AppendFile, Files } from '../../src/storage/parquet/disk/files.ts';

export type FileOperation = keyof Files | Exclude<keyof AppendFile, 'close' | 'isLinked'>;

/** One use of the disk; a rename has the new name as its path. */
export interface FileCall {
  readonly operation: FileOperation;
  readonly path: string;
}

/**
 * Files that note every call before it is made. `before` may hold a call up, or throw to make it
 * fail without reaching the disk.
 */
export const tracedFiles = (
  inner: Files,
  before: (call: FileCall) => void | Promise<void> = () => {},
): { files: Files; calls: FileCall[] } => {
  const calls: FileCall[] = [];
  const note = async (operation: FileOperation, path: string): Promise<void> => {
    const call = { operation, path };
    calls.push(call);
    await before(call);
  };
  const traced =
    <Rest extends unknown[], Result>(
      operation: keyof Files,
      perform: (path: string, ...rest: Rest) => Promise<Result>,
    ) =>
    async (path: string, ...rest: Rest): Promise<Result> => {
      await note(operation, path);
      return perform(path, ...rest);
    };
  const tracedFile = (path: string, file: AppendFile): AppendFile => ({
    append: async (bytes) => {
      await note('append', path);
      await file.append(bytes);
    },
    datasync: async () => {
      await note('datasync', path);
      await file.datasync();
    },
    isLinked: () => file.isLinked(),
    close: () => file.close(),
  });
  const files: Files = {
    create: async (path) => {
      await note('create', path);
      return tracedFile(path, await inner.create(path));
    },
    rename: async (from, to) => {
      await note('rename', to);
      await inner.rename(from, to);
    },
    read: traced('read', inner.read),
    list: traced('list', inner.list),
    size: traced('size', inner.size),
    makeFolder: traced('makeFolder', inner.makeFolder),
    makeFolders: async (paths) => {
      for (const path of paths) await note('makeFolders', path);
      await inner.makeFolders(paths);
    },
    remove: traced('remove', inner.remove),
    removeEmptyFolder: traced('removeEmptyFolder', inner.removeEmptyFolder),
    truncate: traced('truncate', inner.truncate),
    syncFile: traced('syncFile', inner.syncFile),
    syncFolder: traced('syncFolder', inner.syncFolder),
    freeBytes: traced('freeBytes', inner.freeBytes),
  };
  return { files, calls };
};

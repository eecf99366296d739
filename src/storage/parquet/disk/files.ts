/**
 * The one way to the disk. All that the store writes goes through here, the bytes of Parquet files
 * too (which Polars reads by their paths), so that a test can put a file system that fails or loses
 * power under the real store.
 */
export interface Files {
  /** Makes a new file for appending; fails with EEXIST when it is there. */
  create(path: string): Promise<AppendFile>;
  /** The whole content of a file. */
  read(path: string): Promise<Buffer>;
  /** Names in a folder, ascending by code unit; none when the folder does not exist. */
  list(folder: string): Promise<string[]>;
  /** Size in bytes. */
  size(path: string): Promise<number>;
  /** Makes a folder and its parents. It is durable then, also when it was there before. */
  makeFolder(path: string): Promise<void>;
  /** Makes folders, of which several may have the same parent, as {@link makeFolder} does each. */
  makeFolders(paths: readonly string[]): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; nothing happens when it is gone already. */
  remove(path: string): Promise<void>;
  /** Removes a folder if it is empty; nothing happens when it is not, or is gone already. */
  removeEmptyFolder(path: string): Promise<void>;
  /** Cuts a file to `length` bytes, durably. */
  truncate(path: string, length: number): Promise<void>;
  /** Makes a file's content durable. */
  syncFile(path: string): Promise<void>;
  /** Makes the names in a folder durable: creations, renames and removals. */
  syncFolder(path: string): Promise<void>;
  /** How many bytes this process may still write to the file system that has this path. */
  freeBytes(path: string): Promise<number>;
}

/** A file that only grows. */
export interface AppendFile {
  /** Writes all bytes at the end; after a failure any prefix of them may be there. */
  append(bytes: Uint8Array): Promise<void>;
  /** Returns once everything appended is on the disk (fdatasync). */
  datasync(): Promise<void>;
  /**
   * Whether the file still has a name. What is written to one that has none is gone with the
   * process. At once: it is asked after every sync, and costs a microsecond or two.
   */
  isLinked(): boolean;
  close(): Promise<void>;
}

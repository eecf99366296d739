/**
 * A file system that loses power and fails on demand, under the real store.
 *
 * It works on a real folder, so that Polars can read and write there, and keeps a
 * {@link DiskModel} of what of that is durable. The model is harsher than most disks:
 *
 * **Files.** What was appended is durable once `datasync` or `syncFile` returned; of what came
 * after, a power loss drops all, keeps all, keeps a beginning, or keeps some blocks with zeros for
 * the others (blocks reach a disk in any order, and a file may be long before it is filled). A
 * Parquet file appears here when the store first speaks of it, and is unsynced until `syncFile`.
 * `truncate` is durable when it returns, as its contract says.
 *
 * **Names.** Creations, renames and removals are durable once `syncFolder` of their folder
 * returned; of those after, a power loss drops all, keeps all, keeps a beginning of each folder's
 * (folders are written independently), or keeps some by chance. A rename within a folder happens
 * wholly or not; one between folders is two changes, each durable with its own folder. Syncing a
 * file does not make its name durable, nor the other way round, so a name may be found with
 * nothing, or with half, behind it. What is in a folder whose own name is lost, is lost.
 * A new folder is a name in its parent like any other; `makeFolder` syncs the parents of those
 * that it makes, or of the last one when there is nothing to make, one by one, as the real one.
 *
 * **A process that dies** loses nothing that it wrote, but it makes nothing durable either: the
 * next one starts from what is visible, and a later power loss still takes what was not synced.
 *
 * **Failing calls.** A failed `append` leaves any beginning of its bytes. After a failed
 * `datasync` or `syncFile` the unsynced bytes stay readable, and no later sync of them does
 * anything though it returns (as Linux behaves). A `rename` or `remove` that fails with
 * EIO may have happened all the same. Any other failed call changes nothing.
 *
 * Not modelled: durable bytes that change later (damage has tests of its own), a sync that lies,
 * reads by Polars that fail.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { AppendFile, Files } from '../../../src/storage/parquet/disk/files.ts';
import { type DiskImage, DiskModel, FOLDER } from './disk-model.ts';
import { below, type Random, randomOf } from './random.ts';

export type Operation = keyof Files | Exclude<keyof AppendFile, 'isLinked'>;

/** One call that the store makes; `path` is relative to the root. */
export interface FileCall {
  /** Counted from 0. */
  readonly index: number;
  readonly operation: Operation;
  readonly path: string;
}

export type ErrorCode = 'ENOSPC' | 'EIO';

export interface FaultFilesOptions {
  /** An empty folder; `disk` is written into it. */
  readonly root: string;
  readonly disk?: DiskModel;
  readonly seed?: number;
  /** Called at each moment at which power may be lost. */
  readonly onBoundary?: (when: 'before' | 'after', call: FileCall, files: FaultFiles) => void;
}

/** Writes a tree into an empty folder. */
const writeImage = (image: DiskImage, root: string): void => {
  for (const [path, content] of image) {
    if (content === FOLDER) mkdirSync(join(root, path));
    else writeFileSync(join(root, path), content);
  }
};

export class FaultFiles implements Files {
  /** Says whether a call fails, and how. It is asked once a call. */
  fault: ((call: FileCall) => ErrorCode | undefined) | undefined;
  readonly calls: FileCall[] = [];
  readonly root: string;
  readonly #disk: DiskModel;
  readonly #random: Random;
  readonly #onBoundary: FaultFilesOptions['onBoundary'];
  /** When each file was last written, as far as the model knows, by inode. */
  readonly #writtenAt = new Map<bigint, bigint>();
  /** Files that have lost their name while they were open: what is written to them goes nowhere. */
  readonly #unnamed = new Set<string>();
  #underWay = 0;

  constructor({ root, disk = new DiskModel(), seed = 0, onBoundary }: FaultFilesOptions) {
    this.root = root;
    this.#disk = disk.clone();
    this.#random = randomOf(seed);
    this.#onBoundary = onBoundary;
    const image = disk.visible;
    writeImage(image, root);
    for (const [path, content] of image)
      if (content !== FOLDER) this.#noteWritten(join(root, path));
  }

  /** How many calls have not returned yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** The disk at this moment. */
  snapshot(): DiskModel {
    return this.#disk.clone();
  }

  /** Another process removes a file, whether or not it is open here. */
  takeAway(path: string): void {
    rmSync(path);
    this.#disk.remove(this.#name(path));
    this.#unnamed.add(path);
  }

  async create(path: string): Promise<AppendFile> {
    await this.#perform('create', path, () => {
      writeFileSync(path, '', { flag: 'wx' });
      this.#disk.createFile(this.#name(path), Buffer.alloc(0));
      this.#noteWritten(path);
    });
    return {
      append: (bytes) => this.#append(path, bytes),
      datasync: () => this.#sync('datasync', path),
      isLinked: () => existsSync(path),
      close: () => this.#perform('close', path, () => {}),
    };
  }

  #append(path: string, bytes: Uint8Array): Promise<void> {
    if (this.#unnamed.has(path)) return this.#perform('append', path, () => {});
    const write = (written: Uint8Array): void => {
      writeFileSync(path, written, { flag: 'a' });
      this.#disk.append(this.#name(path), written);
      this.#noteWritten(path);
    };
    const writeSome = () => write(bytes.subarray(0, below(this.#random, bytes.length + 1)));
    return this.#perform('append', path, () => write(bytes), writeSome);
  }

  #sync(operation: Operation, path: string): Promise<void> {
    if (this.#unnamed.has(path)) return this.#perform(operation, path, () => {});
    const sync = () => this.#disk.syncFile(this.#name(path));
    return this.#perform(operation, path, sync, () => this.#disk.failSync(this.#name(path)));
  }

  syncFile(path: string): Promise<void> {
    return this.#sync('syncFile', path);
  }

  read(path: string): Promise<Buffer> {
    return this.#perform('read', path, () => readFileSync(path));
  }

  list(folder: string): Promise<string[]> {
    return this.#perform('list', folder, () =>
      existsSync(folder) ? readdirSync(folder).sort() : [],
    );
  }

  size(path: string): Promise<number> {
    return this.#perform('size', path, () => statSync(path).size);
  }

  async makeFolder(path: string): Promise<void> {
    const missing: string[] = [];
    for (let folder = path; !this.#disk.has(this.#name(folder)); folder = dirname(folder)) {
      missing.push(folder);
    }
    await this.#perform('makeFolder', path, () => {
      for (const folder of missing.toReversed()) {
        mkdirSync(folder);
        this.#disk.makeFolder(this.#name(folder));
      }
    });
    for (const folder of missing.length > 0 ? missing : [path]) {
      await this.syncFolder(dirname(folder));
    }
  }

  async makeFolders(paths: readonly string[]): Promise<void> {
    const parents = new Set(paths.map((path) => dirname(path)));
    for (const parent of parents) await this.makeFolder(parent);
    for (const path of paths) {
      await this.#perform('makeFolders', path, () => {
        if (this.#disk.has(this.#name(path))) return;
        mkdirSync(path);
        this.#disk.makeFolder(this.#name(path));
      });
    }
    for (const parent of parents) await this.syncFolder(parent);
  }

  removeEmptyFolder(path: string): Promise<void> {
    return this.#perform('removeEmptyFolder', path, () => {
      if (!this.#disk.has(this.#name(path)) || readdirSync(path).length > 0) return;
      rmdirSync(path);
      this.#disk.remove(this.#name(path));
    });
  }

  syncFolder(path: string): Promise<void> {
    return this.#perform('syncFolder', path, () => this.#disk.syncFolder(this.#name(path)));
  }

  rename(from: string, to: string): Promise<void> {
    const rename = () => {
      renameSync(from, to);
      this.#disk.rename(this.#name(from), this.#name(to));
    };
    return this.#perform('rename', from, rename, (code) => this.#perhaps(code, rename));
  }

  remove(path: string): Promise<void> {
    const remove = () => {
      if (!this.#disk.has(this.#name(path))) return;
      rmSync(path);
      this.#disk.remove(this.#name(path));
    };
    return this.#perform('remove', path, remove, (code) => this.#perhaps(code, remove));
  }

  truncate(path: string, length: number): Promise<void> {
    return this.#perform('truncate', path, () => {
      truncateSync(path, length);
      this.#disk.truncate(this.#name(path), length);
      this.#noteWritten(path);
    });
  }

  freeBytes(path: string): Promise<number> {
    return this.#perform('freeBytes', path, () => Number.MAX_SAFE_INTEGER);
  }

  #perhaps(code: ErrorCode, effect: () => void): void {
    if (code === 'EIO' && this.#random() < 0.5) effect();
  }

  /** One call: what it does happens in one moment, unless it is told to fail. */
  async #perform<Result>(
    operation: Operation,
    path: string,
    effect: () => Result,
    onFault: (code: ErrorCode) => void = () => {},
  ): Promise<Result> {
    this.#underWay++;
    try {
      await setImmediate();
      this.#takeIn(path);
      const call = { index: this.calls.length, operation, path: this.#name(path) };
      this.calls.push(call);
      this.#onBoundary?.('before', call, this);
      const code = this.fault?.(call);
      if (code !== undefined) {
        onFault(code);
        this.#onBoundary?.('after', call, this);
        const message = `${code}: injected, ${operation} '${call.path}' (call ${call.index})`;
        throw Object.assign(new Error(message), { code });
      }
      const result = effect();
      this.#onBoundary?.('after', call, this);
      return result;
    } finally {
      this.#underWay--;
    }
  }

  /** Notices what Polars wrote to the path. */
  #takeIn(path: string): void {
    const name = this.#name(path);
    const file = statSync(path, { bigint: true, throwIfNoEntry: false });
    if (file === undefined || !file.isFile()) return;
    // A name that is new is a new file, also when it has the inode of one removed a moment ago.
    if (!this.#disk.has(name)) this.#disk.createFile(name, readFileSync(path));
    else if (this.#writtenAt.get(file.ino) === file.mtimeNs) return;
    else this.#disk.overwrite(name, readFileSync(path));
    this.#writtenAt.set(file.ino, file.mtimeNs);
  }

  /** What was written through here needs no taking in. */
  #noteWritten(path: string): void {
    const { ino, mtimeNs } = statSync(path, { bigint: true });
    this.#writtenAt.set(ino, mtimeNs);
  }

  #name(path: string): string {
    return relative(this.root, path) || '.';
  }
}

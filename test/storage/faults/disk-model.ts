/**
 * What a disk holds for sure, and what it has only been told: the state behind {@link FaultFiles},
 * whose top says what may become of it when power is lost. Paths are relative to the root of the
 * disk, which always exists.
 */
import { dirname } from 'node:path';
import { below, type Random } from './random.ts';

/**
 * What of the unsynced is there after a power loss: nothing; all; a beginning of it; or pieces of
 * it, chosen one by one (blocks of a file, changes of a folder), with zeros between.
 */
export type Survival = 'dropped' | 'kept' | 'torn' | 'scattered';

export interface PowerLoss {
  /** For what was written into files and not synced. */
  readonly data: Survival;
  /** For creations, renames and removals in folders that were not synced. */
  readonly names: Survival;
}

/** The tree a disk has after a power loss: each file with its content, each folder. */
export type DiskImage = ReadonlyMap<string, Buffer | typeof FOLDER>;

export const FOLDER = 'folder';

type FileId = number;
type Entry = FileId | typeof FOLDER;

interface FileState {
  /** What a process reads, as long as the machine is up. */
  readonly content: Buffer;
  /** What is on the disk for sure. */
  readonly durable: Buffer;
  /** Bytes that a failed sync forgot: no later sync writes them, so they may be zeros for good. */
  readonly forgotten: readonly (readonly [from: number, to: number])[];
  /** Written anew from the start since it was synced, so that no byte of it is safe. */
  readonly rewritten: boolean;
}

/** One change of the names in `folder`; a rename inside it takes away and adds in one. */
interface NameChange {
  readonly folder: string;
  readonly entry: Entry;
  readonly from?: string;
  readonly to?: string;
}

/** The unit in which a disk may lose data; far below a real sector, as the files are small. */
const BLOCK_BYTES = 32;

export class DiskModel {
  #nextId = 0;
  readonly #files = new Map<FileId, FileState>();
  /** The names that a process sees. */
  readonly #visible = new Map<string, Entry>();
  readonly #durable = new Map<string, Entry>();
  /** What was done to names since their folder was synced, in order. */
  #pending: NameChange[] = [];

  /** A disk on which all of this is durable. */
  static of(image: DiskImage): DiskModel {
    const disk = new DiskModel();
    for (const [path, content] of image) {
      const entry = content === FOLDER ? FOLDER : disk.#newFile(content, content);
      disk.#visible.set(path, entry);
      disk.#durable.set(path, entry);
    }
    return disk;
  }

  clone(): DiskModel {
    const copy = new DiskModel();
    copy.#nextId = this.#nextId;
    for (const [id, file] of this.#files) copy.#files.set(id, file);
    for (const [path, entry] of this.#visible) copy.#visible.set(path, entry);
    for (const [path, entry] of this.#durable) copy.#durable.set(path, entry);
    copy.#pending = [...this.#pending];
    return copy;
  }

  /** What every process sees now; what a new one finds when only the old one died. */
  get visible(): DiskImage {
    return this.#imageOf(this.#visible, (file) => file.content);
  }

  has(path: string): boolean {
    return path === '.' || this.#visible.has(path);
  }

  makeFolder(path: string): void {
    this.#change({ folder: dirname(path), entry: FOLDER, to: path });
  }

  createFile(path: string, content: Buffer): void {
    const entry = this.#newFile(content, Buffer.alloc(0));
    this.#change({ folder: dirname(path), entry, to: path });
  }

  append(path: string, bytes: Uint8Array): void {
    this.#update(path, (file) => ({ ...file, content: Buffer.concat([file.content, bytes]) }));
  }

  /** Somebody wrote the file anew without telling: this is what is in it now. */
  overwrite(path: string, content: Buffer): void {
    this.#update(path, (file) => ({ ...file, content, forgotten: [], rewritten: true }));
  }

  truncate(path: string, length: number): void {
    this.#update(path, (file) => {
      const cut = { ...file, content: file.content.subarray(0, length) };
      return { ...cut, durable: withoutForgotten(cut), rewritten: false };
    });
  }

  syncFile(path: string): void {
    this.#update(path, (file) => {
      return { ...file, durable: withoutForgotten(file), rewritten: false };
    });
  }

  /** The sync told of an error: what it was to write is never written, and nobody is told again. */
  failSync(path: string): void {
    this.#update(path, (file) => {
      const from = file.durable.length;
      const forgotten: [number, number] = [from, file.content.length];
      return { ...file, forgotten: [...file.forgotten, forgotten] };
    });
  }

  /** Takes the place of what has the name `to`. Across folders it is two changes. */
  rename(from: string, to: string): void {
    const entry = this.#entry(from);
    if (entry === FOLDER) throw new Error('a folder is never renamed here');
    const folder = dirname(to);
    if (folder === dirname(from)) {
      this.#change({ folder, entry, from, to });
    } else {
      this.#change({ folder, entry, to });
      this.#change({ folder: dirname(from), entry, from });
    }
  }

  remove(path: string): void {
    this.#change({ folder: dirname(path), entry: this.#entry(path), from: path });
  }

  syncFolder(folder: string): void {
    for (const change of this.#pending) {
      if (change.folder === folder) apply(this.#durable, change);
    }
    this.#pending = this.#pending.filter((change) => change.folder !== folder);
  }

  /** What may be found after a power loss at this moment. */
  afterPowerLoss({ data, names }: PowerLoss, random: Random): DiskImage {
    const survived = new Map(this.#durable);
    for (const change of this.#survivingChanges(names, random)) apply(survived, change);
    return this.#imageOf(survived, (file) => survivingContent(file, data, random));
  }

  #survivingChanges(names: Survival, random: Random): readonly NameChange[] {
    if (names === 'dropped') return [];
    if (names === 'kept') return this.#pending;
    if (names === 'scattered') return this.#pending.filter(() => random() < 0.5);
    const byFolder = new Map<string, NameChange[]>();
    for (const change of this.#pending) {
      byFolder.set(change.folder, [...(byFolder.get(change.folder) ?? []), change]);
    }
    const beginning = (changes: NameChange[]) =>
      changes.slice(0, below(random, changes.length + 1));
    return [...byFolder.values()].flatMap(beginning);
  }

  /** A file or folder whose own folder has no name is out of reach. */
  #imageOf(names: ReadonlyMap<string, Entry>, contentOf: (file: FileState) => Buffer): DiskImage {
    const image = new Map<string, Buffer | typeof FOLDER>();
    for (const [path, entry] of [...names].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const folder = dirname(path);
      if (folder !== '.' && image.get(folder) !== FOLDER) continue;
      const file = entry === FOLDER ? undefined : (this.#files.get(entry) as FileState);
      image.set(path, file === undefined ? FOLDER : contentOf(file));
    }
    return image;
  }

  #newFile(content: Buffer, durable: Buffer): FileId {
    const id = this.#nextId++;
    this.#files.set(id, { content, durable, forgotten: [], rewritten: false });
    return id;
  }

  #change(change: NameChange): void {
    if (!this.has(change.folder)) throw new Error(`${change.folder} does not exist`);
    apply(this.#visible, change);
    this.#pending.push(change);
  }

  #entry(path: string): Entry {
    const entry = this.#visible.get(path);
    if (entry === undefined) throw new Error(`${path} does not exist`);
    return entry;
  }

  #update(path: string, to: (file: FileState) => FileState): void {
    const id = this.#entry(path);
    if (id === FOLDER) throw new Error(`${path} is a folder`);
    this.#files.set(id, to(this.#files.get(id) as FileState));
  }
}

const apply = (names: Map<string, Entry>, { entry, from, to }: NameChange): void => {
  // The name may be another file's by now, when an earlier change was lost.
  if (from !== undefined && names.get(from) === entry) names.delete(from);
  if (to !== undefined) names.set(to, entry);
};

const withoutForgotten = ({ content, forgotten }: FileState): Buffer => {
  if (forgotten.length === 0) return content;
  const written = Buffer.from(content);
  for (const [from, to] of forgotten) written.subarray(from, to).fill(0);
  return written;
};

const survivingContent = (file: FileState, survival: Survival, random: Random): Buffer => {
  const { content, durable } = file;
  if (survival === 'dropped') return durable;
  if (survival === 'kept') return content;
  const safe = file.rewritten ? Buffer.alloc(0) : durable;
  const unsafe = Buffer.from(content.subarray(safe.length));
  if (survival === 'torn') {
    return Buffer.concat([safe, unsafe.subarray(0, below(random, unsafe.length + 1))]);
  }
  for (let at = 0; at < unsafe.length; at += BLOCK_BYTES) {
    if (random() < 0.5) unsafe.subarray(at, at + BLOCK_BYTES).fill(0);
  }
  return Buffer.concat([safe, unsafe]);
};

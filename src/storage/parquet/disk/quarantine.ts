import { basename, dirname, join } from 'node:path';
import type { StoreObserver } from '../../store-observer.ts';
import { writeDurably } from './durable-file.ts';
import { hasCode } from './error-code.ts';
import type { Files } from './files.ts';
import { quarantineFolder } from './layout.ts';

const NOTE_ENDING = '.note.json';

/** What is known of a piece: where it was found, in bytes, and what is wrong with it. */
export interface QuarantineNote {
  /** The path it had. */
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly cause: string;
  /** ISO 8601. */
  readonly found_at: string;
}

/** The name of a piece's note. */
export const noteOf = (piece: string): string => `${piece}${NOTE_ENDING}`;
export const isQuarantineNote = (name: string): boolean => name.endsWith(NOTE_ENDING);

/**
 * Where damaged data goes, so that nothing is thrown away that a person could still save. Beside
 * each piece lies a note, a {@link QuarantineNote} as JSON. Whoever has dealt with a piece removes
 * it and its note.
 */
export class Quarantine {
  readonly #files: Files;
  readonly #folder: string;
  readonly #observer: StoreObserver;
  #notes: Set<string>;

  private constructor(files: Files, folder: string, observer: StoreObserver, notes: Set<string>) {
    this.#files = files;
    this.#folder = folder;
    this.#observer = observer;
    this.#notes = notes;
  }

  static async load(files: Files, dataDir: string, observer: StoreObserver): Promise<Quarantine> {
    const folder = quarantineFolder(dataDir);
    const notes = (await files.list(folder)).filter(isQuarantineNote);
    return new Quarantine(files, folder, observer, new Set(notes));
  }

  /** How many pieces lie in it. */
  get size(): number {
    return this.#notes.size;
  }

  /** Copies bytes of a file that is to be kept otherwise. Doing it again changes nothing. */
  async setAsideBytes(file: string, offset: number, bytes: Buffer, cause: string): Promise<void> {
    const name = `${basename(file)}-${offset}`;
    await this.#files.makeFolder(this.#folder);
    await writeDurably(this.#files, join(this.#folder, name), bytes);
    await this.#note(name, { file, offset, length: bytes.length, cause });
  }

  /** Moves a whole file away from where it was found; of one that is gone there is only the note. */
  async setAsideFile(file: string, length: number, cause: string): Promise<void> {
    const name = `${basename(dirname(file))}-${basename(file)}`;
    await this.#files.makeFolder(this.#folder);
    await this.#note(name, { file, offset: 0, length, cause });
    try {
      await this.#files.rename(file, join(this.#folder, name));
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return;
      throw error;
    }
    await this.#files.syncFolder(this.#folder);
    await this.#files.syncFolder(dirname(file));
  }

  async #note(name: string, found: Omit<QuarantineNote, 'found_at'>): Promise<void> {
    const note = noteOf(name);
    const content: QuarantineNote = { ...found, found_at: new Date().toISOString() };
    const bytes = Buffer.from(`${JSON.stringify(content, undefined, 2)}\n`);
    await writeDurably(this.#files, join(this.#folder, note), bytes);
    this.#notes.add(note);
    this.#observer.quarantined(found);
  }
}

import { basename, dirname, join } from 'node:path';
import type { EpochDay } from '../../../readings/reading.ts';
import { hasCode } from '../../../thrown.ts';
import type { StoreObserver } from '../../store-observer.ts';
import { writeDurably } from './durable-file.ts';
import type { Files } from './files.ts';
import { type PartName, parseDayFolder, parsePartName, quarantineFolder } from './layout.ts';

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

type Found = Omit<QuarantineNote, 'found_at'>;

/** The name of a piece's note. */
export const noteOf = (piece: string): string => `${piece}${NOTE_ENDING}`;
export const isQuarantineNote = (name: string): boolean => name.endsWith(NOTE_ENDING);

/** Which part a note speaks of, if it speaks of one. */
const partOfNote = (note: string): (PartName & { readonly day: EpochDay }) | undefined => {
  const piece = note.slice(0, -NOTE_ENDING.length);
  const at = piece.indexOf('-part-');
  const day = at < 0 ? undefined : parseDayFolder(piece.slice(0, at));
  const part = parsePartName(piece.slice(at + 1));
  return day === undefined || part === undefined ? undefined : { ...part, day };
};

const unlessGone = async (act: Promise<void>): Promise<void> => {
  try {
    await act;
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
};

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
    const found = { file, offset, length: bytes.length, cause };
    await this.#writeNote(name, found);
    this.#tell(name, found);
  }

  /**
   * Moves a whole file away from where it was found; of one that is gone there is only the note.
   * After a failure it can be done again.
   */
  async setAsideFile(file: string, length: number, cause: string): Promise<void> {
    const name = `${basename(dirname(file))}-${basename(file)}`;
    const found = { file, offset: 0, length, cause };
    await this.#files.makeFolder(this.#folder);
    await this.#writeNote(name, found);
    // Where it is now must be durable before where it is not any more. It may be gone, perhaps by
    // an earlier attempt that failed after it.
    await unlessGone(this.#files.rename(file, join(this.#folder, name)));
    await this.#files.syncFolder(this.#folder);
    await unlessGone(this.#files.syncFolder(dirname(file)));
    this.#tell(name, found);
  }

  /** The parts of a day that lie in it, by their names. */
  partsOf(day: EpochDay): readonly PartName[] {
    const parts = [...this.#notes].map(partOfNote);
    return parts.filter((part) => part !== undefined).filter((part) => part.day === day);
  }

  /** The largest sequence in the names of the parts in it; 0 when there are none. */
  get lastSequence(): number {
    return Math.max(0, ...[...this.#notes].map((note) => partOfNote(note)?.range.last ?? 0));
  }

  async #writeNote(name: string, found: Found): Promise<void> {
    const content: QuarantineNote = { ...found, found_at: new Date().toISOString() };
    const bytes = Buffer.from(`${JSON.stringify(content, undefined, 2)}\n`);
    await writeDurably(this.#files, join(this.#folder, noteOf(name)), bytes);
  }

  #tell(name: string, found: Found): void {
    this.#notes.add(noteOf(name));
    this.#observer.quarantined(found);
  }
}

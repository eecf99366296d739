import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { EpochDay } from '../../../readings/reading.ts';
import { inParallel } from '../../in-parallel.ts';
import { PART_VERSION } from '../../rows/part-file.ts';
import type { Files } from '../disk/files.ts';
import { dayFolder, type PartIdentity, partName, partStem, temporaryName } from '../disk/layout.ts';
import type { WrittenPart } from './jobs.ts';
import { PartFileWriter, type WrittenFile } from './part-file-writer.ts';
import type { PartRows } from './part-rows.ts';
import { checkWritten } from './read-back.ts';

/** What a part is to be called. */
export interface PartTarget {
  readonly day: EpochDay;
  readonly identity: PartIdentity;
}

/** A part that is complete, but for its name. */
export interface Draft extends PartTarget {
  readonly file: WrittenFile;
}

/**
 * How many files are written, renamed or synced at a time, so that one waits for the disk while
 * the next is made. Half of the threads that Node has for this: the log needs them too.
 */
export const FILES_AT_ONCE = 2;

/** Gives the parts of one job their names: temporary file, read-back, rename, sync of the folder. */
export class PartPublisher {
  readonly #files: Files;
  readonly #dataDir: string;
  /** What is on disk of this job, under its temporary name or its own. */
  readonly #made = new Set<string>();

  private constructor(files: Files, dataDir: string) {
    this.#files = files;
    this.#dataDir = dataDir;
  }

  /**
   * Runs a job that makes parts in folders that are there. If it fails nothing that it made stays,
   * under whatever name: nobody knows of those parts, and the job will be done anew. A crash at any
   * point leaves of each part none, or the whole of it, and perhaps a temporary file.
   */
  static async run<Result>(
    files: Files,
    dataDir: string,
    job: (publisher: PartPublisher) => Promise<Result>,
  ): Promise<Result> {
    const publisher = new PartPublisher(files, dataDir);
    try {
      return await job(publisher);
    } catch (error) {
      throw await publisher.#discard(error);
    }
  }

  /** Writes a part's rows to a temporary file, and syncs it. */
  async draft(
    { day, identity }: PartTarget,
    write: (append: (rows: PartRows) => Promise<void>) => Promise<void>,
  ): Promise<Draft> {
    // Named anew each time: what cannot be removed is never in the way of the next attempt.
    const name = temporaryName(`${partStem(identity)}-${randomBytes(4).toString('hex')}`);
    const path = join(dayFolder(this.#dataDir, day), name);
    this.#made.add(path);
    const file = await PartFileWriter.write(this.#files, path, identity.range.last, write);
    return { day, identity, file };
  }

  /** Reads drafts back, and makes them durable under their names, which have their checksums. */
  async publish(drafts: readonly Draft[]): Promise<(WrittenPart & PartTarget)[]> {
    await checkWritten(drafts.map(({ file }) => file));
    return inParallel(FILES_AT_ONCE, drafts, async ({ day, identity, file }) => {
      const { rows, bytes, checksum, userFilter } = file;
      const folder = dayFolder(this.#dataDir, day);
      const path = join(folder, partName({ ...identity, checksum, version: PART_VERSION }));
      this.#made.add(path);
      await this.#files.rename(file.path, path);
      await this.#files.syncFolder(folder);
      return { day, identity, path, bytes, rows, userFilter };
    });
  }

  async publishOne(draft: Draft): Promise<WrittenPart> {
    const [part] = await this.publish([draft]);
    const { path, bytes, rows, userFilter } = part as WrittenPart;
    return { path, bytes, rows, userFilter };
  }

  /** The error to throw, which tells too what could not be removed. */
  async #discard(error: unknown): Promise<unknown> {
    const kept: unknown[] = [];
    for (const path of this.#made) {
      try {
        await this.#files.remove(path);
      } catch (failure) {
        kept.push(failure);
      }
    }
    if (kept.length === 0) return error;
    return new AggregateError([error, ...kept], `${String(error)}; ${kept.map(String).join('; ')}`);
  }
}

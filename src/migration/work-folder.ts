import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ifThere } from '../is-there.ts';
import { writeDurably } from '../storage/parquet/disk/durable-file.ts';
import { lockFolder } from '../storage/parquet/disk/folder-lock.ts';
import { nodeFiles } from '../storage/parquet/disk/node-files.ts';
import { BEGINNING, type MigrationState } from './run-migration.ts';

/** Which migration it is, and how far it has come. */
export interface SavedMigration {
  readonly version: 1;
  readonly from: string;
  readonly to: string;
  /** In milliseconds since the epoch: just before anything was read. */
  readonly begunMs: number;
  readonly state: MigrationState;
}

/** The folder beside a data folder is that of another migration. */
export class OtherMigrationError extends Error {
  override readonly name = 'OtherMigrationError';
}

const SAVE_INTERVAL_MS = 1_000;

/** What a migration leaves for its next run, beside the data folder, while it is not done. */
export class WorkFolder {
  readonly path: string;
  /** A data folder: a snapshot of the source, or the target in the making. */
  readonly data: string;
  readonly #release: () => Promise<void>;
  #saved: SavedMigration;
  #savedAtMs = 0;

  private constructor(path: string, saved: SavedMigration, release: () => Promise<void>) {
    this.path = path;
    this.data = join(path, 'data');
    this.#saved = saved;
    this.#release = release;
  }

  /**
   * Goes on with what is there, or begins. Rejects with a `FolderInUseError` when another process
   * has it, and with an {@link OtherMigrationError}.
   */
  static async open(dataDir: string, between: Pick<SavedMigration, 'from' | 'to'>) {
    const path = `${dataDir}.migration`;
    await nodeFiles.makeFolder(path);
    const lock = await lockFolder(path);
    try {
      const known = await readSaved(path);
      if (known !== undefined && (known.from !== between.from || known.to !== between.to)) {
        throw new OtherMigrationError(
          `${path} is of the migration from ${known.from} to ${known.to}: end that, or remove it`,
        );
      }
      const begun: SavedMigration = {
        ...{ version: 1, ...between, begunMs: Date.now(), state: BEGINNING },
      };
      const folder = new WorkFolder(path, known ?? begun, () => lock.release());
      if (known === undefined) await folder.#write();
      return folder;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get saved(): SavedMigration {
    return this.#saved;
  }

  /** A state is at times not written at once: what was moved since is found to be there. */
  async save(state: MigrationState): Promise<void> {
    this.#saved = { ...this.#saved, state };
    if (Date.now() - this.#savedAtMs >= SAVE_INTERVAL_MS) await this.#write();
  }

  async close(): Promise<void> {
    await this.#write();
    await this.#release();
  }

  /** When it is not needed any more. */
  async remove(): Promise<void> {
    await this.#release();
    await rm(this.path, { recursive: true, force: true });
  }

  async #write(): Promise<void> {
    const text = `${JSON.stringify(this.#saved, undefined, 2)}\n`;
    await writeDurably(nodeFiles, stateFile(this.path), Buffer.from(text));
    this.#savedAtMs = Date.now();
  }
}

const stateFile = (path: string): string => join(path, 'state.json');

const readSaved = async (path: string): Promise<SavedMigration | undefined> => {
  const text = await ifThere(readFile(stateFile(path), 'utf8'));
  return text === undefined ? undefined : (JSON.parse(text) as SavedMigration);
};

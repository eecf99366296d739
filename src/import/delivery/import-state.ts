import { createHash } from 'node:crypto';
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { ifThere } from '../../is-there.ts';
import { UnknownInputError } from '../import-error.ts';

/** How far an import has come: everything before is stored, or in the rejected file. */
export interface ImportState {
  /** Which file, by its size and content at both ends, and with which options. */
  readonly identity: string;
  readonly rows: number;
  readonly stored: number;
  readonly rejected: number;
  readonly rejectedBytes: number;
}

const SAMPLE_BYTES = 64 * 1024;

/** Of a file and the options that decide what becomes of its rows. */
export const identityOf = async (path: string, options: unknown): Promise<string> => {
  const { size } = await stat(path);
  const hash = createHash('sha256').update(JSON.stringify([size, options]));
  const file = await open(path);
  try {
    for (const position of [0, Math.max(0, size - SAMPLE_BYTES)]) {
      const sample = Buffer.alloc(SAMPLE_BYTES);
      const { bytesRead } = await file.read(sample, 0, SAMPLE_BYTES, position);
      hash.update(sample.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
  return hash.digest('hex');
};

/** Undefined when there is none. Throws when it is of another file or of other options. */
export const readState = async (
  path: string,
  identity: string,
): Promise<ImportState | undefined> => {
  const text = await ifThere(readFile(path, 'utf8'));
  if (text === undefined) return undefined;
  try {
    const state = JSON.parse(text) as ImportState;
    if (state.identity === identity) return state;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new UnknownInputError(
    `${path} is of another file or of other options; without --resume the import begins anew.`,
  );
};

/** Whole or not at all. What a crash of the machine loses is sent again. */
export const writeState = async (path: string, state: ImportState): Promise<void> => {
  const temporary = `${path}.tmp`;
  await writeFile(temporary, `${JSON.stringify(state)}\n`);
  await rename(temporary, path);
};

export const removeState = (path: string): Promise<void> => rm(path, { force: true });

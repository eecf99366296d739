import { ifThere } from '../../../is-there.ts';
import { checkedLine, checkedObject } from './checked-line.ts';
import { writeDurably } from './durable-file.ts';
import type { Files } from './files.ts';
import { formatFile } from './layout.ts';
import type { Quarantine } from './quarantine.ts';

/** The version of the layout as a whole, which FORMAT.md describes. */
export const FORMAT = 3;
/** Those that this version of the service opens, and turns into its own. */
export const KNOWN_FORMATS: readonly number[] = [1, 2, FORMAT];

/** The folder was written by a later version of the service. */
export class UnknownFormatError extends Error {
  override readonly name = 'UnknownFormatError';
  constructor(dataDir: string, format: number) {
    super(
      `${dataDir} has data format ${format}, and this version of the service knows format ` +
        `${FORMAT}: start the version that wrote it, or a later one`,
    );
  }
}

/**
 * What the folder's marker says: its format, or why it cannot be read; undefined when there is no
 * marker, as in a new folder.
 */
export const readFormat = async (
  files: Files,
  dataDir: string,
): Promise<number | { readonly damage: string } | undefined> => {
  const content = await ifThere(files.read(formatFile(dataDir)));
  return content && formatIn(content);
};

const formatIn = (content: Buffer): number | { readonly damage: string } => {
  const marker = checkedObject<{ format: number }>(content);
  return typeof marker === 'string' ? { damage: marker } : marker.format;
};

/**
 * Marks a folder that has no marker, or one of an earlier format, and refuses one of an unknown
 * format with {@link UnknownFormatError}. A damaged marker is set aside and made anew.
 *
 * The marker changes before anything else does: from then on no earlier version of the service may
 * open the folder, because it would not see what this one writes.
 */
export const claimFormat = async (
  files: Files,
  dataDir: string,
  quarantine: Quarantine,
): Promise<void> => {
  const found = await readFormat(files, dataDir);
  if (found === FORMAT) return;
  if (typeof found === 'number' && !KNOWN_FORMATS.includes(found)) {
    throw new UnknownFormatError(dataDir, found);
  }
  const path = formatFile(dataDir);
  if (typeof found === 'object') {
    await quarantine.setAsideFile(path, await files.size(path), found.damage);
  }
  await writeDurably(files, path, Buffer.from(checkedLine(`"format":${FORMAT}}`)));
};

import { randomBytes } from 'node:crypto';
import type { ChunkRow } from './chunk-row.ts';

type Named = Pick<ChunkRow, 'seq' | 'writer'>;

/** Who wrote the chunk that stood there first: names of what was merged go on with a `~`. */
const firstWriterOf = (writer: string): string => writer.split('~', 1)[0] as string;

/**
 * Whether two chunks stand at one place in the order of acceptance. A merge puts its chunks at the
 * place of its last source, and takes all that stand there: so of those at one place any two that
 * have the same identity have the same value of it, and their order says nothing.
 */
export const isSamePlace = (a: Named, b: Named): boolean =>
  a.seq === b.seq && firstWriterOf(a.writer) === firstWriterOf(b.writer);

const GENERATION = /~~(\d{8})/;
const GENERATION_DIGITS = 8;

/**
 * A name for what is merged, of one's own, as another process may merge the same: behind all that
 * stand at the place by now, and before all other places. However often it is done, it is no
 * longer than this.
 */
export const nameBehind = (writer: string): string => {
  // No random name begins with a `~`, so this comes behind those of earlier versions too.
  const [, digits = '0'] = GENERATION.exec(writer) ?? [];
  const generation = String(Number(digits) + 1).padStart(GENERATION_DIGITS, '0');
  return `${firstWriterOf(writer)}~~${generation}${randomBytes(4).toString('base64url')}`;
};

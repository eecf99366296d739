import { ifThere } from '../../../is-there.ts';
import type { Sequence } from '../../../readings/reading.ts';
import { checkedLine, checkedObject } from './checked-line.ts';
import { writeDurably } from './durable-file.ts';
import type { Files } from './files.ts';
import { sequenceFile } from './layout.ts';
import type { Quarantine } from './quarantine.ts';

/** So many sequences are set apart at once: at 50,000 readings a second those of 20 seconds. */
const BLOCK = 1_000_000;

/**
 * A sequence in the folder that is no smaller than any that was ever given. Names of parts and
 * records of the log do not tell: an erasure empties the newest part, and a damaged one is set
 * aside. A sequence that is given again would make a part look like another's replacement.
 *
 * A process that dies leaves it ahead, and the sequences in between are skipped.
 */
export class SequenceMark {
  readonly #files: Files;
  readonly #dataDir: string;
  #value: Sequence;

  private constructor(files: Files, dataDir: string, value: Sequence) {
    this.#files = files;
    this.#dataDir = dataDir;
    this.#value = value;
  }

  /** A mark that is missing or damaged has the value 0; a damaged one is set aside. */
  static async load(files: Files, dataDir: string, quarantine: Quarantine): Promise<SequenceMark> {
    const found = await readMark(files, dataDir);
    if (typeof found === 'object') {
      const path = sequenceFile(dataDir);
      await quarantine.setAsideFile(path, await files.size(path), found.damage);
    }
    return new SequenceMark(files, dataDir, (typeof found === 'number' ? found : 0) as Sequence);
  }

  /** No larger sequence was ever given. */
  get value(): Sequence {
    return this.#value;
  }

  /** When it resolves, sequences up to this one may be given. Rejects as the disk does. */
  async reserve(last: Sequence): Promise<void> {
    if (last > this.#value) await this.#write((last + BLOCK) as Sequence);
  }

  /** Says that this is the largest that was given; none may be given while it is written. */
  async settle(last: Sequence): Promise<void> {
    if (last !== this.#value) await this.#write(last);
  }

  async #write(value: Sequence): Promise<void> {
    const line = Buffer.from(checkedLine(`"sequence":${value}}`));
    await writeDurably(this.#files, sequenceFile(this.#dataDir), line);
    this.#value = value;
  }
}

/** What the mark says, or why it cannot be read; undefined when there is none. */
export const readMark = async (
  files: Files,
  dataDir: string,
): Promise<Sequence | { readonly damage: string } | undefined> => {
  const content = await ifThere(files.read(sequenceFile(dataDir)));
  if (content === undefined) return undefined;
  const mark = checkedObject<{ sequence: Sequence }>(content);
  return typeof mark === 'string' ? { damage: mark } : mark.sequence;
};

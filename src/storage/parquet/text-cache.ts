const SLOTS = 1 << 16;

/**
 * Gives a text that was seen before as the string that it was then: to make one more takes longer,
 * and so does it to find a series by one that is new each time.
 *
 * Each text has one slot, by its hash, and whoever comes last has the slot.
 */
export class TextCache {
  readonly #slots = new Array<string | undefined>(SLOTS).fill(undefined);

  /** The text of the ASCII characters `bytes[from, to)`. */
  textIn(bytes: Buffer, from: number, to: number, hash: number): string {
    const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known !== undefined && known.length === to - from && isWrittenAt(known, bytes, from)) {
      return known;
    }
    const text = bytes.toString('latin1', from, to);
    this.#slots[slot] = text;
    return text;
  }
}

const isWrittenAt = (text: string, bytes: Buffer, from: number): boolean => {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[from + i]) return false;
  }
  return true;
};

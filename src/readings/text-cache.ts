const SLOTS = 1 << 16;

/**
 * Gives a text that was seen before as the string that it was then: to make one more takes longer,
 * and so does it to find a series by one that is new each time.
 *
 * Each text has one slot, by its hash, and whoever comes last has the slot. So its size is bounded,
 * and texts made to share a slot cost no more than new ones do.
 */
export class TextCache {
  readonly #isAccepted: (text: string) => boolean;
  readonly #slots = new Array<string | undefined>(SLOTS).fill(undefined);

  /** A text that is not accepted is not kept. */
  constructor(isAccepted: (text: string) => boolean = () => true) {
    this.#isAccepted = isAccepted;
  }

  /** The text of the ASCII characters `bytes[from, to)`; undefined when it is not accepted. */
  textIn(bytes: Buffer, from: number, to: number, hash: number): string | undefined {
    const slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known !== undefined && known.length === to - from && isWrittenAt(known, bytes, from)) {
      return known;
    }
    const text = bytes.toString('latin1', from, to);
    if (!this.#isAccepted(text)) return undefined;
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

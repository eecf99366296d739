import type { z } from '@hono/zod-openapi';

const SLOTS = 1 << 14;

const isWrittenAt = (text: string, bytes: Uint8Array, from: number): boolean => {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== bytes[from + i]) return false;
  }
  return true;
};

/**
 * Gives an id that was seen before as the string that it was then, without making another.
 *
 * Each id has one slot, by its hash, and whoever comes last has the slot. So its size is bounded,
 * and ids made to share a slot cost no more than new ones do.
 */
export class IdCache {
  readonly #schema: z.ZodString;
  readonly #slots: (string | undefined)[] = new Array<string | undefined>(SLOTS).fill(undefined);

  constructor(schema: z.ZodString) {
    this.#schema = schema;
  }

  /** The id in the ASCII characters `bytes[from, to)`, or undefined when the schema refuses it. */
  idIn(bytes: Buffer, from: number, to: number, hash: number): string | undefined {
    const slot = hash & (SLOTS - 1);
    const known = this.#slots[slot];
    if (known !== undefined && known.length === to - from && isWrittenAt(known, bytes, from)) {
      return known;
    }
    const text = bytes.toString('latin1', from, to);
    if (!this.#schema.safeParse(text).success) return undefined;
    this.#slots[slot] = text;
    return text;
  }
}

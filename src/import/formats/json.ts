import { type Duplex, pipeline, Readable } from 'node:stream';
import { parser } from 'stream-json';
import Assembler from 'stream-json/assembler.js';
import type { Token } from 'stream-json/core/parser.js';
import { messageOf } from '../../thrown.ts';
import { ImportError } from '../import-error.ts';
import { utf8Text } from '../input/bytes.ts';

/** One item at most: a training session of a day with all its samples has some 20 MB. */
const MAX_ITEM_CHARACTERS = 64 * 1024 * 1024;
const MAX_DEPTH = 100;

export interface JsonItem {
  /** From the document's root: `exercises[]` for each item of that array; empty for the root. */
  readonly path: string;
  readonly number: number;
  readonly value: unknown;
}

/** How many characters were read since the last item that was complete. */
class ItemGauge {
  #characters = 0;

  reset(): void {
    this.#characters = 0;
  }

  async *measured(text: AsyncIterable<string>): AsyncGenerator<string> {
    for await (const piece of text) {
      this.#characters += piece.length;
      if (this.#characters > MAX_ITEM_CHARACTERS) {
        throw new ImportError(`An item is longer than ${MAX_ITEM_CHARACTERS} characters.`);
      }
      yield piece;
    }
  }
}

interface Level {
  readonly path: string;
  readonly isArray: boolean;
}

/** Where in a document the next value stands. */
class JsonPath {
  readonly #levels: Level[] = [];
  #key = '';

  get current(): string {
    const parent = this.#levels.at(-1);
    if (parent === undefined || parent.isArray) return parent?.path ?? '';
    return parent.path === '' ? this.#key : `${parent.path}.${this.#key}`;
  }

  take(token: Token): void {
    if (token.name === 'keyValue') this.#key = token.value;
    if (token.name === 'startObject') this.#levels.push({ path: this.current, isArray: false });
    if (token.name === 'startArray') {
      this.#levels.push({ path: `${this.current}[]`, isArray: true });
    }
    if (token.name === 'endObject' || token.name === 'endArray') this.#levels.pop();
    if (this.#levels.length > MAX_DEPTH) throw new ImportError('It is nested too deep.');
  }
}

const beginsValue = (name: string): boolean =>
  name.startsWith('start') || (name.endsWith('Value') && name !== 'keyValue');

/**
 * The items of a JSON document at the places that `wanted` names, assembled one by one while the
 * document is read. Throws an {@link ImportError} at what is no JSON.
 */
export async function* jsonItems(
  chunks: AsyncIterable<Uint8Array>,
  wanted: readonly string[],
): AsyncGenerator<JsonItem> {
  const gauge = new ItemGauge();
  const tokens: Duplex = parser.asStream({ streamValues: false });
  // The iterator below reports an error of any of both.
  pipeline(Readable.from(gauge.measured(utf8Text(chunks))), tokens, () => undefined);
  const path = new JsonPath();
  let assembler: Assembler | undefined;
  let number = 0;
  try {
    for await (const token of tokens as AsyncIterable<Token>) {
      const at = path.current;
      if (assembler === undefined && beginsValue(token.name) && wanted.includes(at)) {
        assembler = new Assembler();
      }
      path.take(token);
      if (assembler === undefined) {
        gauge.reset();
        continue;
      }
      assembler.consume(token);
      if (!assembler.done) continue;
      yield { path: at, number: ++number, value: assembler.current };
      assembler = undefined;
      gauge.reset();
    }
  } catch (error) {
    if (error instanceof ImportError) throw error;
    throw new ImportError(`It is no whole JSON document: ${messageOf(error)}`, { cause: error });
  }
}

/** The value as an object, to ask for fields that may not be there. */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

import { ImportError } from '../import-error.ts';

/** Text of UTF-8 bytes, piece by piece; throws an {@link ImportError} at what is no UTF-8. */
export async function* utf8Text(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (error) {
      throw new ImportError('It is not UTF-8.', { cause: error });
    }
  };
  for await (const chunk of chunks) yield decode(chunk);
  yield decode();
}

/** All bytes of an input that is read as a whole; throws when there are more than `limit`. */
export const allBytes = async (
  chunks: AsyncIterable<Uint8Array>,
  limit: number,
): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > limit) throw new ImportError(`It is larger than ${limit} bytes.`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
};

/** Lines without their ends; an empty last one is none. Throws when one is longer than `limit`. */
export async function* linesOf(
  text: AsyncIterable<string>,
  limit: number,
): AsyncGenerator<{ readonly line: string; readonly number: number }> {
  let partial = '';
  let number = 0;
  for await (const piece of text) {
    const lines = (partial + piece).split('\n');
    partial = lines.pop() ?? '';
    for (const line of lines) yield { line: line.replace(/\r$/, ''), number: ++number };
    if (partial.length > limit) {
      throw new ImportError(`Line ${number + 1} is longer than ${limit} characters.`);
    }
  }
  if (partial !== '') yield { line: partial, number: ++number };
}

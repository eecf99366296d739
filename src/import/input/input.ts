/** Something to import from: a file, or an entry of an archive. */
export interface Input {
  /** As it is named in messages. */
  readonly name: string;
  /** Its beginning, at most {@link HEAD_BYTES}. */
  readonly head: Uint8Array;
  /** All of it, from its beginning; once. */
  chunks(): AsyncIterable<Uint8Array>;
  /** Where it is on disk, for formats that are read from their end; undefined inside an archive. */
  readonly path: string | undefined;
}

/** So much of an input decides what it is. */
export const HEAD_BYTES = 64 * 1024;

/** As text, with replacement characters for what is none; without a byte-order mark. */
export const headText = ({ head }: Input): string => new TextDecoder().decode(head);

/** The first bytes of a stream, at most {@link HEAD_BYTES}, and the stream with them in front. */
export const withHead = async (
  stream: AsyncIterable<Uint8Array>,
): Promise<{ head: Uint8Array; rest: AsyncGenerator<Uint8Array> }> => {
  const iterator = stream[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let length = 0;
  let isDone = false;
  while (length < HEAD_BYTES && !isDone) {
    const { value, done } = await iterator.next();
    if (done) isDone = true;
    else {
      first.push(value);
      length += value.length;
    }
  }
  const rest = async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield* first;
      while (!isDone) {
        const { value, done } = await iterator.next();
        if (done) return;
        yield value;
      }
    } finally {
      await iterator.return?.();
    }
  };
  return { head: Buffer.concat(first).subarray(0, HEAD_BYTES), rest: rest() };
};

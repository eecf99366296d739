const END_BYTES = 4;

/** How a whole file of each format ends. */
const endOf = (format: string): string => (format === 'parquet' ? 'PAR1' : '\n');

/**
 * The chunks of an export; throws at its end when that is not how a whole one ends. HTTP tells by
 * itself when a response breaks off, but not every proxy passes that on.
 */
export async function* checkedEnd(
  chunks: AsyncIterable<Uint8Array>,
  format: string,
): AsyncGenerator<Uint8Array> {
  let last: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    last = Buffer.concat([last, chunk.subarray(-END_BYTES)]).subarray(-END_BYTES);
    yield chunk;
  }
  if (Buffer.from(last).toString('latin1').endsWith(endOf(format))) return;
  throw new Error(`what came is no whole ${format} export`);
}

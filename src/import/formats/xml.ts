import sax from 'sax';
import { ImportError } from '../import-error.ts';
import { utf8Text } from '../input/bytes.ts';

export type Attributes = Readonly<Record<string, string>>;

/** What a format makes of the elements of a document; `emit` passes a row on. */
export interface XmlHandler<Row> {
  open?(name: string, attributes: Attributes, emit: (row: Row) => void): void;
  /** At an element's end; `text` is what stood between its last tag and this one. */
  close?(name: string, text: string, emit: (row: Row) => void): void;
}

const MAX_DEPTH = 100;
/** Between two tags, and in one. sax itself cuts off names, attributes and a DTD at 64 KiB each. */
const MAX_GAP = 1024 * 1024;

/**
 * Rows of an XML document, piece by piece. Entities of a DTD are never expanded: sax knows the five
 * of XML alone, and any other is an error. Throws an ImportError at what is not well-formed.
 */
export async function* readXml<Row>(
  chunks: AsyncIterable<Uint8Array>,
  handler: XmlHandler<Row>,
): AsyncGenerator<Row> {
  const parser = sax.parser(true, { position: true });
  let rows: Row[] = [];
  let text = '';
  let depth = 0;
  let lastTagAt = 0;
  const emit = (row: Row): void => void rows.push(row);
  parser.onerror = (error) => {
    throw new ImportError(`It is no well-formed XML: ${error.message.replaceAll('\n', ', ')}`);
  };
  parser.onopentag = ({ name, attributes }) => {
    if (++depth > MAX_DEPTH) throw new ImportError(`Its elements are nested ${depth} deep.`);
    lastTagAt = parser.position;
    text = '';
    handler.open?.(name, attributes as Attributes, emit);
  };
  parser.ontext = (piece) => {
    if (text.length < MAX_GAP) text += piece;
  };
  parser.onclosetag = (name) => {
    depth--;
    lastTagAt = parser.position;
    handler.close?.(name, text, emit);
    text = '';
  };
  for await (const piece of utf8Text(chunks)) {
    parser.write(piece);
    if (parser.position - lastTagAt > MAX_GAP) {
      throw new ImportError(`More than ${MAX_GAP} characters without a tag.`);
    }
    yield* rows;
    rows = [];
  }
  parser.close();
  yield* rows;
}

import { HeartRateConnectionError } from '../errors.ts';

/** What came before a blank line: an event, or an id alone. */
export interface EventBlock {
  /** The event's name; `message` when it has none. */
  readonly type: string;
  /** Undefined when there was no `data`, and so no event. */
  readonly data: string | undefined;
  /** The last id that came on this connection; undefined before the first one. */
  readonly id: string | undefined;
}

/** Many times what an event of the service has: what is longer is of something else. */
const MAX_BLOCK_LENGTH = 65_536;

/**
 * Parses server-sent events (WHATWG HTML 9.2.5 and 9.2.6) that come cut anywhere, also inside a
 * character. What is not ended by a blank line does not count. `retry` is not used: the client
 * has waits of its own.
 */
export class EventStreamParser {
  /** It also takes away a byte order mark at the beginning. */
  readonly #decoder = new TextDecoder();
  /** The line that has not ended. */
  #line = '';
  #endedInCr = false;
  #type = '';
  #data: string[] = [];
  #dataLength = 0;
  #id: string | undefined;

  /**
   * The blocks that the next bytes end.
   *
   * @throws HeartRateConnectionError when a block is longer than any of the service.
   */
  push(bytes: Uint8Array): EventBlock[] {
    const text = this.#decoder.decode(bytes, { stream: true });
    if (text === '') return [];
    // The second half of a CRLF whose first half ended what came before.
    const rest = this.#endedInCr && text.startsWith('\n') ? text.slice(1) : text;
    this.#endedInCr = text.endsWith('\r');
    const lines = (this.#line + rest).split(/\r\n|\r|\n/);
    this.#line = lines.pop() ?? '';
    const blocks = lines.flatMap((line) => (line === '' ? this.#endBlock() : this.#read(line)));
    if (this.#line.length + this.#dataLength > MAX_BLOCK_LENGTH) {
      throw new HeartRateConnectionError('The events are longer than those of the service');
    }
    return blocks;
  }

  #read(line: string): [] {
    const colon = line.indexOf(':');
    if (colon === 0) return []; // a comment
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') this.#type = value;
    else if (name === 'id' && !value.includes('\0')) this.#id = value;
    else if (name === 'data') {
      this.#data.push(value);
      this.#dataLength += value.length;
    }
    return [];
  }

  #endBlock(): EventBlock {
    const data = this.#data.length === 0 ? undefined : this.#data.join('\n');
    const block = { type: this.#type || 'message', data, id: this.#id };
    this.#type = '';
    this.#data = [];
    this.#dataLength = 0;
    return block;
  }
}

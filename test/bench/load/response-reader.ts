const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)/i;

/**
 * Counts whole answers in a connection's bytes, wherever the chunks are cut. It knows just so much
 * of HTTP/1.1 as the servers measured here use: a Content-Length in each answer.
 */
export class ResponseReader {
  readonly #onResponse: (status: number) => void;
  /** The beginning of a head whose end has not come yet. */
  #cutHead: Buffer | undefined;
  #status = 0;
  #bodyBytesLeft = 0;

  constructor(onResponse: (status: number) => void) {
    this.#onResponse = onResponse;
  }

  push(chunk: Buffer): void {
    const bytes = this.#cutHead === undefined ? chunk : Buffer.concat([this.#cutHead, chunk]);
    this.#cutHead = undefined;
    for (let at = 0; at < bytes.length; ) {
      if (this.#bodyBytesLeft === 0) {
        const headEnd = bytes.indexOf('\r\n\r\n', at);
        if (headEnd === -1) {
          this.#cutHead = bytes.subarray(at);
          return;
        }
        this.#readHead(bytes.toString('latin1', at, headEnd));
        at = headEnd + 4;
      }
      const taken = Math.min(this.#bodyBytesLeft, bytes.length - at);
      this.#bodyBytesLeft -= taken;
      at += taken;
      if (this.#bodyBytesLeft === 0) this.#onResponse(this.#status);
    }
  }

  #readHead(head: string): void {
    const length = CONTENT_LENGTH.exec(head)?.[1];
    if (length === undefined) throw new Error(`an answer without Content-Length:\n${head}`);
    this.#status = Number(head.slice(9, 12));
    this.#bodyBytesLeft = Number(length);
  }
}

import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { HttpEnv } from '../http-app.ts';
import { headerOf } from '../request-headers.ts';
import { ProblemException } from '../responses/problem.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true });

const tooLarge = (maxBytes: number): ProblemException =>
  new ProblemException('content-too-large', `The body may have at most ${maxBytes} bytes.`);

const readChunks = async (
  body: ReadableStream<Uint8Array>,
  maxBytes: number,
): Promise<Uint8Array> => {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks, size);
    size += value.length;
    // The rest is left where it is: to cancel the stream would close the connection unanswered.
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(value);
  }
};

/** Whoever sent it has gone, so nobody will read this; it is for the log to be true. */
const endedEarly = (): ProblemException =>
  new ProblemException('invalid-request', 'The body ended early.', [
    { pointer: '', detail: 'ended early' },
  ]);

/**
 * Straight from what Node received: by way of the request it would be copied once more, which is
 * 5 % of what a single reading takes.
 */
const readIncoming = (incoming: IncomingMessage): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    incoming.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    incoming.on('end', () =>
      resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)),
    );
    incoming.on('error', () => reject(endedEarly()));
  });

const readRequest = async (request: Request, maxBytes: number): Promise<Uint8Array> => {
  try {
    return request.body === null ? new Uint8Array() : await readChunks(request.body, maxBytes);
  } catch (error) {
    throw error instanceof ProblemException ? error : endedEarly();
  }
};

/** Reads the whole body, not compressed, of at most `maxBytes`. */
export const readBody = (c: Context<HttpEnv>, maxBytes: number): Promise<Uint8Array> => {
  const encoding = headerOf(c, 'content-encoding');
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new ProblemException('unsupported-media-type', 'Send the body without Content-Encoding.');
  }
  const declared = headerOf(c, 'content-length');
  if (declared !== undefined && Number(declared) > maxBytes) throw tooLarge(maxBytes);
  const incoming = c.env?.incoming;
  // Node holds a body to its Content-Length, so only without one must the bytes be counted.
  return declared === undefined || incoming === undefined
    ? readRequest(c.req.raw, maxBytes)
    : readIncoming(incoming);
};

const decode = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    // Bytes that are no text would otherwise become U+FFFD, and ids other ids.
    throw new ProblemException('invalid-request', 'The body is not UTF-8.', [
      { pointer: '', detail: 'is not UTF-8' },
    ]);
  }
};

/** Takes a body that was read as UTF-8, for `c.req.json()` and `c.req.text()` to find. */
export const keepText = (c: Context<HttpEnv>, body: Uint8Array): void => {
  // Hono keeps promises here; its type says what they resolve to.
  Object.assign(c.req.bodyCache, { text: Promise.resolve(decode(body)) });
};

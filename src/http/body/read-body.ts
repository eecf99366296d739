import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';
import type { HttpEnv } from '../http-app.ts';
import { headerOf } from '../request-headers.ts';
import { ProblemException } from '../responses/problem.ts';
import { codingOf, decompress, TAKEN_CODINGS } from './decompress.ts';
import { refusalOfBody } from './refused-body.ts';

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
    // The rest stays unread: to cancel the stream would close the connection before the response.
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(value);
  }
};

/**
 * Why a body ended early: the parser refused it, or the client has left. Then nobody reads this
 * response; it makes the log tell what happened.
 */
const endedEarly = (incoming: IncomingMessage | undefined): ProblemException => {
  const refusal = incoming && refusalOfBody(incoming);
  return refusal === undefined
    ? new ProblemException('invalid-request', 'The body ended early.', {
        errors: [{ pointer: '', detail: 'ended early' }],
      })
    : new ProblemException(refusal.kind, refusal.detail);
};

/**
 * Reads Node's stream itself. The web stream of the request would copy the body once more, which
 * is 5 % of the time of a single reading.
 */
const readIncoming = (incoming: IncomingMessage): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    incoming.on('data', (chunk: Uint8Array) => chunks.push(chunk));
    incoming.on('end', () =>
      resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)),
    );
    incoming.on('error', () => reject(endedEarly(incoming)));
  });

const readRequest = async <E extends HttpEnv>(
  c: Context<E>,
  maxBytes: number,
): Promise<Uint8Array> => {
  const { body } = c.req.raw;
  try {
    return body === null ? new Uint8Array() : await readChunks(body, maxBytes);
  } catch (error) {
    throw error instanceof ProblemException ? error : endedEarly(c.env?.incoming);
  }
};

/** The body as it was sent. */
const readSent = <E extends HttpEnv>(c: Context<E>, maxBytes: number): Promise<Uint8Array> => {
  const declared = headerOf(c, 'content-length');
  if (declared !== undefined && Number(declared) > maxBytes) throw tooLarge(maxBytes);
  const incoming = c.env?.incoming;
  if (incoming !== undefined && refusalOfBody(incoming) !== undefined) throw endedEarly(incoming);
  // Node enforces Content-Length, so bytes are counted only without one.
  return declared === undefined || incoming === undefined
    ? readRequest(c, maxBytes)
    : readIncoming(incoming);
};

const readCompressed = async <E extends HttpEnv>(
  c: Context<E>,
  contentEncoding: string,
  maxBytes: number,
): Promise<Uint8Array> => {
  const coding = codingOf(contentEncoding);
  if (coding !== undefined) return decompress(await readSent(c, maxBytes), coding, maxBytes);
  c.header('Accept-Encoding', TAKEN_CODINGS);
  const detail = `Send the body without Content-Encoding, or with one of ${TAKEN_CODINGS}.`;
  throw new ProblemException('unsupported-media-type', detail);
};

/**
 * Reads the whole body, and decompresses it when it is. Ends the request with a 413 when it has more
 * than `maxBytes`, as it was sent or decompressed, with a 415 when its coding is not taken, and with
 * a 400 when it does not have the coding that it says.
 */
export const readBody = async <E extends HttpEnv>(
  c: Context<E>,
  maxBytes: number,
): Promise<Uint8Array> => {
  const encoding = headerOf(c, 'content-encoding');
  return encoding === undefined || encoding.toLowerCase() === 'identity'
    ? readSent(c, maxBytes)
    : readCompressed(c, encoding, maxBytes);
};

/** The text of a body, without a byte order mark. Ends the request with a 400 if it is not UTF-8. */
export const decodeUtf8 = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes);
  } catch {
    // Not replaced by U+FFFD, which would turn ids into other ids.
    throw new ProblemException('invalid-request', 'The body is not UTF-8.', {
      errors: [{ pointer: '', detail: 'is not UTF-8' }],
    });
  }
};

import { gunzip, inflate, type ZlibOptions } from 'node:zlib';
import { ProblemException } from '../responses/problem.ts';

/** Content codings that a body may have; `deflate` has zlib's wrapper (RFC 9110 8.4.1.2). */
export type ContentCoding = 'gzip' | 'deflate';

/** As `Accept-Encoding` names them to who sent another one. */
export const TAKEN_CODINGS = 'gzip, deflate';

const CODINGS: Readonly<Record<string, ContentCoding>> = {
  gzip: 'gzip',
  // RFC 9110 8.4.1.3: the same.
  'x-gzip': 'gzip',
  deflate: 'deflate',
};

/** The coding that a `Content-Encoding` names; undefined when it is not taken, or names several. */
export const codingOf = (contentEncoding: string): ContentCoding | undefined => {
  const name = contentEncoding.trim().toLowerCase();
  return Object.hasOwn(CODINGS, name) ? CODINGS[name] : undefined;
};

/**
 * So much is unpacked at a time, which takes 0.1 ms of a thread that the log's `fdatasync` needs as
 * well. A bomb gets this far beyond the limit.
 */
const STEP_BYTES = 64 * 1024;

/** What these functions give with `info`, which Node's types do not know. */
interface Unpacked {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}
type Unpack = (
  packed: Uint8Array,
  options: ZlibOptions,
  callback: (error: NodeJS.ErrnoException | null, result: unknown) => void,
) => void;

const UNPACK: Readonly<Record<ContentCoding, Unpack>> = { gzip: gunzip, deflate: inflate };

const TRAILER_BYTES = 4;

/**
 * Whether all of the bytes are one stream. Node passes over zeros behind it and over anything
 * behind a `deflate` one, and joins the members of a gzip file. The last member ends with its own
 * length (RFC 1952 2.3.1), so it is the only one that has any.
 */
const isOneStream = (packed: Uint8Array, coding: ContentCoding, unpacked: Unpacked): boolean => {
  if (unpacked.engine.bytesWritten !== packed.length) return false;
  if (coding === 'deflate') return true;
  const { buffer, byteOffset, length } = packed;
  const trailer = new DataView(buffer, byteOffset + length - TRAILER_BYTES, TRAILER_BYTES);
  return trailer.getUint32(0, true) === unpacked.buffer.length;
};

const notOneStream = (coding: ContentCoding): ProblemException =>
  new ProblemException('invalid-request', 'The body is not what its Content-Encoding says.', {
    errors: [{ pointer: '', detail: `is not one complete ${coding} stream` }],
  });

/**
 * The content of a compressed body. Ends the request with a 413 as soon as there is more of it than
 * `maxBytes`, and with a 400 when the body is not exactly one stream of the coding.
 */
export const decompress = (
  packed: Uint8Array,
  coding: ContentCoding,
  maxBytes: number,
): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const options = { info: true, maxOutputLength: maxBytes, chunkSize: STEP_BYTES };
    UNPACK[coding](packed, options, (error, result) => {
      if (error?.code === 'ERR_BUFFER_TOO_LARGE') {
        const detail = `The body may have at most ${maxBytes} bytes when it is decompressed.`;
        reject(new ProblemException('content-too-large', detail));
      } else if (error !== null || !isOneStream(packed, coding, result as Unpacked)) {
        reject(notOneStream(coding));
      } else resolve((result as Unpacked).buffer);
    });
  });

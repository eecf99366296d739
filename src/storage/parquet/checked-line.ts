import { CHECKSUM_DIGITS, checksumOf, mismatch } from './checksum.ts';

/** How each line begins. No text inside one can look like this: its quotes would be escaped. */
export const LINE_HEAD = '{"crc":"';
/** `{"crc":"xxxxxxxx",` */
const BODY_OFFSET = LINE_HEAD.length + CHECKSUM_DIGITS + 2;

/**
 * A line that is one JSON object and tells whether it is as it was written:
 * `{"crc":"5f1d0a3c",` and then `body`, the rest of the object up to its brace. The checksum is
 * the CRC-32 of the body.
 */
export const checkedLine = (body: string): string => `${LINE_HEAD}${checksumOf(body)}",${body}\n`;

/** The body of a line (given without its end), or what is wrong with it, in words. */
export const checkedBody = (line: Buffer): Buffer | string => {
  const isLine =
    line.length > BODY_OFFSET && line.toString('latin1', 0, LINE_HEAD.length) === LINE_HEAD;
  if (!isLine) return 'no checksum at its beginning';
  const written = line.toString('latin1', LINE_HEAD.length, LINE_HEAD.length + CHECKSUM_DIGITS);
  const body = line.subarray(BODY_OFFSET);
  return mismatch(written, checksumOf(body)) ?? body;
};

import { CHECKSUM_DIGITS, checksumOf, holdsChecksum, mismatch, writeChecksum } from './checksum.ts';

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

const UNCHECKED_HEAD = `${LINE_HEAD}${'0'.repeat(CHECKSUM_DIGITS)}",`;

/**
 * The checked lines of these bodies one after the other, in `room` when they are sure to fit. The
 * bytes that are to be written are summed in place: of texts that takes four times as long.
 */
export const checkedLines = (bodies: readonly string[], room: Buffer): Buffer => {
  let text = '';
  for (const body of bodies) text += `${UNCHECKED_HEAD}${body}\n`;
  // A character takes three bytes at most.
  const fits = text.length * 3 <= room.length;
  const lines = fits ? room.subarray(0, room.write(text)) : Buffer.from(text);
  const isAscii = lines.length === text.length;
  let at = 0;
  for (const body of bodies) {
    const from = at + BODY_OFFSET;
    const to = from + (isAscii ? body.length : Buffer.byteLength(body));
    writeChecksum(lines, at + LINE_HEAD.length, from, to);
    at = to + 1;
  }
  return lines;
};

const BLANK = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const HEAD = Buffer.from(LINE_HEAD);

/** Whether `content[start, end)` is, byte for byte, a line as it was written, without its end. */
export const isIntactLine = (content: Buffer, start: number, end: number): boolean => {
  const body = start + BODY_OFFSET;
  if (end <= body || content[body - 2] !== QUOTE || content[body - 1] !== COMMA) return false;
  for (let i = 0; i < HEAD.length; i++) if (content[start + i] !== HEAD[i]) return false;
  return holdsChecksum(content, start + HEAD.length, body, end);
};

/**
 * Intact lines that follow each other, the first from `start` on, each with its end, as the text of
 * a JSON array; the checksums are left out. To parse short lines in one go takes half the time that
 * each alone takes.
 */
export const arrayOfLines = (content: Buffer, start: number, ends: readonly number[]): string => {
  const text = Buffer.from(content.subarray(start, ends.at(-1)));
  let line = 0;
  for (const end of ends) {
    // In a JSON text a blank says nothing.
    for (let at = line + 1; at < line + BODY_OFFSET; at++) text[at] = BLANK;
    line = end - start;
    text[line - 1] = COMMA;
  }
  return `[${text.toString('utf8', 0, text.length - 1)}]`;
};

/** The body of a line (given without its end), or what is wrong with it, in words. */
export const checkedBody = (line: Buffer): Buffer | string => {
  const isLine =
    line.length > BODY_OFFSET && line.toString('latin1', 0, LINE_HEAD.length) === LINE_HEAD;
  if (!isLine) return 'no checksum at its beginning';
  const written = line.toString('latin1', LINE_HEAD.length, LINE_HEAD.length + CHECKSUM_DIGITS);
  const body = line.subarray(BODY_OFFSET);
  return mismatch(written, checksumOf(body)) ?? body;
};

const NEWLINE = 10;

/** The object in a file of one checked line, newline or not; or what is wrong, in words. */
export const checkedObject = <T extends object>(content: Buffer): T | string => {
  const body = checkedBody(content.at(-1) === NEWLINE ? content.subarray(0, -1) : content);
  return typeof body === 'string' ? body : (JSON.parse(`{${body.toString()}`) as T);
};

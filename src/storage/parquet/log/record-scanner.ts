import type { EpochMicros, Sequence } from '../../../readings/reading.ts';
import type { SeriesRun } from '../../../readings/reading-batch.ts';
import { TextCache } from '../../../readings/text-cache.ts';
import { LINE_HEAD } from '../disk/checked-line.ts';
import { CHECKSUM_DIGITS, crc32In } from '../disk/checksum.ts';
import type { LogRecord } from './log-record.ts';

const BLANK = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const POINT = 0x2e;
const DIGIT_0 = 0x30;
const LOWER_A = 0x61;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const DELETE = 0x7f;

const HEAD = Buffer.from(LINE_HEAD);
const AFTER_CHECKSUM = Buffer.from('",');
const UP_TO_SEQUENCE = Buffer.from('"v":1,"seq":');
const UP_TO_RUNS = Buffer.from(',"runs":[');
const ENDING = Buffer.from(']}');

/** No number with more digits is below 2^53. */
const SAFE_DIGITS = 16;
/** Each of them exactly a double. */
const POWERS_OF_TEN = Array.from({ length: SAFE_DIGITS + 1 }, (_, digits) => 10 ** digits);

/**
 * The fast road to the records of a segment, for those that are spelled as they almost always are:
 * readings, their ids without escapes and in ASCII. It gives undefined for **anything** else, also
 * for damage: `decodeRecord` alone decides what that is. What it gives is what `decodeRecord` does.
 */
export class RecordScanner {
  readonly #content: Buffer;
  readonly #texts = new TextCache();
  #at = 0;
  #end = 0;

  constructor(content: Buffer) {
    this.#content = content;
  }

  /** The record in `content[start, end)`, a line without its end. */
  recordIn(start: number, end: number): LogRecord | undefined {
    this.#at = start;
    this.#end = end;
    if (!this.#takeAll(HEAD)) return undefined;
    const checksum = this.#takeChecksum();
    if (!this.#takeAll(AFTER_CHECKSUM)) return undefined;
    if (crc32In(this.#content, this.#at, end) !== checksum) return undefined;
    return this.#takeReadings();
  }

  #takeReadings(): LogRecord | undefined {
    if (!this.#takeAll(UP_TO_SEQUENCE)) return undefined;
    const sequence = this.#takeNumber() as Sequence | undefined;
    if (sequence === undefined || !this.#takeAll(UP_TO_RUNS)) return undefined;
    const runs: SeriesRun[] = [];
    let size = 0;
    do {
      const run = this.#takeRun();
      if (run === undefined) return undefined;
      runs.push(run);
      size += run.timestampsMicros.length;
    } while (this.#take(COMMA));
    if (!this.#takeAll(ENDING) || this.#at !== this.#end) return undefined;
    return { kind: 'readings', sequence, size, runs };
  }

  #takeRun(): SeriesRun | undefined {
    if (!this.#take(OPENING_BRACKET)) return undefined;
    const userId = this.#takeText();
    if (userId === undefined || !this.#take(COMMA)) return undefined;
    const deviceId = this.#takeText();
    if (deviceId === undefined || !this.#take(COMMA)) return undefined;
    const timestampsMicros = this.#takeNumbers() as EpochMicros[] | undefined;
    if (timestampsMicros === undefined || !this.#take(COMMA)) return undefined;
    const heartRates = this.#takeNumbers();
    if (heartRates === undefined || !this.#take(CLOSING_BRACKET)) return undefined;
    return { userId, deviceId, timestampsMicros, heartRates };
  }

  #take(byte: number): boolean {
    if (this.#at >= this.#end || this.#content[this.#at] !== byte) return false;
    this.#at++;
    return true;
  }

  #takeAll(bytes: Buffer): boolean {
    if (this.#at + bytes.length > this.#end) return false;
    for (let i = 0; i < bytes.length; i++) {
      if (this.#content[this.#at + i] !== bytes[i]) return false;
    }
    this.#at += bytes.length;
    return true;
  }

  /** Lower-case hexadecimal digits, or NaN. */
  #takeChecksum(): number {
    const to = this.#at + CHECKSUM_DIGITS;
    if (to > this.#end) return Number.NaN;
    let checksum = 0;
    for (; this.#at < to; this.#at++) {
      const byte = this.#content[this.#at] as number;
      const isDigit = byte >= DIGIT_0 && byte < DIGIT_0 + 10;
      const isLetter = byte >= LOWER_A && byte < LOWER_A + 6;
      if (!isDigit && !isLetter) return Number.NaN;
      checksum = checksum * 16 + byte - (isDigit ? DIGIT_0 : LOWER_A - 10);
    }
    return checksum;
  }

  /** Printable ASCII in quotes, nothing escaped. */
  #takeText(): string | undefined {
    if (!this.#take(QUOTE)) return undefined;
    const content = this.#content;
    const from = this.#at;
    let hash = 0;
    for (let at = from; at < this.#end; at++) {
      const byte = content[at] as number;
      if (byte === QUOTE) {
        this.#at = at + 1;
        return this.#texts.textIn(content, from, at, hash);
      }
      if (byte < BLANK || byte >= DELETE || byte === BACKSLASH) return undefined;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    return undefined;
  }

  #takeNumbers(): number[] | undefined {
    if (!this.#take(OPENING_BRACKET)) return undefined;
    const numbers: number[] = [];
    do {
      const number = this.#takeNumber();
      if (number === undefined) return undefined;
      numbers.push(number);
    } while (this.#take(COMMA));
    return this.#take(CLOSING_BRACKET) ? numbers : undefined;
  }

  /** A number that is 1 or more, without a sign or an exponent. */
  #takeNumber(): number | undefined {
    const content = this.#content;
    const from = this.#at;
    let mantissa = 0;
    let point = -1;
    let at = from;
    for (; at < this.#end; at++) {
      const byte = content[at] as number;
      const digit = byte - DIGIT_0;
      if (digit >= 0 && digit <= 9) mantissa = mantissa * 10 + digit;
      else if (byte === POINT && point < 0) point = at;
      else break;
    }
    this.#at = at;
    const digits = at - from - (point < 0 ? 0 : 1);
    const decimals = point < 0 ? 0 : at - point - 1;
    // A number that begins with a zero is below 1, or no JSON.
    if (digits === decimals || point === at - 1 || content[from] === DIGIT_0) return undefined;
    // A quotient is rounded correctly when both of its numbers are exact (Clinger, 1990).
    return digits <= SAFE_DIGITS && mantissa <= Number.MAX_SAFE_INTEGER
      ? mantissa / (POWERS_OF_TEN[decimals] as number)
      : Number(content.toString('latin1', from, at));
  }
}

import type { z } from '@hono/zod-openapi';
import { zHeartRateBatch, zHeartRateReading } from '../../../generated/zod/zod.gen.ts';
import type { EpochMicros } from '../../readings/reading.ts';
import { ReadingBatch } from '../../readings/reading-batch.ts';
import { TextCache } from '../../readings/text-cache.ts';
import { timestampIn } from '../../readings/timestamp.ts';
import { type PlainSchema, plainSchemaOf } from './plain-schema.ts';

const TAB = 0x09;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BLANK = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const POINT = 0x2e;
const DIGIT_0 = 0x30;
const COLON = 0x3a;
const OPENING_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSING_BRACKET = 0x5d;
const LOWER_D = 0x64;
const LOWER_H = 0x68;
const LOWER_T = 0x74;
const LOWER_U = 0x75;
const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;
const DELETE = 0x7f;

const READINGS = Buffer.from('"readings"');
const DEVICE_ID = Buffer.from('"device_id"');
const USER_ID = Buffer.from('"user_id"');
const TIMESTAMP = Buffer.from('"timestamp"');
const HEART_RATE = Buffer.from('"heart_rate"');
const FIELDS = 4;

/** The rules of the contract, and caches of ids that fit them. */
interface Rules extends PlainSchema {
  readonly userIds: TextCache;
  readonly deviceIds: TextCache;
}

/** So many digits are a whole number below 2^53. */
const EXACT_DIGITS = 15;
/** Powers of ten that a double holds exactly; see {@link EXACT_DIGITS}. */
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS }, (_, digits) => 10 ** digits);

/** A body without the white space at its end. */
const contentOf = (body: Uint8Array): Buffer => {
  let end = body.length;
  while (end > 0 && isBlank(body[end - 1] as number)) end--;
  // The usual case, without a new view: to make one costs as much as the scan.
  if (body instanceof Buffer && end === body.length) return body;
  return Buffer.from(body.buffer, body.byteOffset, end);
};

const isBlank = (byte: number): boolean =>
  byte === BLANK || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === TAB;

/**
 * Takes readings off a body from its beginning on. Each step returns whether what it wants is
 * there; after the first that says no, the scanner is of no more use.
 */
class Scanner {
  readonly batch = new ReadingBatch();
  readonly #rules: Rules;
  readonly #body: Buffer;
  /** A line feed ends a reading, so it is no white space inside one. */
  readonly #isLines: boolean;
  #at = 0;
  #heartRate = 0;

  constructor(rules: Rules, body: Buffer, isLines: boolean) {
    this.#rules = rules;
    this.#body = body;
    this.#isLines = isLines;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#body.length;
  }

  /** White space, if any, and then this byte. */
  take(byte: number): boolean {
    this.#skipBlanks();
    if (this.#peek() !== byte) return false;
    this.#at++;
    return true;
  }

  takeKey(key: Buffer): boolean {
    this.#skipBlanks();
    if (this.#at + key.length > this.#body.length) return false;
    for (let i = 0; i < key.length; i++) {
      if (this.#body[this.#at + i] !== key[i]) return false;
    }
    this.#at += key.length;
    return this.take(COLON);
  }

  takeReading(): boolean {
    if (!this.take(OPENING_BRACE)) return false;
    let userId: string | undefined;
    let deviceId: string | undefined;
    let timestampMicros: EpochMicros | undefined;
    let hasHeartRate = false;
    // Four fields, none of them twice, are all of them.
    for (let field = 0; field < FIELDS; field++) {
      if (field > 0 && !this.take(COMMA)) return false;
      this.#skipBlanks();
      switch (this.#body[this.#at + 1]) {
        case LOWER_D:
          if (deviceId !== undefined || !this.takeKey(DEVICE_ID)) return false;
          deviceId = this.#takeId(this.#rules.deviceIds);
          if (deviceId === undefined) return false;
          break;
        case LOWER_U:
          if (userId !== undefined || !this.takeKey(USER_ID)) return false;
          userId = this.#takeId(this.#rules.userIds);
          if (userId === undefined) return false;
          break;
        case LOWER_T:
          if (timestampMicros !== undefined || !this.takeKey(TIMESTAMP)) return false;
          timestampMicros = this.#takeTimestamp();
          if (timestampMicros === undefined) return false;
          break;
        case LOWER_H:
          if (hasHeartRate || !this.takeKey(HEART_RATE)) return false;
          hasHeartRate = this.#takeHeartRate();
          if (!hasHeartRate) return false;
          break;
        default:
          return false;
      }
    }
    this.batch.add(
      userId as string,
      deviceId as string,
      timestampMicros as EpochMicros,
      this.#heartRate,
    );
    return this.take(CLOSING_BRACE);
  }

  /** The next byte, or 0, which no body may have where one is looked for. */
  #peek(): number {
    return this.#at < this.#body.length ? (this.#body[this.#at] as number) : 0;
  }

  #skipBlanks(): void {
    for (;;) {
      const byte = this.#peek();
      if (!isBlank(byte) || (byte === LINE_FEED && this.#isLines)) return;
      this.#at++;
    }
  }

  /** Printable ASCII in quotes, nothing escaped. */
  #takeId(cache: TextCache): string | undefined {
    if (!this.take(QUOTE)) return undefined;
    const body = this.#body;
    const from = this.#at;
    let hash = 0;
    for (let at = from; at < body.length; at++) {
      const byte = body[at] as number;
      if (byte === QUOTE) {
        this.#at = at + 1;
        return cache.textIn(body, from, at, hash);
      }
      if (byte < BLANK || byte >= DELETE || byte === BACKSLASH) return undefined;
      hash = (Math.imul(hash, 31) + byte) | 0;
    }
    return undefined;
  }

  #takeTimestamp(): EpochMicros | undefined {
    if (!this.take(QUOTE)) return undefined;
    const body = this.#body;
    const from = this.#at;
    let to = from;
    // Any other byte before the quote makes the timestamp invalid.
    while (to < body.length && body[to] !== QUOTE) to++;
    this.#at = to + 1;
    return timestampIn(body, from, to);
  }

  /** A number without sign and exponent, in the range, into `#heartRate`. */
  #takeHeartRate(): boolean {
    this.#skipBlanks();
    const body = this.#body;
    const from = this.#at;
    let digits = 0;
    let point = -1;
    let mantissa = 0;
    let at = from;
    for (; at < body.length; at++) {
      const byte = body[at] as number;
      const digit = byte - DIGIT_0;
      if (digit >= 0 && digit <= 9) {
        mantissa = mantissa * 10 + digit;
        digits++;
      } else if (byte === POINT && point < 0) {
        point = at;
      } else break;
    }
    this.#at = at;
    const decimals = point < 0 ? 0 : at - point - 1;
    // A leading zero is no JSON, or of a number too small.
    if (point === from || (point >= 0 && decimals === 0) || body[from] === DIGIT_0) return false;
    this.#heartRate =
      digits <= EXACT_DIGITS
        ? // A quotient is rounded correctly when both are exact (Clinger, 1990).
          mantissa / (POWERS_OF_TEN[decimals] as number)
        : Number(body.toString('latin1', from, at));
    const { minHeartRate, maxHeartRate } = this.#rules;
    return this.#heartRate >= minHeartRate && this.#heartRate <= maxHeartRate;
  }
}

type Scan = (body: Uint8Array) => ReadingBatch | undefined;

/**
 * The fast path for bodies in plain spelling. Each function takes the bytes of a body and returns
 * the readings in it, or undefined for **anything** it does not know: an escape, a further field,
 * an exponent, too many readings, a date that does not exist. Undefined does not mean that the body
 * is invalid: only JSON.parse and the schemas decide that, and say what is wrong. What it returns
 * is what they would have made of the body.
 */
export interface ReadingScanner {
  /** One reading. */
  readonly scanReading: Scan;
  /** `{"readings":[…]}` */
  readonly scanBatch: Scan;
  /** NDJSON: a reading a line. */
  readonly scanLines: Scan;
}

const STEPS_ASIDE: ReadingScanner = {
  scanReading: () => undefined,
  scanBatch: () => undefined,
  scanLines: () => undefined,
};

/** A scanner for these schemas; if they have rules it does not know, it leaves every body alone. */
export const createReadingScanner = (reading: z.ZodType, batch: z.ZodType): ReadingScanner => {
  const schema = plainSchemaOf(reading, batch);
  if (schema === undefined) return STEPS_ASIDE;
  const { minReadings, maxReadings } = schema;
  const rules: Rules = {
    ...schema,
    userIds: new TextCache(schema.isUserId),
    deviceIds: new TextCache(schema.isDeviceId),
  };
  /** Readings with this byte between them, as many as there are. */
  const takeAll = (scanner: Scanner, separator: number): boolean => {
    do {
      if (scanner.batch.size === maxReadings || !scanner.takeReading()) return false;
    } while (scanner.take(separator));
    return scanner.batch.size >= minReadings;
  };
  return {
    scanReading(body) {
      const scanner = new Scanner(rules, contentOf(body), false);
      return scanner.takeReading() && scanner.isAtEnd ? scanner.batch : undefined;
    },
    scanBatch(body) {
      const scanner = new Scanner(rules, contentOf(body), false);
      const isOpened = scanner.take(OPENING_BRACE) && scanner.takeKey(READINGS);
      if (!isOpened || !scanner.take(OPENING_BRACKET) || !takeAll(scanner, COMMA)) return undefined;
      const isClosed = scanner.take(CLOSING_BRACKET) && scanner.take(CLOSING_BRACE);
      return isClosed && scanner.isAtEnd ? scanner.batch : undefined;
    },
    scanLines(body) {
      const scanner = new Scanner(rules, contentOf(body), true);
      return takeAll(scanner, LINE_FEED) && scanner.isAtEnd ? scanner.batch : undefined;
    },
  };
};

export const { scanReading, scanBatch, scanLines } = createReadingScanner(
  zHeartRateReading,
  zHeartRateBatch,
);

import { DEVICES, delayMs, heartRateAt, slotMs, userId } from './readings.ts';

/** Which readings, in which requests. */
export interface ReadingsSpec {
  readonly kind: 'readings';
  readonly format: 'single' | 'json' | 'ndjson';
  /** Readings in a request; 1 for `single`. */
  readonly size: number;
  readonly users: number;
  /** Midnight of the day with which the readings begin. */
  readonly firstDayMs: number;
  /** Where to go on after an earlier job. */
  readonly firstRequest: number;
  /** Endless when left out. */
  readonly requests?: number;
  /** Every so many requests the last one is sent once more, as a device does that got no answer. */
  readonly repeatEvery?: number;
  /** Only every so many instants of the day, and this much later than the devices' usual ones. */
  readonly late?: { readonly everySlots: number; readonly byMs: number };
  /** An API key that is sent along. */
  readonly apiKey?: string;
}

/** Without a common factor with any size used here: it takes a request's readings out of order. */
const STRIDE = 7_919;

const BLANK = `{"user_id":"${userId(0)}","device_id":"${DEVICES[0]}","timestamp":"2024-01-15T00:00:00Z","heart_rate": 60}`;
const USER_AT = BLANK.indexOf('user_0') + 'user_'.length;
const USER_DIGITS = 5;
const DEVICE_AT = BLANK.indexOf('device_a') + 'device_'.length;
const TIMESTAMP_AT = BLANK.indexOf('2024-');
const TIMESTAMP_LENGTH = '2024-01-15T00:00:00Z'.length;
/** Right-aligned in three characters, as JSON allows. */
const HEART_RATE_AT = BLANK.indexOf(' 60');

const FORMS = {
  single: { path: '/metrics/heart-rate', type: 'application/json', around: ['', ''], between: '' },
  json: {
    path: '/metrics/heart-rate/batch',
    type: 'application/json',
    around: ['{"readings":[', ']}'],
    between: ',',
  },
  ndjson: {
    path: '/metrics/heart-rate/batch',
    type: 'application/x-ndjson',
    around: ['', '\n'],
    between: '\n',
  },
} as const;

const digitCode = (value: number): number => 48 + (value % 10);

/** Whose a reading is, by its number. */
export const userOf = (reading: number, users: number): number =>
  Math.floor((reading % (users * DEVICES.length)) / DEVICES.length);

/** The number of the readings' request, of which some are sent twice. */
export const withoutRepeats = (request: number, repeatEvery: number): number => {
  const cycle = repeatEvery + 1;
  return request - Math.floor(request / cycle) - (request % cycle === repeatEvery ? 1 : 0);
};

/**
 * One connection's requests with readings. They differ in digits only, so there is one buffer, and
 * the next request is written over the last: to make one costs a fraction of what sending it does.
 */
export class ReadingRequests {
  readonly #spec: ReadingsSpec;
  readonly #bytes: Buffer;
  readonly #firstAt: number;
  readonly #apart: number;

  constructor(spec: ReadingsSpec, host: string) {
    const { path, type, around, between } = FORMS[spec.format];
    const body = around[0] + Array<string>(spec.size).fill(BLANK).join(between) + around[1];
    const ofKey = spec.apiKey === undefined ? '' : `Authorization: Bearer ${spec.apiKey}\r\n`;
    const head =
      `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: ${type}\r\n${ofKey}` +
      `Content-Length: ${body.length}\r\n\r\n`;
    this.#spec = spec;
    this.#bytes = Buffer.from(head + body, 'latin1');
    this.#firstAt = head.length + around[0].length;
    this.#apart = BLANK.length + between.length;
  }

  /** Valid until the next call. */
  request(number: number): Buffer {
    const { size, users, repeatEvery, firstDayMs, late } = this.#spec;
    const first = size * (repeatEvery === undefined ? number : withoutRepeats(number, repeatEvery));
    const series = users * DEVICES.length;
    const timestamps = new Map<number, Buffer>();
    for (let place = 0; place < size; place++) {
      const reading = first + ((place * STRIDE) % size);
      const user = userOf(reading, users);
      const device = reading % DEVICES.length;
      const slot = Math.floor(reading / series) * (late?.everySlots ?? 1);
      const atMs = firstDayMs + slotMs(slot) + delayMs(user, device) + (late?.byMs ?? 0);
      let timestamp = timestamps.get(atMs);
      if (timestamp === undefined) {
        timestamp = Buffer.from(`${new Date(atMs).toISOString().slice(0, 19)}Z`);
        timestamps.set(atMs, timestamp);
      }
      this.#write(
        this.#firstAt + place * this.#apart,
        user,
        device,
        timestamp,
        heartRateAt(user, device, slot),
      );
    }
    return this.#bytes;
  }

  #write(at: number, user: number, device: number, timestamp: Buffer, heartRate: number): void {
    const bytes = this.#bytes;
    for (let digit = USER_DIGITS - 1, rest = user; digit >= 0; digit--) {
      bytes[at + USER_AT + digit] = digitCode(rest);
      rest = Math.floor(rest / 10);
    }
    bytes[at + DEVICE_AT] = 'a'.charCodeAt(0) + device;
    for (let byte = 0; byte < TIMESTAMP_LENGTH; byte++) {
      bytes[at + TIMESTAMP_AT + byte] = timestamp[byte] as number;
    }
    bytes[at + HEART_RATE_AT] = heartRate < 100 ? 32 : digitCode(Math.floor(heartRate / 100));
    bytes[at + HEART_RATE_AT + 1] = digitCode(Math.floor(heartRate / 10));
    bytes[at + HEART_RATE_AT + 2] = digitCode(heartRate);
  }
}

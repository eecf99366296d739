import type { Client } from './client.ts';
import { DAYS, type Ledger, type SentErasure, type SentReading } from './ledger.ts';

/** Numbers in [0, 1) that the seed determines (mulberry32). */
export const randomNumbers = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const MINUTES = DAYS * 24 * 60;
/** No divisor of MINUTES, so that its multiples visit every minute, days mixed. */
const STRIDE = 1777;
const DEVICES = ['device_a', 'watch'] as const;
const MAX_BATCH = 60;
const RECENT = 300;
/** One request in so many erases a stretch of what its user has. */
const ERASE_EVERY = 40;
const MAX_ERASED_MINUTES = 400;

/**
 * One client with users of its own, who waits for each answer before it sends again: so of each
 * identity it is known which value was acknowledged last.
 */
export class Writer {
  readonly #name: string;
  readonly #ledger: Ledger;
  readonly #random: () => number;
  readonly #sent: SentReading[] = [];
  #user = 0;
  #count = 0;

  constructor(name: string, ledger: Ledger, random: () => number) {
    this.#name = name;
    this.#ledger = ledger;
    this.#random = random;
  }

  /**
   * Sends until a request fails. Returns what is wrong: an answer that should have been another,
   * or that a request failed before it `mayFail`.
   */
  async write(client: Client, mayFail: () => boolean): Promise<string[]> {
    this.#nextUser();
    for (;;) {
      const isErasure = this.#random() < 1 / ERASE_EVERY;
      try {
        const wrong = await (isErasure ? this.#erase(client) : this.#send(client));
        if (wrong !== undefined) return [wrong];
      } catch (error) {
        return mayFail() ? [] : [`a request failed: ${error}`];
      }
    }
  }

  async #send(client: Client): Promise<string | undefined> {
    const request = this.#nextRequest();
    this.#ledger.sending(request);
    const { status, body } = await client.send(request, this.#random() < 0.5);
    if (status !== 200) return `${status} ${body}`;
    this.#ledger.accepted(request);
    return undefined;
  }

  async #erase(client: Client): Promise<string | undefined> {
    const erasure = this.#nextErasure();
    const covered = this.#ledger.erasing(erasure);
    const { status, body } = await client.erase(erasure);
    if (status !== 200 && status !== 404) return `an erasure was answered ${status} ${body}`;
    this.#ledger.erased(erasure);
    const count = status === 404 ? 0 : (JSON.parse(body) as { count: number }).count;
    return count === covered ? undefined : `${count} erased, ${covered} were there`;
  }

  /** Of one device, sometimes the one that the user has not, or of both. */
  #nextErasure(): SentErasure {
    const startMinute = Math.floor(this.#random() * (MINUTES - 1));
    const length = 1 + Math.floor(this.#random() * MAX_ERASED_MINUTES);
    const choice = Math.floor(this.#random() * 4);
    return {
      user: `${this.#name}-${this.#user}`,
      device: DEVICES[choice],
      startMinute,
      endMinute: Math.min(startMinute + length, MINUTES - 1),
    };
  }

  #nextUser(): void {
    this.#user++;
    this.#count = 0;
  }

  #nextRequest(): SentReading[] {
    const isBatch = this.#random() < 0.3;
    const size = isBatch ? 2 + Math.floor(this.#random() * (MAX_BATCH - 1)) : 1;
    const request = new Map<string, SentReading>();
    for (let i = 0; i < size; i++) {
      const one = this.#nextReading();
      request.set(JSON.stringify([one.user, one.device, one.minute]), one);
      this.#sent.push(one);
    }
    return [...request.values()];
  }

  /** Mostly a new identity; now and then one of late, seldom one of old, with another value. */
  #nextReading(): SentReading {
    const heartRate = 30 + this.#random() * 190;
    const choice = this.#random();
    const back = choice < 0.005 ? this.#sent.length : choice < 0.15 ? RECENT : 0;
    const old = this.#sent.at(-1 - Math.floor(this.#random() * Math.min(back, this.#sent.length)));
    if (back > 0 && old !== undefined) return { ...old, heartRate };
    if (this.#count === MINUTES) this.#nextUser();
    return {
      user: `${this.#name}-${this.#user}`,
      device: DEVICES[this.#user % DEVICES.length] as string,
      minute: (this.#count++ * STRIDE) % MINUTES,
      micros: Math.floor(this.#random() * 60_000_000),
      heartRate,
    };
  }
}

import type { EpochMicros, Reading } from '../../../src/readings/reading.ts';
import { MICROS_PER_DAY } from '../../../src/readings/timestamp.ts';
import type { Append, Request } from './history.ts';
import { below, type Random } from './random.ts';
import { USER_IDS } from './users.ts';

/** 2024-01-15 */
const FIRST_DAY = 19_737;
/** How many timestamps readings share, so that later ones take the place of earlier ones. */
const SHARED_STAMPS = 3;

/**
 * Makes requests. Every reading has a heart rate of its own, and every append holds, for each of
 * its users, one reading whose identity no other has: that tells whether it was stored.
 */
export class RequestMaker {
  readonly #random: Random;
  #made: number;

  /** `made`: how many readings the store may have from another maker already. */
  constructor(random: Random, made = 0) {
    this.#random = random;
    this.#made = made;
  }

  /** One reading of its own, or two of one user, the second likely to replace an earlier one. */
  single(userId: string = this.#anyUser(), day = 0): Append {
    const own = this.#reading(userId, this.#ownStamp(day));
    const more = this.#random() < 0.5 ? [this.#reading(userId, this.#sharedStamp(day))] : [];
    return { kind: 'append', readings: [own, ...more] };
  }

  /** Readings of all users on two days, with an identity that comes twice. */
  batch(): Append {
    const readings = USER_IDS.flatMap((userId) => [
      this.#reading(userId, this.#ownStamp(0)),
      this.#reading(userId, this.#ownStamp(1)),
      this.#reading(userId, this.#sharedStamp(below(this.#random, 2))),
    ]);
    const twice = readings[below(this.#random, readings.length)] as Reading;
    readings.push({ ...twice, heartRate: this.#nextRate() });
    return { kind: 'append', readings };
  }

  /** Of some of the shared timestamps, and perhaps of one device alone. */
  narrowErasure(userId: string): Request {
    const startMicros = startOf(0) as EpochMicros;
    const places = 1 + below(this.#random, SHARED_STAMPS - 1);
    const range = { startMicros, endMicros: (startMicros + places) as EpochMicros };
    const device = this.#random() < 0.5 ? { deviceId: 'device_a' } : {};
    return { kind: 'erase', erasure: { userId, range, ...device } };
  }

  #anyUser(): string {
    return USER_IDS[below(this.#random, USER_IDS.length)] as string;
  }

  #reading(userId: string, timestampMicros: EpochMicros): Reading {
    const deviceId = this.#random() < 0.7 ? 'device_a' : 'device_b';
    return { userId, deviceId, timestampMicros, heartRate: this.#nextRate() };
  }

  #nextRate(): number {
    return 30 + this.#made++ / 64;
  }

  #ownStamp(day: number): EpochMicros {
    return (startOf(day) + MICROS_PER_DAY / 2 + this.#made) as EpochMicros;
  }

  #sharedStamp(day: number): EpochMicros {
    return (startOf(day) + below(this.#random, SHARED_STAMPS)) as EpochMicros;
  }
}

const startOf = (day: number): number => (FIRST_DAY + day) * MICROS_PER_DAY;

import { setTimeout as sleep } from 'node:timers/promises';
import type { EpochMicros, Reading } from '../../src/readings/reading.ts';
import { MICROS_PER_DAY } from '../../src/readings/timestamp.ts';
import type { ReadingStore, ScanRequest } from '../../src/storage/reading-store.ts';
import { append, type Row, reading } from '../support/store.ts';
import { below, type Random } from './faults/random.ts';

/** 2024-01-15 */
const FIRST_DAY = 19_737;
const DAYS = 3;
const DEVICES = ['device_a', 'device_b'];
const STAMPS_PER_DAY = 40;
const BATCH_MAX = 30;
const PAUSE_MS = 10;
/** A store with more log segments than this lags behind. */
const SEGMENTS_MAX = 3;
/** One request in so many erases. */
const ERASE_EVERY = 40;

export const EVER = {
  startMicros: 0 as EpochMicros,
  endMicros: (1e5 * MICROS_PER_DAY) as EpochMicros,
};

const identityOf = (deviceId: string, timestampMicros: number): string =>
  `${deviceId} ${timestampMicros}`;

/**
 * Where the machine is too slow for the load, all that the store could do would be to write
 * Parquet; this lets it come to merging parts, which it does when the log is empty.
 */
const letCatchUp = async (store: ReadingStore, isOver: () => boolean): Promise<void> => {
  if (store.health().segments <= SEGMENTS_MAX) return;
  while (store.health().segments > 0 && !isOver()) await sleep(PAUSE_MS);
};

/** What is known of a user's readings when a query begins. */
interface Before {
  readonly acknowledged: ReadonlyMap<string, number>;
  readonly erased: number;
}

/**
 * A user who sends one request after the other, so that it is known at each moment what must be in
 * the store and what may be. Heart rates count the requests: each tells which one it came with.
 */
export class RacingUser {
  readonly userId: string;
  queries = 0;
  readonly #random: Random;
  /** The number of the last request that was sent. */
  #sent = 0;
  /** The number of the last erasure that was sent, and of the last that was answered. */
  #erasing = 0;
  #erased = 0;
  /** By identity the last request that was answered. */
  #acknowledged = new Map<string, number>();

  constructor(userId: string, random: Random) {
    this.userId = userId;
    this.#random = random;
  }

  /** What must be found once nothing is under way. */
  get expected(): ReadonlyMap<string, number> {
    return this.#acknowledged;
  }

  async sendUntil(store: ReadingStore, isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      if (below(this.#random, ERASE_EVERY) === 0) await this.#erase(store);
      else await this.#append(store);
      await sleep(PAUSE_MS);
      await letCatchUp(store, isOver);
    }
  }

  async #append(store: ReadingStore): Promise<void> {
    const request = ++this.#sent;
    const length = 1 + below(this.#random, BATCH_MAX);
    const readings = Array.from({ length }, () => this.#reading(request));
    await append(store, ...readings);
    for (const one of readings) {
      this.#acknowledged.set(identityOf(one.deviceId, one.timestampMicros), request);
    }
  }

  #reading(request: number): Reading {
    const device = DEVICES[below(this.#random, DEVICES.length)] as string;
    const day = (FIRST_DAY + below(this.#random, DAYS)) * MICROS_PER_DAY;
    return reading(this.userId, device, day + below(this.#random, STAMPS_PER_DAY), request);
  }

  async #erase(store: ReadingStore): Promise<void> {
    this.#erasing = ++this.#sent;
    const count = await store.erase({ userId: this.userId });
    const known = this.#acknowledged.size;
    if (count !== known) throw new Error(`${this.userId}: ${count} erased, ${known} were there`);
    this.#acknowledged = new Map();
    this.#erased = this.#erasing;
  }

  /** Asks for all of the user's readings, and tells what is wrong with the answer. */
  async query(find: (request: ScanRequest) => Promise<Row[]>): Promise<string[]> {
    const before = { acknowledged: new Map(this.#acknowledged), erased: this.#erased };
    const rows = await find({ userId: this.userId, range: EVER });
    this.queries++;
    return this.#judge(rows, before);
  }

  #judge(rows: readonly Row[], { acknowledged, erased }: Before): string[] {
    const wrong: string[] = [];
    const found = new Set<string>();
    for (const [device, micros, request] of rows) {
      const identity = identityOf(device, micros);
      found.add(identity);
      const atLeast = acknowledged.get(identity) ?? 0;
      if (request < atLeast) wrong.push(`${identity}: ${request}, and ${atLeast} was stored`);
      if (request <= erased) wrong.push(`${identity}: ${request} was erased by ${erased}`);
      if (request > this.#sent) wrong.push(`${identity}: ${request} was never sent`);
    }
    for (const [identity, request] of acknowledged) {
      const mayBeErased = this.#erasing > request;
      if (!found.has(identity) && !mayBeErased) wrong.push(`${identity}: ${request} is missing`);
    }
    return wrong.map((one) => `${this.userId} ${one}`);
  }
}

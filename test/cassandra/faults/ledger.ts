import { setTimeout as sleep } from 'node:timers/promises';

const READINGS = '/metrics/heart-rate';
const WRITERS = 16;
/** 2024-01-15T00:00:00Z */
const START_MS = Date.UTC(2024, 0, 15);
/** A day of seconds: each writer's readings are of one user and day. */
const SECONDS = 86_400;
const PAUSE_AFTER_REFUSAL_MS = 50;

/** What happened to what was sent while a fault lasted. */
export interface Account {
  readonly acknowledged: number;
  /** Answered by 503, every one with Retry-After. */
  readonly refused: number;
  /** Connections that broke: the service was killed. */
  readonly broken: number;
  /** From the first answer that was none of 200 to the last, in milliseconds. */
  readonly troubledMs: number;
  readonly worstMs: number;
}

interface SentReading {
  readonly userId: string;
  readonly second: number;
  readonly rate: number;
}

/** Sends single readings without a pause and keeps a ledger of those that were acknowledged. */
export class LedgerLoad {
  readonly #origins: () => readonly string[];
  readonly #name: string;
  /** By user: the rate of each second that was acknowledged. */
  readonly #acknowledged = new Map<string, Map<number, number>>();
  readonly #trouble: number[] = [];
  #refused = 0;
  #broken = 0;
  #count = 0;
  #worstMs = 0;
  #isStopped = false;
  #writers: Promise<void>[] = [];

  constructor(name: string, origins: () => readonly string[]) {
    this.#name = name;
    this.#origins = origins;
  }

  start(): void {
    this.#writers = Array.from({ length: WRITERS }, (_, writer) => this.#write(writer));
  }

  get acknowledged(): number {
    return this.#count;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Rejects when a service answered what it never should. */
  async stop(): Promise<Account> {
    this.#isStopped = true;
    await Promise.all(this.#writers);
    const [first = 0, last = 0] = [this.#trouble[0], this.#trouble.at(-1)];
    return {
      acknowledged: this.#count,
      refused: this.#refused,
      broken: this.#broken,
      troubledMs: Math.round(last - first),
      worstMs: Math.round(this.#worstMs),
    };
  }

  /** How many acknowledged readings a service does not have, or has with another rate. */
  async lost(origin: string): Promise<number> {
    let lost = 0;
    for (const [userId, acknowledged] of this.#acknowledged) {
      const response = await fetch(`${origin}${READINGS}/export?user_id=${userId}&format=ndjson`);
      if (!response.ok && response.status !== 404) throw new Error(await response.text());
      const lines = response.ok ? (await response.text()).trim().split('\n') : [];
      const stored = new Map(
        lines.map((line) => {
          const { timestamp, heart_rate } = JSON.parse(line);
          return [(Date.parse(timestamp) - START_MS) / 1000, heart_rate];
        }),
      );
      for (const [second, rate] of acknowledged) if (stored.get(second) !== rate) lost++;
    }
    return lost;
  }

  async #write(writer: number): Promise<void> {
    const userId = `${this.#name}-${writer}`;
    for (let second = 0; !this.#isStopped && second < SECONDS; second++) {
      const origins = this.#origins();
      const origin = origins[(writer + second) % origins.length] as string;
      const sent = { userId, second, rate: 40 + ((second * 7 + writer) % 150) };
      if (!(await this.#send(origin, sent))) await sleep(PAUSE_AFTER_REFUSAL_MS);
    }
  }

  async #send(origin: string, { userId, second, rate }: SentReading): Promise<boolean> {
    const sentMs = performance.now();
    const body = JSON.stringify({
      ...{ user_id: userId, device_id: 'device_a', heart_rate: rate },
      timestamp: new Date(START_MS + second * 1000).toISOString(),
    });
    const headers = { 'content-type': 'application/json' };
    // A service that was killed in the middle of it.
    const response = await fetch(origin + READINGS, { method: 'POST', headers, body }).catch(
      () => undefined,
    );
    await response?.arrayBuffer();
    const nowMs = performance.now();
    this.#worstMs = Math.max(this.#worstMs, nowMs - sentMs);
    if (response?.status === 200) {
      const ofUser = this.#acknowledged.get(userId) ?? new Map<number, number>();
      this.#acknowledged.set(userId, ofUser.set(second, rate));
      this.#count++;
      return true;
    }
    this.#trouble.push(nowMs);
    if (response === undefined) this.#broken++;
    else if (response.status === 503 && response.headers.has('retry-after')) this.#refused++;
    else throw new Error(`a reading was answered by ${response.status}`);
    return false;
  }
}

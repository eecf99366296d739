import { LRUCache } from 'lru-cache';

/** What nobody asks for in this time goes: so memory follows what is used, however much would fit. */
const KEPT_MS = 600_000;
const PURGE_INTERVAL_MS = 60_000;

/** What was asked for of late, by key: bounded by weight, the least recently used given up first. */
export class RecentlyUsed<Value extends object> {
  readonly #entries: LRUCache<string, Value>;
  #purgedAtMs = performance.now();

  constructor(maxWeight: number, weightOf: (value: Value) => number) {
    this.#entries = new LRUCache({
      maxSize: maxWeight,
      sizeCalculation: weightOf,
      ttl: KEPT_MS,
      // The clock is looked at each time; else a timer is set for each look.
      ttlResolution: 0,
      updateAgeOnGet: true,
    });
  }

  get maxWeight(): number {
    return this.#entries.maxSize;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key);
  }

  set(key: string, value: Value): void {
    // Not by a timer: what is not used any more costs nobody anything until others come.
    const nowMs = performance.now();
    if (nowMs - this.#purgedAtMs >= PURGE_INTERVAL_MS) {
      this.#purgedAtMs = nowMs;
      this.#entries.purgeStale();
    }
    this.#entries.set(key, value);
  }

  /** Lets go of all whose key begins so. */
  forget(prefix: string): void {
    // What is stale is no key any more, and in memory still.
    this.#entries.purgeStale();
    for (const key of [...this.#entries.keys()]) {
      if (key.startsWith(prefix)) this.#entries.delete(key);
    }
  }
}

/**
 * A map by text that mostly has one entry: it takes a map, five times as large, from the second on.
 */
export class SmallMap<Value> {
  #key: string | undefined;
  #value: Value | undefined;
  #entries: Map<string, Value> | undefined;

  get size(): number {
    return this.#entries?.size ?? (this.#key === undefined ? 0 : 1);
  }

  get(key: string): Value | undefined {
    if (this.#entries !== undefined) return this.#entries.get(key);
    return key === this.#key ? this.#value : undefined;
  }

  set(key: string, value: Value): void {
    if (this.#entries === undefined && (this.#key === undefined || this.#key === key)) {
      this.#key = key;
      this.#value = value;
      return;
    }
    this.#entries ??= new Map(this);
    this.#entries.set(key, value);
  }

  *[Symbol.iterator](): Generator<[string, Value]> {
    if (this.#entries !== undefined) yield* this.#entries;
    else if (this.#key !== undefined) yield [this.#key, this.#value as Value];
  }
}

interface Group<Item> {
  readonly ready: Item[];
  taken: number;
}

/**
 * Items of several groups, of which each group has its turn after every other, however many it has.
 * Of one group so many at most are taken and not done, so that it leaves room for others.
 */
export class FairQueue<Item> {
  readonly #share: number;
  readonly #groups = new Map<object, Group<Item>>();
  /** Those that may have a turn, in order. */
  readonly #turns: object[] = [];

  constructor(share: number) {
    this.#share = share;
  }

  push(name: object, item: Item): void {
    let group = this.#groups.get(name);
    if (group === undefined) {
      group = { ready: [], taken: 0 };
      this.#groups.set(name, group);
    }
    group.ready.push(item);
    // With more it waits for its turn already, or has its share.
    if (group.ready.length === 1 && group.taken < this.#share) this.#turns.push(name);
  }

  /** The next, and the group to name when it is done; undefined when none may be taken now. */
  take(): { readonly name: object; readonly item: Item } | undefined {
    const name = this.#turns.shift();
    const group = name && this.#groups.get(name);
    const item = group?.ready.shift();
    if (name === undefined || group === undefined || item === undefined) return undefined;
    group.taken++;
    if (group.ready.length > 0 && group.taken < this.#share) this.#turns.push(name);
    return { name, item };
  }

  done(name: object): void {
    const group = this.#groups.get(name);
    if (group === undefined) return;
    const hadShare = group.taken === this.#share;
    group.taken--;
    if (group.ready.length > 0) {
      if (hadShare) this.#turns.push(name);
    } else if (group.taken === 0) this.#groups.delete(name);
  }
}

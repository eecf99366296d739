import type { Part, PartCatalog } from '../parts/part-catalog.ts';
import type { UserFilters } from '../parts/user-filters.ts';
import type { Step, Task } from './lane.ts';

/**
 * Reads the user filters of the parts that were found at start, the newest days first, so that
 * soon nobody who asks for a user waits for them.
 */
export class FilterWarmer implements Task {
  readonly name = 'reading user filters';
  readonly canWait = true;
  readonly #parts: PartCatalog;
  readonly #filters: UserFilters;
  /** The next one last. */
  readonly #left: Part[];

  constructor(parts: PartCatalog, filters: UserFilters) {
    this.#parts = parts;
    this.#filters = filters;
    const days = [...parts.days].sort((a, b) => a - b);
    this.#left = days.flatMap((day) => parts.ofDay(day));
  }

  next(): Step | undefined {
    for (let part = this.#left.pop(); part !== undefined; part = this.#left.pop()) {
      const found = part;
      if (!this.#parts.isInForce(found)) continue;
      return { subject: found, run: () => this.#filters.warm(found) };
    }
    return undefined;
  }
}

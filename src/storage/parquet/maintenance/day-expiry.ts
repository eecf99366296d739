import type { EpochDay, EpochMicros } from '../../../readings/reading.ts';
import { dayOf } from '../../../readings/timestamp.ts';
import type { PartCatalog } from '../parts/part-catalog.ts';
import type { Step, Task } from './lane.ts';

/** Takes days out of force that ended longer ago than a number of days; undefined keeps all. */
export class DayExpiry implements Task {
  readonly name = 'dropping expired days';
  readonly canWait = false;
  readonly #parts: PartCatalog;
  readonly #retentionDays: number | undefined;

  constructor(parts: PartCatalog, retentionDays: number | undefined) {
    this.#parts = parts;
    this.#retentionDays = retentionDays;
  }

  next(): Step | undefined {
    const expired = this.#expiredDay();
    return expired === undefined
      ? undefined
      : { subject: expired, run: async () => this.#drop(expired) };
  }

  #expiredDay(): EpochDay | undefined {
    if (this.#retentionDays === undefined) return undefined;
    const oldestKept = dayOf((Date.now() * 1000) as EpochMicros) - this.#retentionDays;
    return [...this.#parts.days].find((day) => day < oldestKept);
  }

  #drop(day: EpochDay): void {
    for (const part of this.#parts.ofDay(day)) this.#parts.drop(part);
  }
}

import type { EpochDay } from '../../../readings/reading.ts';
import type { Quarantine } from '../disk/quarantine.ts';
import type { Jobs } from './jobs.ts';
import type { Part, PartCatalog } from './part-catalog.ts';
import { partDamage } from './part-checksum.ts';

/** Finds damaged parts, and takes them out of force and out of the way. */
export class PartInspection {
  readonly #parts: PartCatalog;
  readonly #jobs: Jobs;
  readonly #quarantine: Quarantine;
  /** What is wrong with each part that was looked at, or is being looked at. */
  readonly #damage = new WeakMap<Part, Promise<string | undefined>>();

  constructor(parts: PartCatalog, jobs: Jobs, quarantine: Quarantine) {
    this.#parts = parts;
    this.#jobs = jobs;
    this.#quarantine = quarantine;
  }

  /** Notes that a part needs no look, because this process has just written it. */
  vouchFor(part: Part): void {
    this.#damage.set(part, Promise.resolve(undefined));
  }

  /**
   * Those of the parts whose bytes are as they were written; the others are set aside. Each part
   * is read through once in the life of a process, when it is asked for first.
   */
  async intact(parts: readonly Part[]): Promise<readonly Part[]> {
    const intact: Part[] = [];
    for (const part of parts) {
      const damage = await this.#damageOf(part);
      if (damage === undefined) intact.push(part);
      else await this.#setAside(part, damage);
    }
    return intact;
  }

  /** Looks at all of a day's parts anew, every page of them; true if one was set aside. */
  async setAsideDamaged(day: EpochDay): Promise<boolean> {
    let found = false;
    for (const part of this.#parts.ofDay(day)) {
      const { damage } = await this.#jobs.check({ path: part.path });
      if (damage === undefined) continue;
      this.#damage.set(part, Promise.resolve(damage));
      if (await this.#setAside(part, damage)) found = true;
    }
    return found;
  }

  async #damageOf(part: Part): Promise<string | undefined> {
    const known = this.#damage.get(part);
    if (known !== undefined) return known;
    const looking = partDamage(part.path);
    this.#damage.set(part, looking);
    try {
      return await looking;
    } catch (error) {
      this.#damage.delete(part);
      throw error;
    }
  }

  async #setAside(part: Part, damage: string): Promise<boolean> {
    // It may have been replaced or set aside while it was read.
    if (!this.#parts.ofDay(part.day).includes(part)) return false;
    this.#parts.remove(part);
    await this.#quarantine.setAsideFile(part.path, part.bytes, damage);
    return true;
  }
}

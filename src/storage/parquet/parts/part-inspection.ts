import type { EpochDay } from '../../../readings/reading.ts';
import { StoreUnavailableError } from '../../reading-store.ts';
import type { StoreObserver } from '../../store-observer.ts';
import { patiently, refusedRead } from '../../system-error.ts';
import type { Quarantine } from '../disk/quarantine.ts';
import { RefusedReads } from '../refused-reads.ts';
import type { Jobs } from './jobs.ts';
import type { Part, PartCatalog } from './part-catalog.ts';
import { partDamage } from './part-checksum.ts';

export interface PartInspectionOptions {
  readonly parts: PartCatalog;
  readonly jobs: Pick<Jobs, 'check'>;
  readonly quarantine: Quarantine;
  readonly observer: StoreObserver;
  /** How long after a part could not be set aside it is tried again; longer each time. */
  readonly retryMs: number;
}

/** A part that is damaged and still in its day's folder. */
interface Damaged {
  readonly cause: string;
  /** Whether it was in the catalogue when it was found. */
  readonly wasInForce: boolean;
  failures: number;
  /** Settles when the attempt that is under way has ended; never rejects. */
  attempt: Promise<void> | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** The wait doubles with each failure, this many times. */
const MAX_DOUBLINGS = 6;

/**
 * Finds damaged parts, and takes them out of the way: from the moment it is found a damaged part
 * is **excluded**, which means that no scan, merge or rewrite may touch it. It is set aside on disk
 * first and leaves the catalogue after, so that no file is ever forgotten; when it cannot be set
 * aside that is tried again and again, one attempt at a time.
 *
 * Only what the bytes say is damage. A part that cannot be read just now, for want of file
 * descriptors or memory, is none: that rejects with {@link StoreUnavailableError}.
 */
export class PartInspection {
  readonly #options: PartInspectionOptions;
  /** What is wrong with each part that was looked at, or is being looked at. */
  readonly #findings = new WeakMap<Part, Promise<string | undefined>>();
  readonly #damaged = new Map<Part, Damaged>();
  readonly #refusedReads: RefusedReads;
  #exclusions = 0;
  #isClosed = false;

  constructor(options: PartInspectionOptions) {
    this.#options = options;
    this.#refusedReads = new RefusedReads(options.observer);
    for (const [part, cause] of options.parts.damagedAtLoad) void this.#exclude(part, cause);
  }

  /** Whether a part is in the catalogue and may not be touched. */
  isExcluded(part: Part): boolean {
    return this.#damaged.has(part);
  }

  /** How often a part was excluded: what scans showed before may hold what was in it. */
  get exclusions(): number {
    return this.#exclusions;
  }

  /** What of late could not be read, and was not damaged, in words for the operator. */
  get trouble(): string | undefined {
    return this.#refusedReads.trouble;
  }

  /** The excluded parts that could not be set aside yet. */
  get unplaced(): readonly Part[] {
    const failed = [...this.#damaged].filter(([, { failures }]) => failures > 0);
    return failed.map(([part]) => part);
  }

  /**
   * A day's parts in the runs within which they may be merged. What is merged covers all sequences
   * from its first to its last, so a part that is damaged, or was set aside and may come back,
   * would count as replaced if a run went past it.
   */
  mergeable(day: EpochDay): readonly (readonly Part[])[] {
    const aside = this.#options.quarantine.partsOf(day);
    const all = this.#options.parts.ofDay(day);
    if (aside.length === 0 && !all.some((part) => this.isExcluded(part))) return [all];
    const runs: Part[][] = [[]];
    let previous: Part | undefined;
    for (const part of all) {
      const after = previous?.range.last ?? Number.POSITIVE_INFINITY;
      const isGap = aside.some(({ range }) => range.last > after && range.first < part.range.first);
      previous = part;
      if (isGap || this.isExcluded(part)) runs.push([]);
      if (!this.isExcluded(part)) runs.at(-1)?.push(part);
    }
    return runs.filter((run) => run.length > 0);
  }

  /** Notes that a part needs no look, because this process has just written it. */
  vouchFor(part: Part): void {
    this.#findings.set(part, Promise.resolve(undefined));
  }

  /**
   * Those of the parts whose bytes are as they were written; the others are set aside. Each part
   * is read through once in the life of a process, when it is asked for first.
   */
  async intact(parts: readonly Part[]): Promise<readonly Part[]> {
    const intact: Part[] = [];
    for (const part of parts) {
      if (this.isExcluded(part)) continue;
      const damage = await this.#damageOf(part);
      if (damage === undefined) intact.push(part);
      else if (this.#isInForce(part)) await this.#exclude(part, damage);
    }
    return intact;
  }

  /** Looks at all of a day's parts anew, every page of them; true if one was damaged. */
  async setAsideDamaged(day: EpochDay): Promise<boolean> {
    let found = false;
    let trouble: StoreUnavailableError | undefined;
    for (const part of this.#options.parts.ofDay(day)) {
      if (this.isExcluded(part)) continue;
      const damage = await this.#check(part);
      if (damage instanceof StoreUnavailableError) trouble = damage;
      else if (damage !== undefined && this.#isInForce(part)) {
        this.#findings.set(part, Promise.resolve(damage));
        await this.#exclude(part, damage);
        found = true;
      }
    }
    if (!found && trouble !== undefined) throw trouble;
    return found;
  }

  /** The same, after a scan's read of the day failed; `refusal` as in `ReadingStore.checkDay`. */
  async checkDay(day: EpochDay, refusal?: Error): Promise<boolean> {
    const found = await this.setAsideDamaged(day);
    if (!found && refusal !== undefined) this.#refusedReads.add(refusal);
    return found;
  }

  /** Notes that the system refused to read parts; the error says so to who asked. */
  refused(what: string, cause: unknown): StoreUnavailableError {
    this.#refusedReads.add(cause);
    return refusedRead(what, cause);
  }

  /** Ends the attempts to set parts aside; a start finds them again. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { timer, attempt } of [...this.#damaged.values()]) {
      clearTimeout(timer);
      await attempt;
    }
  }

  #isInForce(part: Part): boolean {
    return this.#options.parts.ofDay(part.day).includes(part);
  }

  /** What is wrong with the part, or that it cannot be told now. */
  async #check({ path }: Part): Promise<string | undefined | StoreUnavailableError> {
    try {
      return (await patiently(() => this.#options.jobs.check({ path }))).damage;
    } catch (error) {
      return this.#unreadable(error);
    }
  }

  async #damageOf(part: Part): Promise<string | undefined> {
    const known = this.#findings.get(part);
    if (known !== undefined) return known;
    const looking = patiently(() => partDamage(part.path)).catch((error: unknown) => {
      this.#findings.delete(part);
      throw this.#unreadable(error);
    });
    this.#findings.set(part, looking);
    return looking;
  }

  #unreadable(cause: unknown): StoreUnavailableError {
    return this.refused('Readings cannot be read', cause);
  }

  /** Resolves when the first attempt to set the part aside has ended, well or not. */
  async #exclude(part: Part, cause: string): Promise<void> {
    const known = this.#damaged.get(part);
    if (known !== undefined) return known.attempt;
    this.#exclusions++;
    const damaged: Damaged = {
      cause,
      wasInForce: this.#isInForce(part),
      failures: 0,
      attempt: undefined,
      timer: undefined,
    };
    this.#damaged.set(part, damaged);
    await this.#try(part, damaged);
  }

  #try(part: Part, damaged: Damaged): Promise<void> {
    damaged.timer = undefined;
    damaged.attempt = this.#setAside(part, damaged);
    return damaged.attempt;
  }

  /** Never rejects: what fails is reported, and tried again. */
  async #setAside(part: Part, damaged: Damaged): Promise<void> {
    const { parts, quarantine, observer, retryMs } = this.#options;
    try {
      // It may have expired since, and its file is on its way out then.
      const isGone = damaged.wasInForce && !this.#isInForce(part);
      if (!isGone) await quarantine.setAsideFile(part.path, part.bytes, damaged.cause);
      if (this.#isInForce(part)) parts.remove(part);
      this.#damaged.delete(part);
    } catch (error) {
      const waitMs = retryMs * 2 ** Math.min(damaged.failures++, MAX_DOUBLINGS);
      observer.failed({ what: `setting the damaged ${part.path} aside`, error });
      if (this.#isClosed) return;
      damaged.timer = setTimeout(() => void this.#try(part, damaged), waitMs);
    } finally {
      damaged.attempt = undefined;
    }
  }
}

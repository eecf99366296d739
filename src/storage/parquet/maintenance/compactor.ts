import type { EpochDay } from '../../../readings/reading.ts';
import type { StoreObserver } from '../../store-observer.ts';
import type { Jobs } from '../parts/jobs.ts';
import type { Part, PartCatalog } from '../parts/part-catalog.ts';
import { chooseRun, MAX_PARTS_PER_SMALL_DAY, totalBytes } from './compaction-policy.ts';
import type { Step, Task } from './lane.ts';
import type { PartWriter } from './part-writer.ts';

/**
 * A merge of more than this takes longer than eight seconds, at half a million rows a second and a
 * byte a row: long enough to be in the way of other work, so it has a lane of its own.
 */
export const SMALL_MERGE_BYTES = 4 * 1024 * 1024;

export interface CompactorOptions {
  readonly dataDir: string;
  readonly parts: PartCatalog;
  readonly writer: PartWriter;
  readonly jobs: Jobs;
  readonly observer: StoreObserver;
}

/** Keeps the parts of a day few: the day with most of them comes first. */
export class Compactor {
  readonly #options: CompactorOptions;
  /** What would be merged next of a day with these parts. */
  readonly #runs = new WeakMap<readonly Part[], readonly Part[]>();

  constructor(options: CompactorOptions) {
    this.#options = options;
  }

  readonly smallMerges: Task = {
    name: 'compacting',
    canWait: true,
    next: (isWaiting): Step | undefined =>
      this.#next((day, run) => !isWaiting(day) && totalBytes(run) <= SMALL_MERGE_BYTES),
  };

  readonly largeMerges: Task = {
    name: 'compacting much',
    canWait: true,
    next: (isWaiting): Step | undefined =>
      this.#next((day, run) => !isWaiting(day) && totalBytes(run) > SMALL_MERGE_BYTES),
  };

  /** About how many bytes of parts wait to be merged. */
  get debtBytes(): number {
    const { parts } = this.#options;
    let bytes = 0;
    for (const day of parts.daysOver(MAX_PARTS_PER_SMALL_DAY)) {
      bytes += totalBytes(this.#runOf(parts.ofDay(day)));
    }
    return bytes;
  }

  #next(isWanted: (day: EpochDay, run: readonly Part[]) => boolean): Step | undefined {
    const { parts, writer } = this.#options;
    for (const day of parts.daysOver(MAX_PARTS_PER_SMALL_DAY)) {
      const run = this.#runOf(this.#mergeable(parts.ofDay(day)));
      const [first, last] = [run[0], run.at(-1)];
      if (first === undefined || last === undefined || !isWanted(day, run)) continue;
      const range = { first: first.range.first, last: last.range.last };
      if (!writer.isClear(day, { range, rewrites: 0 })) continue;
      return { subject: day, run: () => this.#merge(day, run) };
    }
    return undefined;
  }

  #runOf(parts: readonly Part[]): readonly Part[] {
    let run = this.#runs.get(parts);
    if (run === undefined) {
      run = chooseRun(parts);
      this.#runs.set(parts, run);
    }
    return run;
  }

  /** All parts of a day, or those after the last that is being replaced and below the log. */
  #mergeable(parts: readonly Part[]): readonly Part[] {
    const { writer, parts: catalog } = this.#options;
    if (parts.every((part) => writer.isReplaceable(part))) return parts;
    const from = parts.findLastIndex((part) => catalog.isTaken(part)) + 1;
    return parts.slice(from).filter((part) => writer.isReplaceable(part));
  }

  async #merge(day: EpochDay, run: readonly Part[]): Promise<void> {
    const { dataDir, writer, jobs, observer } = this.#options;
    const startedAtMs = performance.now();
    const [first, last] = [run[0] as Part, run.at(-1) as Part];
    const range = { first: first.range.first, last: last.range.last };
    const paths = run.map((part) => part.path);
    const replacement = { day, old: run, identity: { range, rewrites: 0 } };
    const merged = await writer.replace(replacement, () =>
      jobs.compact({ dataDir, day, range, paths }),
    );
    if (merged === undefined) return;
    const durationMs = performance.now() - startedAtMs;
    observer.compacted({ parts: run.length, duplicates: merged.duplicates, durationMs });
  }
}

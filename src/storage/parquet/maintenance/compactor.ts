import type { EpochDay } from '../../../readings/reading.ts';
import type { StoreObserver } from '../../store-observer.ts';
import type { Jobs } from '../parts/jobs.ts';
import type { Part, PartCatalog } from '../parts/part-catalog.ts';
import {
  chooseRun,
  MAX_PARTS_PER_SMALL_DAY,
  newestWithin,
  totalBytes,
} from './compaction-policy.ts';
import type { Step, Task } from './lane.ts';
import type { PartReplacer } from './part-replacer.ts';

/**
 * A merge of more than this takes longer than eight seconds, at half a million rows a second and a
 * byte a row: long enough to be in the way of other work, so it has a lane of its own.
 */
export const SMALL_MERGE_BYTES = 4 * 1024 * 1024;

/**
 * So many parts are worth a small merge while a long one goes on, though it is not what the day
 * needs most: they are written anew once more, and do not pile up meanwhile.
 */
const MIN_STOPGAP_PARTS = 4;

export interface CompactorOptions {
  readonly dataDir: string;
  readonly parts: PartCatalog;
  readonly replacer: PartReplacer;
  readonly jobs: Jobs;
  readonly observer: StoreObserver;
}

/** Keeps the parts of a day few: the day with most of them comes first. */
export class Compactor {
  readonly #options: CompactorOptions;
  #isMergingMuch = false;
  /** What would be merged next of a day with these parts. */
  readonly #runs = new WeakMap<readonly Part[], readonly Part[]>();

  constructor(options: CompactorOptions) {
    this.#options = options;
  }

  readonly smallMerges: Task = {
    name: 'compacting',
    canWait: true,
    next: (isWaiting): Step | undefined => this.#next(isWaiting, (run) => this.#smallPartOf(run)),
  };

  readonly largeMerges: Task = {
    name: 'compacting much',
    canWait: true,
    next: (isWaiting): Step | undefined => {
      const step = this.#next(isWaiting, (run) => (isSmall(run) ? [] : run));
      if (step === undefined) return undefined;
      const run = async () => {
        this.#isMergingMuch = true;
        try {
          await step.run();
        } finally {
          this.#isMergingMuch = false;
        }
      };
      return { subject: step.subject, run };
    },
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

  #next(
    isWaiting: (day: EpochDay) => boolean,
    wantedOf: (run: readonly Part[]) => readonly Part[],
  ): Step | undefined {
    const { parts, replacer } = this.#options;
    for (const day of parts.daysOver(MAX_PARTS_PER_SMALL_DAY)) {
      if (isWaiting(day)) continue;
      const wanted = replacer.runsOf(day).map((run) => wantedOf(this.#runOf(this.#mergeable(run))));
      const run = wanted.find((one) => one.length > 0) ?? [];
      const [first, last] = [run[0], run.at(-1)];
      if (first === undefined || last === undefined) continue;
      const range = { first: first.range.first, last: last.range.last };
      if (!replacer.isClear(day, { range, rewrites: 0 })) continue;
      return { subject: day, run: () => this.#merge(day, run) };
    }
    return undefined;
  }

  #smallPartOf(run: readonly Part[]): readonly Part[] {
    if (isSmall(run)) return run;
    const newest = this.#isMergingMuch ? newestWithin(run, SMALL_MERGE_BYTES) : [];
    return newest.length >= MIN_STOPGAP_PARTS ? newest : [];
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
    const { replacer, parts: catalog } = this.#options;
    if (parts.every((part) => replacer.isReplaceable(part))) return parts;
    const from = parts.findLastIndex((part) => catalog.isTaken(part)) + 1;
    return parts.slice(from).filter((part) => replacer.isReplaceable(part));
  }

  async #merge(day: EpochDay, run: readonly Part[]): Promise<void> {
    const { dataDir, replacer, jobs, observer } = this.#options;
    const startedAtMs = performance.now();
    const [first, last] = [run[0] as Part, run.at(-1) as Part];
    const range = { first: first.range.first, last: last.range.last };
    const paths = run.map((part) => part.path);
    const replacement = { day, old: run, identity: { range, rewrites: 0 } };
    const merged = await replacer.replace(replacement, () =>
      jobs.compact({ dataDir, day, range, paths }),
    );
    if (merged === undefined) return;
    const durationMs = performance.now() - startedAtMs;
    observer.compacted({ parts: run.length, duplicates: merged.duplicates, durationMs });
  }
}

const isSmall = (run: readonly Part[]): boolean => totalBytes(run) <= SMALL_MERGE_BYTES;

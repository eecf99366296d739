import type { EpochDay } from '../../../readings/reading.ts';
import { PART_VERSION, partVersionOf } from '../../rows/part-file.ts';
import type { Jobs } from '../parts/jobs.ts';
import type { Part, PartCatalog } from '../parts/part-catalog.ts';
import type { Step, Task } from './lane.ts';
import type { PartReplacer } from './part-replacer.ts';

export interface UpgraderOptions {
  readonly dataDir: string;
  readonly parts: PartCatalog;
  readonly replacer: PartReplacer;
  readonly jobs: Jobs;
}

/** Rewrites parts of an earlier version, which only an earlier service has left, one a step. */
export class Upgrader implements Task {
  readonly name = 'rewriting old Parquet';
  readonly canWait = true;
  readonly #options: UpgraderOptions;
  /** Those that may have such a part. */
  readonly #days: Set<EpochDay>;

  constructor(options: UpgraderOptions) {
    this.#options = options;
    this.#days = new Set(options.parts.days);
  }

  next(isWaiting: (subject: unknown) => boolean): Step | undefined {
    const { parts, replacer } = this.#options;
    for (const day of this.#days) {
      const outdated = parts.ofDay(day).filter(isOutdated);
      if (outdated.length === 0) this.#days.delete(day);
      const part = outdated.find(
        (one) =>
          !isWaiting(one) && replacer.isReplaceable(one) && replacer.isClear(day, upgraded(one)),
      );
      if (part !== undefined) return { subject: part, run: () => this.#upgrade(part) };
    }
    return undefined;
  }

  async #upgrade(part: Part): Promise<void> {
    const { dataDir, replacer, jobs } = this.#options;
    const { day, path } = part;
    const identity = upgraded(part);
    await replacer.replace({ day, old: [part], identity }, async () => {
      const result = await jobs.erase({ dataDir, day, path, erasures: [], identity });
      return result.outcome === 'rewritten' ? result : result.outcome;
    });
  }
}

const isOutdated = ({ path }: Part): boolean => partVersionOf(path) < PART_VERSION;
const upgraded = ({ range, rewrites }: Part) => ({ range, rewrites: rewrites + 1 });

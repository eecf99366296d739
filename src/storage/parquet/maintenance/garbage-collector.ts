import { dirname } from 'node:path';
import type { EpochDay } from '../../../readings/reading.ts';
import type { Files } from '../disk/files.ts';
import { dayFolder, partitionsFolder } from '../disk/layout.ts';
import type { Garbage, PartCatalog } from '../parts/part-catalog.ts';
import type { UserFilters } from '../parts/user-filters.ts';
import type { Step, Task } from './lane.ts';

export interface GarbageCollectorOptions {
  readonly files: Files;
  readonly dataDir: string;
  readonly parts: PartCatalog;
  readonly filters: UserFilters;
}

/** Removes files that are in force no longer, one a step, so that none is in the way of another. */
export class GarbageCollector {
  readonly #options: GarbageCollectorOptions;

  constructor(options: GarbageCollectorOptions) {
    this.#options = options;
  }

  readonly removingFiles: Task = {
    name: 'removing replaced parts',
    canWait: false,
    next: (isWaiting): Step | undefined => {
      const garbage = this.#options.parts.removable.find((one) => !isWaiting(one));
      return garbage && { subject: garbage, run: () => this.#removeFile(garbage) };
    },
  };

  /** Not while a day is being flushed: the folder must not go just when a part is to be made in it. */
  readonly removingFolders: Task = {
    name: 'removing an empty day',
    canWait: false,
    next: (isWaiting): Step | undefined => {
      const { parts } = this.#options;
      if (parts.emptyDays.size === 0) return undefined;
      const withGarbage = new Set([...parts.garbage].map(({ day }) => day));
      const isDue = (day: EpochDay) => !withGarbage.has(day) && !isWaiting(day);
      const day = [...parts.emptyDays].find(isDue);
      if (day === undefined) return undefined;
      return { subject: day, run: () => this.#removeFolder(day) };
    },
  };

  async #removeFile(garbage: Garbage): Promise<void> {
    const { files, parts, filters } = this.#options;
    await files.remove(garbage.path);
    await files.syncFolder(dirname(garbage.path));
    filters.forget(garbage);
    parts.forget(garbage);
  }

  async #removeFolder(day: EpochDay): Promise<void> {
    const { files, dataDir, parts } = this.#options;
    await files.removeEmptyFolder(dayFolder(dataDir, day));
    await files.syncFolder(partitionsFolder(dataDir));
    parts.forgetEmptyDay(day);
  }
}

import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { LoadGenerator } from './load/load-generator.ts';
import { DEVICES, SLOTS_PER_DAY } from './load/readings.ts';
import { removeScratchFolder, scratchFolder } from './scratch.ts';
import { BenchedService, PATIENT } from './service.ts';

export const FIRST_DAY_MS = Date.UTC(2024, 0, 15);
export const DAY_MS = 86_400_000;
export const BATCH_SIZE = 5_000;
const CONNECTIONS = 4;
const REPEAT_EVERY = 50;

export const readingsOfDay = (users: number): number => users * DEVICES.length * SLOTS_PER_DAY;

export interface StoredFolder {
  readonly dataDir: string;
  readonly users: number;
  readonly days: number;
}

/** Data folders with whole days of readings, everything flushed and compacted, and no process on it. */
export class StoredDays {
  readonly #load: LoadGenerator;
  readonly #made = new Map<string, Promise<StoredFolder>>();

  constructor(load: LoadGenerator) {
    this.#load = load;
  }

  /** A copy of one's own, made from a folder that is stored once; {@link discard} it when done. */
  async copy(users: number, days: number): Promise<StoredFolder> {
    const key = `${users} users, ${days} days`;
    let made = this.#made.get(key);
    if (made === undefined) {
      made = this.#make(users, days);
      this.#made.set(key, made);
    }
    const dataDir = join(scratchFolder(), 'data');
    cpSync((await made).dataDir, dataDir, { recursive: true });
    return { dataDir, users, days };
  }

  discard({ dataDir }: StoredFolder): void {
    removeScratchFolder(join(dataDir, '..'));
  }

  /** More days go on from where fewer ended. */
  async #make(users: number, days: number): Promise<StoredFolder> {
    const { dataDir } =
      days > 1 ? await this.copy(users, 1) : { dataDir: join(scratchFolder(), 'data') };
    const storedDays = days > 1 ? 1 : 0;
    const service = new BenchedService(dataDir, PATIENT);
    const batches = (readingsOfDay(users) * days) / BATCH_SIZE;
    const storedBatches = (readingsOfDay(users) * storedDays) / BATCH_SIZE;
    const requests = (upTo: number) => upTo + Math.floor(upTo / REPEAT_EVERY);
    const { otherStatuses } = await this.#load.run({
      url: await service.ready,
      connections: CONNECTIONS,
      requests: {
        kind: 'readings',
        format: 'ndjson',
        size: BATCH_SIZE,
        users,
        firstDayMs: FIRST_DAY_MS,
        firstRequest: requests(storedBatches),
        requests: requests(batches) - requests(storedBatches),
        repeatEvery: REPEAT_EVERY,
      },
    });
    if (otherStatuses.size > 0) throw new Error('not all readings were stored');
    await service.settle();
    await service.stop();
    return { dataDir, users, days };
  }
}

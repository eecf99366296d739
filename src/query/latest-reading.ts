import { ALL_TIME } from '../readings/time-range.ts';
import type { ReadingStore, ScannedDay } from '../storage/reading-store.ts';
import { ClientGoneError } from './client-gone.ts';
import type { LatestReading } from './latest-plan.ts';
import { collecting, readDays } from './read-days.ts';
import type { VersionedRead } from './read-versions.ts';
import type { RunReader } from './reader/run-reader.ts';

export type { LatestReading } from './latest-plan.ts';

export interface LatestRequest {
  readonly userId: string;
  /** Only this device's readings. */
  readonly deviceId?: string;
}

/** Who waits for it. */
interface Asker {
  readonly signal?: AbortSignal | undefined;
  readonly versions?: VersionedRead | undefined;
}

/** The user's most recent reading. A day in which there is none after all is passed over. */
export const latestReading = async (
  store: ReadingStore,
  reader: RunReader,
  asked: LatestRequest,
  { signal, versions }: Asker = {},
): Promise<LatestReading | undefined> => {
  const request = { ...asked, range: ALL_TIME };
  const read = async ([day]: readonly [ScannedDay, ...ScannedDay[]]) => {
    const latest = await collecting.run(() => reader.latest(day.source()));
    versions?.saw(day);
    return latest;
  };
  for await (const day of store.scanBackwards(request)) {
    if (signal?.aborted) throw new ClientGoneError();
    const latest = await readDays(store, request, [day], read);
    if (latest === undefined) continue;
    versions?.end();
    return latest;
  }
  return undefined;
};

import { ReadingBatch } from '../../src/readings/reading-batch.ts';
import type { ReadingStore } from '../../src/storage/reading-store.ts';

/** A store with users of its own, within another: their ids begin with `prefix` there. */
export const prefixedStore = (store: ReadingStore, prefix: string): ReadingStore => {
  const prefixed = <T extends { readonly userId: string }>(of: T): T => ({
    ...of,
    userId: prefix + of.userId,
  });
  return {
    append(batch) {
      const inner = new ReadingBatch();
      for (const { userId, deviceId, timestampsMicros, heartRates } of batch.runs) {
        for (const [at, micros] of timestampsMicros.entries()) {
          inner.add(prefix + userId, deviceId, micros, heartRates[at] as number);
        }
      }
      return store.append(inner);
    },
    scan: (request) => store.scan(prefixed(request)),
    scanBackwards: (request) => store.scanBackwards(prefixed(request)),
    checkDay: (day, refusal) => store.checkDay(day, refusal),
    erase: (erasure) => store.erase(prefixed(erasure)),
    intakeDay: () => store.intakeDay(),
    health: () => store.health(),
    close: () => store.close(),
  };
};

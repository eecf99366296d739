import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../support/store.ts';
import type { Place } from './place.ts';

/** A folder, of the store that needs nothing else. */
export const embeddedPlace = async (): Promise<Place> => {
  const folder = await mkdtemp(join(tmpdir(), 'heart-rate-conformance-'));
  const dataDir = join(folder, 'data');
  return {
    // Each commit becomes Parquet, so that not only memory is asked.
    open: async (options) =>
      (await openStore(dataDir, { ...options, segmentMaxBytes: 2_000 })).store,
    environment: { DATA_DIR: join(folder, 'service') },
    isShared: false,
    close: () => rm(folder, { recursive: true, force: true }),
  };
};

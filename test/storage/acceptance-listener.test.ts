import { expect, it } from 'vitest';
import type { AcceptanceListener } from '../../src/storage/acceptance-listener.ts';
import { nodeFiles } from '../../src/storage/parquet/disk/node-files.ts';
import { StoreUnavailableError } from '../../src/storage/reading-store.ts';
import { append, openStore, reading } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { tracedFiles } from './traced-files.ts';

const TEN = '2024-01-15T10:00:00Z';

/** A listener, and the heart rates it was told of. */
const heard = () => {
  const rates: number[] = [];
  const listener: AcceptanceListener = {
    accepted: (_, { runs }) => {
      for (const { heartRates } of runs) rates.push(...heartRates);
    },
    erased: () => {},
  };
  return { rates, listener };
};

it.each(['append', 'datasync'] as const)(
  'is not told of readings whose %s failed, and then of those that follow',
  async (operation) => {
    let isFailing = false;
    const { files } = tracedFiles(nodeFiles, (call) => {
      if (isFailing && call.operation === operation) {
        throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
      }
    });
    const { rates, listener } = heard();
    const { store } = await openStore(await temporaryFolder(), { files, listener });
    await append(store, reading('ann', 'a', TEN, 70));
    expect(rates).toEqual([70]);
    isFailing = true;
    await expect(append(store, reading('ann', 'a', TEN, 80))).rejects.toThrow(
      StoreUnavailableError,
    );
    isFailing = false;
    await append(store, reading('ann', 'a', TEN, 90));
    expect(rates).toEqual([70, 90]);
    await store.close();
  },
);

it('is told before the readings are acknowledged, and not of what a start replays', async () => {
  const dataDir = await temporaryFolder();
  const first = heard();
  const { store } = await openStore(dataDir, { listener: first.listener });
  let acknowledgedWith: readonly number[] = [];
  await append(store, reading('ann', 'a', TEN, 70)).then(() => {
    acknowledgedWith = [...first.rates];
  });
  expect(acknowledgedWith).toEqual([70]);
  await store.close();
  const second = heard();
  const again = await openStore(dataDir, { listener: second.listener });
  expect(second.rates).toEqual([]);
  await again.store.close();
});

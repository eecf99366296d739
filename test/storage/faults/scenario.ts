/** What the store is given to do while its disk fails: some work of every kind. */

import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';
import { collected } from '../../support/collected.ts';
import type { DiskModel } from './disk-model.ts';
import { History, type Request } from './history.ts';
import { randomOf } from './random.ts';
import { RequestMaker } from './request-maker.ts';
import { StoreUnderTest, withDisk } from './store-under-test.ts';

/** A folder that was closed in order, and what was sent to it. */
export interface Prepared {
  readonly disk: DiskModel;
  readonly history: History;
}

/** A folder with a day of as many parts as it may have: one more, and it is compacted. */
export const prepare = (): Promise<Prepared> =>
  withDisk({}, async (files) => {
    const history = new History();
    const maker = new RequestMaker(randomOf(0));
    const opened = await StoreUnderTest.open(files, { segmentMaxBytes: 1 });
    for (let part = 0; part < 4; part++) await opened.send(history, maker.single());
    await opened.store.close();
    return { disk: files.snapshot(), history };
  });

/** Sends a request; false when it is rejected for the only reason there may be. */
export const attempt = async (
  opened: StoreUnderTest,
  history: History,
  request: Request,
): Promise<boolean> => {
  try {
    await opened.send(history, request);
    return true;
  } catch (error) {
    if (error instanceof StoreUnavailableError) return false;
    throw error;
  }
};

/**
 * Appends, some at once; rotation, flushes to two days and compaction, and erasures, of a person
 * and of some readings, both while a scan goes on, so that the removal of old parts waits for it;
 * and appends of the erased users.
 */
export const work = async (
  opened: StoreUnderTest,
  history: History,
  maker: RequestMaker,
  rounds = 1,
): Promise<void> => {
  await attempt(opened, history, maker.single('ann'));
  for (let round = 0; round < rounds; round++) {
    await duringScan(opened, 'ben', async () => {
      const requests = [maker.single('ben'), maker.batch()];
      await Promise.all(requests.map((request) => attempt(opened, history, request)));
    });
    // Appends while the store is at work.
    for (let more = 0; more < round; more++) await attempt(opened, history, maker.single());
    await opened.idle();
  }
  await duringScan(opened, 'ann', async () => {
    await attempt(opened, history, maker.narrowErasure('ben'));
    await attempt(opened, history, { kind: 'erase', erasure: { userId: 'ann' } });
    await attempt(opened, history, maker.single('ann'));
    await attempt(opened, history, maker.single('ben'));
  });
};

/** What a scan has begun with stays readable for it, whatever becomes of it meanwhile. */
const duringScan = async (
  opened: StoreUnderTest,
  userId: string,
  act: () => Promise<void>,
): Promise<void> => {
  const scan = opened.scan(userId);
  const first = await scan.next();
  await act();
  await opened.idle();
  if (!first.done) await collected(first.value);
  await scan.return();
  await opened.idle();
};

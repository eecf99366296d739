import { expect, test } from 'vitest';
import { LiveReadings } from '../../../src/query/live/live-readings.ts';
import type { EpochMicros } from '../../../src/readings/reading.ts';
import { ReadingBatch } from '../../../src/readings/reading-batch.ts';
import { Announcer } from '../../../src/storage/cassandra/announcer.ts';
import { StoreUnavailableError } from '../../../src/storage/reading-store.ts';

const OF_ANN = { userId: 'ann' };

const oneReading = (deviceId: string): ReadingBatch => {
  const batch = new ReadingBatch();
  batch.add('ann', deviceId, 0 as EpochMicros, 70);
  return batch;
};

/** One who follows a user and takes nothing yet, and the devices whose readings wait for it. */
const followed = () => {
  const live = new LiveReadings({ maxStreams: 1, isShared: true });
  const { reader } = live.follow(OF_ANN);
  const waiting = async () => {
    const news = await reader.next();
    live.close();
    return Array.isArray(news) ? news.map(({ deviceId }) => deviceId) : news;
  };
  return { announcer: new Announcer(live), waiting, reader };
};

test('what an erasure has found is not given any more', async () => {
  const { announcer, waiting } = followed();
  announcer.accepted(oneReading('before'));
  await announcer.erasing(OF_ANN, async () => {
    announcer.accepted(oneReading('meanwhile'));
    return 1;
  });
  announcer.accepted(oneReading('after'));
  expect(await waiting()).toEqual(['after']);
});

test('what one that failed may have erased is not given any more', async () => {
  const { announcer, waiting, reader } = followed();
  announcer.accepted(oneReading('before'));
  const failure = new StoreUnavailableError('no quorum', 1);
  const erased = announcer.erasing(OF_ANN, () => Promise.reject(failure));
  await expect(erased).rejects.toBe(failure);
  expect(reader.pendingBytes).toBe(0);
  announcer.accepted(oneReading('after'));
  expect(await waiting()).toEqual(['after']);
});

test('one that finds nothing takes what came before it, and leaves what came meanwhile', async () => {
  const { announcer, waiting } = followed();
  announcer.accepted(oneReading('before'));
  const count = await announcer.erasing(OF_ANN, async () => {
    announcer.accepted(oneReading('meanwhile'));
    return 0;
  });
  expect(count).toBe(0);
  expect(await waiting()).toEqual(['meanwhile']);
});

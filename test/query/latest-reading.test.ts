import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SeriesQuery } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { EpochMicros, Reading } from '../../src/readings/reading.ts';
import { MICROS_PER_DAY } from '../../src/readings/timestamp.ts';
import { partitionsFolder } from '../../src/storage/parquet/disk/layout.ts';
import type { ReadingStore } from '../../src/storage/reading-store.ts';
import {
  append,
  FLUSH_EVERY_COMMIT,
  flushed,
  openStore,
  partNames,
  reading,
} from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIRST = reading('', '', '2020-01-01T12:00:00Z', 0).timestampMicros;
const onDay = (userId: string, deviceId: string, day: number, rate: number): Reading =>
  reading(userId, deviceId, FIRST + day * MICROS_PER_DAY, rate);

const latest = async (store: ReadingStore, userId: string, deviceId?: string) => {
  const query = new SeriesQuery(store, DEVICE_PRIORITIES);
  const found = await query.latest({ userId, ...(deviceId === undefined ? {} : { deviceId }) });
  return (
    found && [found.deviceId, (found.timestampMicros - FIRST) / MICROS_PER_DAY, found.heartRate]
  );
};

test('the same instant goes by priority, the same identity by the last accepted, in parts and memory', async () => {
  const dataDir = await temporaryFolder();
  const parts = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  await append(parts.store, onDay('ann', 'a_watch', 1, 60), onDay('ann', 'device_b', 1, 70));
  await append(parts.store, onDay('ann', 'device_b', 1, 71), onDay('ann', 'device_a', 0, 90));
  await flushed(parts.store);
  expect(await latest(parts.store, 'ann')).toEqual(['device_b', 1, 71]);
  await parts.store.close();
  const { store } = await openStore(dataDir);
  await append(store, onDay('ann', 'device_b', 1, 72));
  expect(await latest(store, 'ann')).toEqual(['device_b', 1, 72]);
  await append(store, onDay('ann', 'device_a', 1, 80));
  expect(await latest(store, 'ann')).toEqual(['device_a', 1, 80]);
  expect(await latest(store, 'ann', 'a_watch')).toEqual(['a_watch', 1, 60]);
  await append(store, onDay('ann', 'a_watch', 2, 61));
  expect(await latest(store, 'ann')).toEqual(['a_watch', 2, 61]);
  expect(await latest(store, 'ben')).toBeUndefined();
  await store.close();
});

test('days before are found behind days of others, of other devices, and erased ones', async () => {
  const dataDir = await temporaryFolder();
  const parts = await openStore(dataDir);
  const others = Array.from({ length: 40 }, (_, day) => onDay('ben', 'a', day + 1, 60));
  const own = [3, 20, 30].map((day) => onDay('ann', day === 3 ? 'b' : 'a', day, 60 + day));
  await append(parts.store, ...others, ...own, onDay('ann', 'b', 0, 50));
  await parts.store.close();
  const { store } = await openStore(dataDir);
  expect(await latest(store, 'ann')).toEqual(['a', 30, 90]);
  expect(await latest(store, 'ann', 'b')).toEqual(['b', 3, 63]);
  const startMicros = (FIRST + 20 * MICROS_PER_DAY) as EpochMicros;
  const endMicros = (FIRST + 40 * MICROS_PER_DAY) as EpochMicros;
  await store.erase({ userId: 'ann', range: { startMicros, endMicros } });
  expect(await latest(store, 'ann')).toEqual(['b', 3, 63]);
  // Of a day long before all parts, in memory alone.
  await store.erase({ userId: 'ann' });
  await append(store, onDay('ann', 'a', -5_000, 55));
  expect(await latest(store, 'ann')).toEqual(['a', -5_000, 55]);
  await store.close();
});

test('a damaged day is set aside, and the one before it answers', async () => {
  const dataDir = await temporaryFolder();
  const parts = await openStore(dataDir);
  await append(parts.store, onDay('ann', 'a', 1, 61), onDay('ann', 'a', 2, 62));
  await parts.store.close();
  const { store } = await openStore(dataDir);
  expect(await latest(store, 'ann')).toEqual(['a', 2, 62]);
  const [, newest = ''] = await partNames(dataDir);
  await truncate(join(partitionsFolder(dataDir), newest), 100);
  expect(await latest(store, 'ann')).toEqual(['a', 1, 61]);
  expect(store.health().state).toBe('degraded');
  await store.close();
});

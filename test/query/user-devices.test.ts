import { expect, test } from 'vitest';
import { ClientGoneError } from '../../src/query/client-gone.ts';
import { SeriesQuery } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { EpochMicros } from '../../src/readings/reading.ts';
import { MICROS_PER_DAY } from '../../src/readings/timestamp.ts';
import { append, FLUSH_EVERY_COMMIT, flushed, openStore, reading } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FIRST = reading('', '', '2024-01-15T00:00:00Z', 0).timestampMicros;
const HOUR = MICROS_PER_DAY / 24;
const at = (device: string, hours: number, rate = 60) =>
  reading('ann', device, FIRST + hours * HOUR, rate);

test('each identity counts once, each day once, over parts, memory and runs of days', async () => {
  const dataDir = await temporaryFolder();
  const parts = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  // Of forty days, so of several runs.
  await append(parts.store, ...Array.from({ length: 40 }, (_, day) => at('b', 24 * day + 12)));
  await append(parts.store, at('b', 12, 61), at('a', 23), reading('ben', 'c', FIRST, 60));
  await flushed(parts.store);
  await parts.store.close();
  const { store } = await openStore(dataDir);
  await append(store, at('b', 12, 62), at('b', 13), at('a', 24), at('é', 1), at('late', 24 * 40));
  const query = new SeriesQuery(store, DEVICE_PRIORITIES);
  const ask = async (userId: string, hours: number, ...named: string[]) => {
    const endMicros = (FIRST + hours * HOUR) as EpochMicros;
    const range = { startMicros: FIRST, endMicros };
    const ofDevices = named.length === 0 ? {} : { deviceIds: named };
    const found = await query.devices({ userId, range, ...ofDevices });
    return found.map(({ deviceId, firstMicros, lastMicros, readings, days }) => [
      deviceId,
      (firstMicros - FIRST) / HOUR,
      (lastMicros - FIRST) / HOUR,
      readings,
      days,
    ]);
  };
  expect(await ask('ann', 24 * 40)).toEqual([
    ['a', 23, 24, 2, 2],
    ['b', 12, 24 * 39 + 12, 41, 40],
    ['é', 1, 1, 1, 1],
  ]);
  // Clipped to the range.
  expect(await ask('ann', 13)).toEqual([
    ['b', 12, 12, 1, 1],
    ['é', 1, 1, 1, 1],
  ]);
  expect(await ask('nobody', 24)).toEqual([]);
  // Of these devices alone, wherever their readings are.
  expect(await ask('ann', 13, 'é')).toEqual([['é', 1, 1, 1, 1]]);
  expect(await ask('ann', 24 * 40, 'é', 'a', 'c')).toEqual([
    ['a', 23, 24, 2, 2],
    ['é', 1, 1, 1, 1],
  ]);
  expect(await ask('ann', 24 * 40, 'c', 'd')).toEqual([]);
  await store.close();
});

test('a client that has left ends it as it ends a series', async () => {
  const { store } = await openStore(await temporaryFolder());
  await append(store, at('a', 1));
  const query = new SeriesQuery(store, DEVICE_PRIORITIES);
  const range = { startMicros: FIRST, endMicros: (FIRST + HOUR * 24) as EpochMicros };
  const asked = query.devices({ userId: 'ann', range }, AbortSignal.abort());
  await expect(asked).rejects.toThrow(ClientGoneError);
  await store.close();
});

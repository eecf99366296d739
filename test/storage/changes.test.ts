import { readdir, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EpochDay, EpochMicros, TimeRange } from '../../src/readings/reading.ts';
import { dayFolder } from '../../src/storage/parquet/disk/layout.ts';
import type { DayScan, DayVersion, ReadingStore } from '../../src/storage/reading-store.ts';
import { collected } from '../support/collected.ts';
import {
  append,
  EVER,
  FLUSH_EVERY_COMMIT,
  flushed,
  openStore,
  reading,
  scanRequest,
  until,
} from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Of the same day as TEN. */
const START = 1_705_276_800_000_000 as EpochMicros;
const TEN = START + 36_000_000_000;
const MIDNIGHT = START + 86_400_000_000;

describe('what changed since', () => {
  const daysOf = async (store: ReadingStore, userId = 'ann') => {
    const days: DayScan[] = [];
    for await (const day of store.scan(scanRequest(userId))) days.push(day);
    return days;
  };
  const firstDay = async (store: ReadingStore): Promise<DayScan> =>
    (await daysOf(store))[0] as DayScan;
  const extent = (first: number, last: number) => ({ startMicros: first, endMicros: last + 1 });

  it('is nothing as long as no reading of the user comes in for the day', async () => {
    const { store } = await openStore(await temporaryFolder());
    await append(store, reading('ann', 'a', TEN, 70));
    const { version } = await firstDay(store);
    await append(store, reading('ben', 'a', TEN, 70));
    await append(store, reading('ann', 'a', MIDNIGHT, 70));
    expect((await firstDay(store)).changesSince(version)).toBe('none');
    await store.close();
  });

  it('reaches from the first to the last reading that came in', async () => {
    const dataDir = await temporaryFolder();
    const parts = await openStore(dataDir, FLUSH_EVERY_COMMIT);
    await append(parts.store, reading('ann', 'a', TEN, 70));
    await parts.store.close();
    const { store } = await openStore(dataDir);
    const inParts = await firstDay(store);
    await append(store, reading('ann', 'b', TEN + 9, 70));
    await append(store, reading('ann', 'a', TEN + 5, 70));
    const changed = await firstDay(store);
    expect(changed.changesSince(inParts.version)).toEqual(extent(TEN + 5, TEN + 9));
    await append(store, reading('ann', 'a', TEN + 7, 70));
    const again = (await firstDay(store)).changesSince(changed.version);
    expect(again).toEqual(extent(TEN + 7, TEN + 7));
    await store.close();
  });

  it('is clipped to what is asked for, of a device if it is one', async () => {
    const dataDir = await temporaryFolder();
    const parts = await openStore(dataDir);
    await append(parts.store, reading('ann', 'a', START, 70), reading('ann', 'b', START, 70));
    await parts.store.close();
    const { store } = await openStore(dataDir);
    const range = { startMicros: START, endMicros: (START + 10) as EpochMicros };
    const request = { userId: 'ann', deviceId: 'a', range };
    const scan = async () => {
      for await (const day of store.scan(request)) return day;
      throw new Error('nothing found');
    };
    const { version } = await scan();
    await append(store, reading('ann', 'a', START + 10, 70), reading('ann', 'b', START + 1, 70));
    expect((await scan()).changesSince(version)).toBe('none');
    await append(store, reading('ann', 'a', START + 2, 70));
    expect((await scan()).changesSince(version)).toEqual(extent(START + 2, START + 2));
    await store.close();
  });

  it('is not known when it has left memory, unless the parts of the day are the same', async () => {
    const { store } = await openStore(await temporaryFolder(), FLUSH_EVERY_COMMIT);
    await append(store, reading('ann', 'a', TEN, 70), reading('ann', 'a', MIDNIGHT, 70));
    await flushed(store);
    const [before, nextBefore] = await daysOf(store);
    await append(store, reading('ben', 'a', MIDNIGHT, 70));
    await flushed(store);
    // A part that cannot hold the user changes nothing of what is known.
    const [, nextBeside] = await daysOf(store);
    expect(nextBeside?.changesSince(nextBefore?.version as DayVersion)).toBe('none');
    await append(store, reading('ann', 'a', MIDNIGHT + 1, 70));
    await flushed(store);
    const [after, nextAfter] = await daysOf(store);
    expect(after?.changesSince(before?.version as DayVersion)).toBe('none');
    expect(nextAfter?.changesSince(nextBefore?.version as DayVersion)).toBe('unknown');
    await store.close();
  });

  it.each([
    ['an erasure', (store: ReadingStore) => store.erase({ userId: 'ben' })],
    ['damage', (store: ReadingStore, dataDir: string) => damageDayOf(store, dataDir, 'ben')],
  ])('is not known after %s', async (_, takeAway) => {
    const dataDir = await temporaryFolder();
    const { store } = await openStore(dataDir, FLUSH_EVERY_COMMIT);
    await append(store, reading('ann', 'a', TEN, 70), reading('ben', 'a', MIDNIGHT, 80));
    await flushed(store);
    const { version } = await firstDay(store);
    await takeAway(store, dataDir);
    expect((await firstDay(store)).changesSince(version)).toBe('unknown');
    await store.close();
  });

  /** Has the only part of the user's day set aside. */
  const damageDayOf = async (store: ReadingStore, dataDir: string, userId: string) => {
    const [scan] = await daysOf(store, userId);
    const day = scan?.day as EpochDay;
    const folder = dayFolder(dataDir, day);
    const [name] = await readdir(folder);
    await truncate(join(folder, name as string), 10);
    expect(await store.checkDay(day)).toBe(true);
  };
});

describe('the frame of a range', () => {
  const MINUTE = 60_000_000;
  const minutesOf = async (store: ReadingStore, from: number, to: number, deviceId?: string) => {
    const range = { startMicros: TEN + from * MINUTE, endMicros: TEN + to * MINUTE } as TimeRange;
    for await (const scan of store.scan(scanRequest('ann', EVER, deviceId))) {
      const rows = (await collected(scan, range)).toRecords() as { timestamp: number }[];
      return rows.map(({ timestamp }) => (timestamp - TEN) / MINUTE).sort((a, b) => a - b);
    }
    return [];
  };

  it.each([
    ['parts', FLUSH_EVERY_COMMIT],
    ['parts and in memory', { segmentMaxBytes: 2_000 }],
    ['memory', {}],
  ])('has the rows of it that are in %s', async (place, overrides) => {
    const { store } = await openStore(await temporaryFolder(), overrides);
    const minutes = [-90, -1, 0, 1, 2, 61, 62, 180, 300];
    for (let batch = 0; batch < 8; batch++) {
      const at = (minute: number) => TEN + minute * MINUTE;
      await append(
        store,
        ...minutes.map((minute) => reading('ann', 'a', at(minute), 60 + batch)),
        reading('ann', 'b', at(2) + 1, 60 + batch),
        reading('ben', 'a', at(0), 60 + batch),
      );
    }
    if (place !== 'memory') await until('there is a part', () => store.health().parts > 0);
    if (place === 'parts') await flushed(store);
    else expect(store.health().unflushedReadings).toBeGreaterThan(0);
    const distinct = async (from: number, to: number) => [
      ...new Set(await minutesOf(store, from, to, 'a')),
    ];
    for (const [from, to] of [
      [0, 2],
      [0, 2],
      [1, 3],
      [0, 62],
      [-100, 400],
      [0, 2],
    ] as const) {
      const expected = minutes.filter((minute) => minute >= from && minute < to);
      expect(await distinct(from, to)).toEqual(expected);
    }
    expect(new Set(await minutesOf(store, 2, 3))).toEqual(new Set([2, 2 + 1 / MINUTE]));
    await store.close();
  });
});

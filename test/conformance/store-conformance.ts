import { afterAll, beforeAll, expect, it } from 'vitest';
import { ReadVersions } from '../../src/query/read-versions.ts';
import type { SeriesRequest } from '../../src/query/series-query.ts';
import { SeriesQuery } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { Erasure } from '../../src/readings/erasure.ts';
import type { EpochMicros, Reading } from '../../src/readings/reading.ts';
import { ALL_TIME } from '../../src/readings/time-range.ts';
import { MICROS_PER_DAY, MICROS_PER_MINUTE } from '../../src/readings/timestamp.ts';
import type { ReadingStore } from '../../src/storage/reading-store.ts';
import { answered } from '../support/series-rows.ts';
import { append, reading, rowsOf, scanRequest, until } from '../support/store.ts';
import { newUser, type OpenOptions, type Place } from './place.ts';

const TEN = Date.parse('2024-01-15T10:00:00Z') * 1000;
const MINUTES: SeriesRequest['interval'] = '1m';

const seriesOf = (userId: string): SeriesRequest => ({
  userId,
  range: ALL_TIME,
  interval: MINUTES,
  priorityScope: 'timestamp',
});

/** What every store promises of itself, whatever keeps its readings. */
export const storeConformance = (placeOf: () => Place): void => {
  let store: ReadingStore;
  beforeAll(async () => {
    store = await placeOf().open();
  });
  afterAll(() => store.close());

  const opened = async (options?: OpenOptions): Promise<ReadingStore> => {
    await store.close();
    store = await placeOf().open(options);
    return store;
  };
  const hasRows = async (userId: string, rows: [string, number, number][]) =>
    expect(await rowsOf(store, scanRequest(userId))).toEqual(rows);

  it('is well', () => {
    expect(store.health()).toMatchObject({ state: 'ok', reasons: [] });
  });

  it('keeps readings of other users, devices and instants apart', async () => {
    const [user, other] = [newUser(), newUser()];
    await append(
      store,
      reading(user, 'a', TEN, 60),
      reading(user, 'a', TEN + 1, 61),
      reading(user, 'b', TEN, 62),
      reading(other, 'a', TEN, 63),
    );
    await hasRows(user, [
      ['a', TEN, 60],
      ['b', TEN, 62],
      ['a', TEN + 1, 61],
    ]);
    await hasRows(other, [['a', TEN, 63]]);
    await hasRows(newUser(), []);
  });

  it('takes ids for texts, whatever they hold', async () => {
    const user = newUser();
    const hostile = [
      "'; DROP TABLE chunks; --",
      "' OR '1'='1",
      '") OR 1=1 /*',
      '$$ ? :user_id {} \\',
      '../../wal',
      '__proto__',
    ].map((text) => `${user} ${text}`);
    for (const id of hostile) await append(store, reading(id, id, TEN, 60));
    await append(store, reading(user, 'a', TEN, 61));
    for (const id of hostile) await hasRows(id, [[id, TEN, 60]]);
    for (const id of hostile) {
      expect(await store.erase({ userId: id, deviceId: id })).toBe(1);
      expect(await store.erase({ userId: id, deviceId: id })).toBe(0);
      await hasRows(id, []);
    }
    await hasRows(user, [['a', TEN, 61]]);
  });

  it('finds nothing of nobody, whose id is empty', async () => {
    await hasRows('', []);
    expect(await store.erase({ userId: '' })).toBe(0);
    expect(await store.erase({ userId: '', deviceId: 'a' })).toBe(0);
  });

  it('keeps the last value of an identity, within a batch and across', async () => {
    const user = newUser();
    await append(store, reading(user, 'a', TEN, 60), reading(user, 'a', TEN, 99));
    await hasRows(user, [['a', TEN, 99]]);
    await append(store, reading(user, 'a', TEN, 40));
    await hasRows(user, [['a', TEN, 40]]);
    // The smaller and the larger value alike, one right after the other.
    for (const rate of [80, 30, 200, 31]) {
      await append(store, reading(user, 'a', TEN, rate));
      await hasRows(user, [['a', TEN, rate]]);
    }
  });

  it('keeps the last of what is sent at the same time, in the order it was sent', async () => {
    const user = newUser();
    const sent = Array.from({ length: 50 }, (_, at) =>
      append(store, reading(user, 'a', TEN, 30 + at), reading(user, `b${at}`, TEN + at, 50)),
    );
    await Promise.all(sent);
    const rows = await rowsOf(store, scanRequest(user));
    expect(rows).toHaveLength(51);
    expect(rows[0]).toEqual(['a', TEN, 79]);
  });

  it('keeps every bit of a rate and every microsecond', async () => {
    const user = newUser();
    const rates = [30.000000000000004, 72.1, 1 / 3 + 60, 219.99999999999997];
    const readings = rates.map((rate, at) => reading(user, 'ärmel 😀', TEN + at, rate));
    await append(store, ...readings);
    await hasRows(
      user,
      rates.map((rate, at) => ['ärmel 😀', TEN + at, rate]),
    );
  });

  it('takes late readings and those of other days, first and last instants among them', async () => {
    const user = newUser();
    const days = [TEN + 5 * MICROS_PER_DAY, 0, TEN, ALL_TIME.endMicros - 1];
    for (const [at, micros] of days.entries())
      await append(store, reading(user, 'a', micros, 60 + at));
    const inOneBatch = days.map((micros, at) => reading(user, 'b', micros, 70 + at));
    await append(store, ...inOneBatch);
    const found = await rowsOf(store, { userId: user, range: ALL_TIME });
    expect(found.map(([device, , rate]) => `${device} ${rate}`)).toEqual([
      ...['a 61', 'b 71', 'a 62', 'b 72', 'a 60', 'b 70', 'a 63', 'b 73'],
    ]);
  });

  it('finds what lies in a range, which is half-open, and of a device', async () => {
    const user = newUser();
    const readings = ['a', 'b'].flatMap((device) =>
      [-1, 0, 1, 2].map((by) => reading(user, device, TEN + by, 60 + by)),
    );
    await append(store, ...readings);
    const range = { startMicros: TEN as EpochMicros, endMicros: (TEN + 2) as EpochMicros };
    const found = await rowsOf(store, { userId: user, range, deviceId: 'b' });
    expect(found).toEqual([
      ['b', TEN, 60],
      ['b', TEN + 1, 61],
    ]);
  });

  it('gives days in order, forwards and backwards, and says which is the last', async () => {
    const user = newUser();
    const days = Array.from({ length: 12 }, (_, day) => TEN + day * MICROS_PER_DAY);
    await append(store, ...days.map((micros) => reading(user, 'a', micros, 70)));
    const forwards: [number, boolean][] = [];
    for await (const { day, isLast } of store.scan(scanRequest(user))) forwards.push([day, isLast]);
    expect(forwards.map(([day]) => day)).toEqual(days.map((_, at) => 19_737 + at));
    expect(forwards.filter(([, isLast]) => isLast)).toEqual([[19_748, true]]);
    const backwards: number[] = [];
    for await (const { day } of store.scanBackwards(scanRequest(user))) backwards.push(day);
    expect(backwards).toEqual(forwards.map(([day]) => day).reverse());
  });

  const erasures: [string, Erasure | undefined, string[]][] = [
    ['all of a user', undefined, []],
    ['a device', { userId: '', deviceId: 'a' }, ['b 0', 'b 1', 'b 2']],
    [
      'a range',
      {
        userId: '',
        range: {
          startMicros: (TEN + MICROS_PER_DAY) as EpochMicros,
          endMicros: (TEN + 2 * MICROS_PER_DAY) as EpochMicros,
        },
      },
      ['a 0', 'b 0', 'a 2', 'b 2'],
    ],
    [
      'a device in a range',
      {
        userId: '',
        deviceId: 'b',
        range: { startMicros: TEN as EpochMicros, endMicros: (TEN + 1) as EpochMicros },
      },
      ['a 0', 'a 1', 'b 1', 'a 2', 'b 2'],
    ],
  ];

  it.each(erasures)(
    'erases %s for good, and what is sent afterwards lives',
    async (_, of, kept) => {
      const [user, other] = [newUser(), newUser()];
      const readings = [0, 1, 2].flatMap((day) =>
        ['a', 'b'].map((device) => reading(user, device, TEN + day * MICROS_PER_DAY, 60 + day)),
      );
      await append(store, ...readings, reading(other, 'a', TEN, 50));
      // The same identities twice count once.
      await append(store, ...readings);
      const erasure = { ...of, userId: user };
      const shown = async () =>
        (await rowsOf(store, scanRequest(user))).map(
          ([device, micros]) => `${device} ${(micros - TEN) / MICROS_PER_DAY}`,
        );
      expect(await store.erase(erasure)).toBe(6 - kept.length);
      expect(await shown()).toEqual(kept);
      expect(await store.erase(erasure)).toBe(0);
      await hasRows(other, [['a', TEN, 50]]);
      await opened();
      expect(await shown()).toEqual(kept);
      await append(store, ...readings);
      expect(await shown()).toHaveLength(6);
    },
  );

  it('erases what was acknowledged before, whatever is being sent meanwhile', async () => {
    const user = newUser();
    await append(store, reading(user, 'a', TEN, 60));
    let isErased = false;
    let sent = 0;
    const after: Reading[] = [];
    const sending = (async () => {
      for (; sent < 400 && after.length < 5; sent++) {
        const one = reading(user, 'b', TEN + sent, 61);
        // What begins after the erasure was acknowledged must be there.
        if (isErased) after.push(one);
        await append(store, one);
      }
    })();
    expect(await store.erase({ userId: user })).toBeGreaterThan(0);
    isErased = true;
    await sending;
    const rows = await rowsOf(store, scanRequest(user));
    expect(rows.filter(([device]) => device === 'a')).toEqual([]);
    expect(rows).toEqual(
      expect.arrayContaining(after.map((one) => ['b', one.timestampMicros, 61])),
    );
  });

  it('tells its listener of what it accepts and erases, before it acknowledges', async () => {
    const user = newUser();
    const told: string[] = [];
    await opened({
      listener: {
        accepted: (sequence, batch) => told.push(`${typeof sequence} ${batch.size}`),
        erased: (erasure) => told.push(`erased ${erasure.userId === user}`),
      },
    });
    await append(store, reading(user, 'a', TEN, 60), reading(user, 'a', TEN + 1, 61));
    expect(told).toEqual(['number 2']);
    await store.erase({ userId: user });
    expect(told).toEqual(['number 2', 'erased true']);
  });

  it('has after a restart what it had before', async () => {
    const user = newUser();
    await append(store, reading(user, 'a', TEN, 60));
    await opened();
    await append(store, reading(user, 'a', TEN, 61), reading(user, 'a', TEN + 1, 62));
    await opened();
    await hasRows(user, [
      ['a', TEN, 61],
      ['a', TEN + 1, 62],
    ]);
  });

  it('never gives a remembered answer that is not true any more', async () => {
    const user = newUser();
    const query = new SeriesQuery(store, DEVICE_PRIORITIES);
    const rates = async () =>
      (await answered(query.run(seriesOf(user)))).map((row) => row.heartRate);
    await append(store, reading(user, 'a', TEN, 60), reading(user, 'b', TEN + MICROS_PER_DAY, 70));
    expect(await rates()).toEqual([60, 70]);
    await append(store, reading(user, 'a', TEN, 61));
    expect(await rates()).toEqual([61, 70]);
    await append(store, reading(user, 'a', TEN + MICROS_PER_MINUTE, 62));
    expect(await rates()).toEqual([61, 62, 70]);
    await store.erase({ userId: user, deviceId: 'b' });
    expect(await rates()).toEqual([61, 62]);
    await append(store, reading(user, 'b', TEN + MICROS_PER_DAY, 71));
    expect(await rates()).toEqual([61, 62, 71]);
  });

  it('gives a tag that stays as long as nothing has changed', async () => {
    const user = newUser();
    const versions = new ReadVersions(store);
    const query = new SeriesQuery(store, DEVICE_PRIORITIES);
    const asked = async () => {
      const read = versions.series(seriesOf(user));
      const current = await read.current();
      for await (const _ of query.run(seriesOf(user), undefined, read));
      return { current, tag: read.tag };
    };
    await append(store, reading(user, 'a', TEN, 60));
    const first = await asked();
    expect(first.current).toBeUndefined();
    expect(await asked()).toEqual({ current: first.tag, tag: first.tag });
    await append(store, reading(user, 'a', TEN, 60));
    const second = await asked();
    expect(second.current).toBeUndefined();
    expect(second.tag).not.toBe(first.tag);
  });

  it('drops whole days that ended longer ago than readings are kept', async () => {
    const user = newUser();
    const now = Date.now() * 1000;
    const [old, fresh] = [now - 4 * MICROS_PER_DAY, now - MICROS_PER_DAY];
    await append(store, reading(user, 'a', old, 60), reading(user, 'a', fresh, 61));
    await opened({ retentionDays: 2 });
    await append(store, reading(user, 'a', fresh + 1, 62));
    await until('the old day has gone', async () =>
      (await rowsOf(store, scanRequest(user))).every(([, micros]) => micros >= fresh),
    );
    await hasRows(user, [
      ['a', fresh, 61],
      ['a', fresh + 1, 62],
    ]);
    await opened();
  });
};

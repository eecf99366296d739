import { expect, test } from 'vitest';
import { ReadVersions } from '../../src/query/read-versions.ts';
import type { SeriesRequest } from '../../src/query/series-query.ts';
import type { EpochDay, EpochMicros, Sequence, TimeRange } from '../../src/readings/reading.ts';
import type { Changes, DayVersion, ScannedDay } from '../../src/storage/reading-store.ts';

const rangeOf = (startMicros: number, endMicros: number): TimeRange => ({
  startMicros: startMicros as EpochMicros,
  endMicros: endMicros as EpochMicros,
});

const REQUEST: SeriesRequest = {
  userId: 'ann',
  range: rangeOf(0, 86_400e6),
  interval: '1m',
  priorityScope: 'timestamp',
};

const VERSION: DayVersion = { sequence: 1 as Sequence, removals: 0, parts: [], lengths: new Map() };
const never = () => expect.fail('no row may be read');

/** A day of which it is said what changed. */
const dayOf = (day: number, changes: Changes = 'none'): ScannedDay => ({
  day: day as EpochDay,
  distinct: true,
  version: VERSION,
  changesSince: (earlier) => (earlier === VERSION ? changes : 'unknown'),
  source: never,
});

/** A store whose days change when a test says so. */
class Days {
  days: ScannedDay[] = [];
  scanned = 0;

  async *scan() {
    for (const day of this.days) {
      this.scanned++;
      yield { ...day, isLast: day === this.days.at(-1) };
    }
  }

  async *scanBackwards() {
    for (const day of this.days.toReversed()) {
      this.scanned++;
      yield day;
    }
  }
}

const opened = (days: ScannedDay[], maxWeight = 100) => {
  const store = new Days();
  store.days = days;
  const versions = new ReadVersions(store, maxWeight);
  /** Reads a series and returns its tag. */
  const readSeries = (request = REQUEST): string => {
    const read = versions.series(request);
    for (const day of store.days) read.saw(day);
    read.end();
    return read.tag;
  };
  return { store, versions, readSeries };
};

test('what has not changed keeps its tag, and is known without being read', async () => {
  const { versions, readSeries } = opened([dayOf(1), dayOf(2)]);
  const tag = readSeries();
  expect(await versions.series(REQUEST).current()).toBe(tag);
  expect(readSeries()).toBe(tag);
});

test.each<[string, ScannedDay[]]>([
  ['a day changed', [dayOf(1), dayOf(2, rangeOf(0, 1))]],
  ['the store cannot tell', [dayOf(1, 'unknown'), dayOf(2)]],
  ['a day came', [dayOf(1), dayOf(2), dayOf(3)]],
  ['a day came before', [dayOf(0), dayOf(1), dayOf(2)]],
  ['a day went', [dayOf(1)]],
  ['all went', []],
  ['another day is in its place', [dayOf(1), dayOf(3)]],
])('%s: another tag', async (_, days) => {
  const { store, versions, readSeries } = opened([dayOf(1), dayOf(2)]);
  const tag = readSeries();
  store.days = days;
  expect(await versions.series(REQUEST).current()).toBeUndefined();
  expect(readSeries()).not.toBe(tag);
});

test('each request has tags of its own, and so has each process', async () => {
  const { store, versions, readSeries } = opened([dayOf(1)]);
  const tags = [
    readSeries(),
    readSeries({ ...REQUEST, userId: 'bob' }),
    readSeries({ ...REQUEST, interval: '1h' }),
    readSeries({ ...REQUEST, deviceId: 'device_a' }),
    readSeries({ ...REQUEST, range: rangeOf(1, 86_400e6) }),
    opened([dayOf(1)]).readSeries(),
  ];
  expect(new Set(tags).size).toBe(tags.length);
  const other = new ReadVersions(store);
  expect(await other.series(REQUEST).current()).toBeUndefined();
  expect(await versions.series({ ...REQUEST, userId: 'cid' }).current()).toBeUndefined();
});

test('a tag that is asked for before the end is new, and then remembered', async () => {
  const { store, versions, readSeries } = opened([dayOf(1)]);
  const before = readSeries();
  const read = versions.series(REQUEST);
  const { tag } = read;
  expect(tag).not.toBe(before);
  for (const day of store.days) read.saw(day);
  // Not all has been read: what was read before still counts.
  expect(await versions.series(REQUEST).current()).toBe(before);
  read.end();
  expect(read.tag).toBe(tag);
  expect(await versions.series(REQUEST).current()).toBe(tag);
});

test('the latest reading is looked for from the newest day to the one that had it', async () => {
  const { store, versions } = opened([dayOf(1), dayOf(2), dayOf(3)]);
  const read = versions.latest({ userId: 'ann' });
  read.saw(dayOf(3));
  read.saw(dayOf(2));
  read.end();
  expect(await versions.latest({ userId: 'ann' }).current()).toBe(read.tag);
  expect(store.scanned).toBe(2);
  expect(await versions.latest({ userId: 'ann', deviceId: 'device_a' }).current()).toBeUndefined();
  store.days.push(dayOf(4));
  expect(await versions.latest({ userId: 'ann' }).current()).toBeUndefined();
  store.days = [dayOf(3)];
  expect(await versions.latest({ userId: 'ann' }).current()).toBeUndefined();
});

test('a user who is forgotten has no tags any more, and others keep theirs', async () => {
  const { versions, readSeries } = opened([dayOf(1)]);
  readSeries();
  const tag = readSeries({ ...REQUEST, userId: 'anna' });
  versions.forget('ann');
  expect(await versions.series(REQUEST).current()).toBeUndefined();
  expect(await versions.series({ ...REQUEST, userId: 'anna' }).current()).toBe(tag);
});

test.each([
  [1_000, true],
  [100, false],
])('what is remembered is bounded by the names in it: %i', async (maxWeight, isKept) => {
  const names = Array.from({ length: 200 }, (_, chunk) => [`chunk ${chunk}`, 1] as const);
  const version = { ...VERSION, lengths: new Map(names) };
  const { versions, readSeries } = opened(
    [{ ...dayOf(1), version, changesSince: () => 'none' }],
    maxWeight,
  );
  readSeries();
  expect((await versions.series(REQUEST).current()) !== undefined).toBe(isKept);
});

test('a day that is read again is compared with what it was then', () => {
  const { versions, readSeries } = opened([dayOf(1), dayOf(2)]);
  const tag = readSeries();
  const read = versions.series(REQUEST);
  for (const day of [dayOf(1, 'unknown'), dayOf(2), dayOf(1)]) read.saw(day);
  read.end();
  expect(read.tag).toBe(tag);
});

test('the days that are remembered are bounded', async () => {
  const { versions, readSeries } = opened([dayOf(1), dayOf(2), dayOf(3)], 10);
  readSeries();
  readSeries({ ...REQUEST, userId: 'bob' });
  readSeries({ ...REQUEST, userId: 'cid' });
  expect(await versions.series(REQUEST).current()).toBeUndefined();
  expect(await versions.series({ ...REQUEST, userId: 'cid' }).current()).toBeDefined();
});

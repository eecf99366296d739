import { expect, it, test } from 'vitest';
import { SeriesCache } from '../../src/query/series-cache.ts';
import type { SeriesDay } from '../../src/query/series-day.ts';
import { SeriesQuery, type SeriesRequest } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { EpochMicros, Reading, Sequence } from '../../src/readings/reading.ts';
import type { DayScan, ScanRequest } from '../../src/storage/reading-store.ts';
import { FrameStore } from '../support/frame-store.ts';
import { seriesRows } from '../support/series-rows.ts';
import { USER } from './arbitrary-readings.ts';

const answerOf = (rows: number): SeriesDay => ({
  bucketsMicros: new Float64Array(rows),
  means: new Float64Array(rows),
  minima: new Float64Array(rows),
  maxima: new Float64Array(rows),
  counts: new Uint32Array(rows),
  devices: new Uint32Array(rows),
  deviceIds: [],
});

const VERSION = [{}, 7];

it('gives back what it was given, as long as the version is the same', () => {
  const cache = new SeriesCache();
  const answer = answerOf(3);
  expect(cache.get('a', VERSION)).toBeUndefined();
  cache.set('a', VERSION, answer);
  expect(cache.get('a', VERSION)).toBe(answer);
  expect(cache.get('b', VERSION)).toBeUndefined();
  expect(cache.get('a', [...VERSION])).toBe(answer);
});

test.each([
  ['another value', [VERSION[0], 8]],
  ['one less', [VERSION[0]]],
  ['one more', [...VERSION, 8]],
])('forgets what is of another version: %s', (_, version) => {
  const cache = new SeriesCache();
  cache.set('a', VERSION, answerOf(3));
  expect(cache.get('a', version)).toBeUndefined();
  // Nobody will have the old version again.
  expect(cache.get('a', VERSION)).toBeUndefined();
});

it('gives up what was least recently used when there are too many rows', () => {
  // Each of them counts as 100 rows.
  const cache = new SeriesCache(300);
  for (const key of ['a', 'b', 'c']) cache.set(key, VERSION, answerOf(90));
  cache.get('a', VERSION);
  cache.set('d', VERSION, answerOf(90));
  const kept = ['a', 'b', 'c', 'd'].filter((key) => cache.get(key, VERSION) !== undefined);
  expect(kept).toEqual(['a', 'c', 'd']);
});

it('counts an answer that takes the place of another once', () => {
  const cache = new SeriesCache(200);
  cache.set('a', VERSION, answerOf(90));
  for (let times = 0; times < 10; times++) cache.set('b', VERSION, answerOf(90));
  expect(cache.get('a', VERSION)).toBeDefined();
});

it('does not keep what alone is too much, and bounds answers without rows', () => {
  const cache = new SeriesCache(100);
  cache.set('a', VERSION, answerOf(91));
  expect(cache.get('a', VERSION)).toBeUndefined();
  for (let i = 0; i < 100; i++) cache.set(`empty ${i}`, VERSION, answerOf(0));
  const kept = Array.from({ length: 100 }, (_, i) => cache.get(`empty ${i}`, VERSION));
  expect(kept.filter((answer) => answer !== undefined)).toHaveLength(10);
});

const DAY = 86_400_000_000;
const START = 19_737 * DAY;

/** Says of each of its days the version it has been given, and counts what is read. */
class VersionedStore extends FrameStore {
  version: readonly unknown[] = VERSION;
  framesRead = 0;

  override async *scan(request: ScanRequest): AsyncGenerator<DayScan> {
    for await (const scan of super.scan(request)) {
      const frame = () => {
        this.framesRead++;
        return scan.frame();
      };
      yield { ...scan, version: this.version, frame };
    }
  }
}

const reading = (deviceId: string, heartRate: number, atMicros = START): Reading => ({
  userId: USER,
  deviceId,
  timestampMicros: atMicros as EpochMicros,
  heartRate,
});

const request: SeriesRequest = {
  userId: USER,
  range: { startMicros: START as EpochMicros, endMicros: (START + DAY) as EpochMicros },
  interval: '1h',
  priorityScope: 'timestamp',
};

const openVersioned = (...readings: readonly Reading[]) => {
  const store = new VersionedStore();
  let sequence = 0;
  const hold = (held: readonly Reading[]) =>
    store.hold(held.map((one) => ({ ...one, sequence: ++sequence as Sequence })));
  hold(readings);
  const query = new SeriesQuery(store, DEVICE_PRIORITIES);
  const rates = async (asked: Partial<SeriesRequest> = {}) =>
    seriesRows(await query.run({ ...request, ...asked })).map(({ heartRate }) => heartRate);
  return { store, hold, rates };
};

it('a day of the same version is read once', async () => {
  const { store, hold, rates } = openVersioned(reading('device_a', 60));
  expect(await rates()).toEqual([60]);
  expect(await rates()).toEqual([60]);
  expect(store.framesRead).toBe(1);
  hold([reading('device_a', 70)]);
  store.version = [{}, 7];
  expect(await rates()).toEqual([70]);
  expect(store.framesRead).toBe(2);
});

it('whatever is asked differently is answered by itself', async () => {
  const half = DAY / 48;
  const { rates } = openVersioned(
    reading('device_a', 60),
    reading('device_b', 100, START + half),
    reading('device_b', 90, START + 20 * half),
  );
  const endMicros = (START + half) as EpochMicros;
  const others: readonly (readonly [Partial<SeriesRequest>, readonly number[]])[] = [
    [{}, [80, 90]],
    [{ priorityScope: 'bucket' }, [60, 90]],
    [{ deviceId: 'device_b' }, [100, 90]],
    [{ deviceId: 'null' }, []],
    [{ interval: '1m' }, [60, 100, 90]],
    [{ range: { ...request.range, endMicros } }, [60]],
    [{ userId: 'another' }, []],
  ];
  for (const round of [1, 2]) {
    for (const [asked, expected] of others) {
      expect(await rates(asked), `${round} ${JSON.stringify(asked)}`).toEqual(expected);
    }
  }
});

it('a range that reaches beyond the day asks the same of it', async () => {
  const { store, rates } = openVersioned(reading('device_a', 60));
  await rates();
  const range = {
    startMicros: (START - DAY) as EpochMicros,
    endMicros: (START + 3 * DAY) as EpochMicros,
  };
  expect(await rates({ range })).toEqual([60]);
  expect(store.framesRead).toBe(1);
});

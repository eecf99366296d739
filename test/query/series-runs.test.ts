import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ClientGoneError } from '../../src/query/client-gone.ts';
import { RunLength } from '../../src/query/day-runs.ts';
import { runReader } from '../../src/query/reader/read-runs.ts';
import { SeriesQuery, type SeriesRequest } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { EpochMicros, Sequence } from '../../src/readings/reading.ts';
import type { DayScan, ScanRequest } from '../../src/storage/reading-store.ts';
import { FrameStore, type StoredReading } from '../support/frame-store.ts';
import { answered } from '../support/series-rows.ts';
import { device, layout, USER } from './arbitrary-readings.ts';

const DAY = 86_400_000_000;
const START = 19_000 * DAY;
const DAYS = 40;

const request: SeriesRequest = {
  userId: USER,
  range: {
    startMicros: START as EpochMicros,
    endMicros: (START + DAYS * DAY) as EpochMicros,
  },
  interval: '1h',
  priorityScope: 'timestamp',
};

const readingAt = (micros: number, i = 0, deviceId = 'device_a'): StoredReading => ({
  userId: USER,
  deviceId,
  timestampMicros: micros as EpochMicros,
  heartRate: 60 + i,
  sequence: (i + 1) as Sequence,
});

/** Tells whether a scan is going on; what it holds never changes. */
class HeldStore extends FrameStore {
  held = 0;

  override async *scan(asked: ScanRequest): AsyncGenerator<DayScan> {
    this.held++;
    try {
      for await (const scan of super.scan(asked)) {
        yield { ...scan, changesSince: () => 'none' };
      }
    } finally {
      this.held--;
    }
  }
}

const open = () => {
  const store = new HeldStore();
  store.hold(Array.from({ length: DAYS }, (_, day) => readingAt(START + day * DAY, day)));
  /** How many days each read was of. */
  const reads: number[] = [];
  const query = new SeriesQuery(store, DEVICE_PRIORITIES, (listed) => {
    const own = runReader(listed);
    return {
      ...own,
      read(job) {
        expect(store.held).toBeGreaterThan(0);
        reads.push(job.source.inMemory.length);
        return own.read(job);
      },
    };
  });
  return { store, reads, query };
};

it('runs of days become longer, up to a limit, and their files are held until they are read', async () => {
  const { store, reads, query } = open();
  expect(await answered(query.run(request))).toHaveLength(DAYS);
  expect(reads).toEqual([1, 2, 4, 8, 16, 9]);
  expect(store.held).toBe(0);
});

it('days of many readings are read with fewer others, or alone', () => {
  const length = new RunLength();
  const lengths = [3_000, 3_000, 30_000, 500_000, 10, 10].map((readingsADay) => {
    const { days } = length;
    length.hasRead(days, readingsADay * days);
    return days;
  });
  expect([...lengths, length.days]).toEqual([1, 2, 4, 8, 1, 2, 4]);
});

it('nothing more is read, and nothing held, once the answer is not wanted any more', async () => {
  const { store, reads, query } = open();
  const runs = query.run(request);
  await runs.next();
  await runs.return(undefined);
  // The second run was under way.
  expect(reads).toEqual([1, 2]);
  expect(store.held).toBe(0);
});

it('an aborted signal ends the query between two runs', async () => {
  const { store, reads, query } = open();
  const asker = new AbortController();
  const runs = query.run(request, asker.signal);
  await runs.next();
  asker.abort();
  const rest = async () => {
    for await (const _ of runs);
  };
  await expect(rest()).rejects.toThrow(ClientGoneError);
  expect(reads.length).toBeLessThanOrEqual(3);
  expect(store.held).toBe(0);
});

it('a long range leaves what is known of the days of others', async () => {
  const { store, reads, query } = open();
  const other = { ...readingAt(START), userId: 'other' };
  const year = Array.from({ length: 365 * 1_440 }, (_, i) => readingAt(START + i * 60_000_000));
  store.hold([other, ...year]);
  const ofOther = { ...request, userId: 'other' };
  await answered(query.run(ofOther));
  const range = { ...request.range, endMicros: (START + 365 * DAY) as EpochMicros };
  expect(await answered(query.run({ ...request, range, interval: '1m' }))).toHaveLength(
    year.length,
  );
  const before = reads.length;
  await answered(query.run(ofOther));
  expect(reads.length).toBe(before);
}, 60_000);

it('days that are read together give what each of them gives alone', async () => {
  const arbitraryReadings = fc.array(
    fc.tuple(fc.nat(30 * 24 * 60 - 1), fc.constantFrom(0, 1, 30_000_000), device),
    { maxLength: 60, size: 'max' },
  );
  const asked = fc.record({
    interval: fc.constantFrom(...(['1m', '1h', '1d'] as const)),
    priorityScope: fc.constantFrom(...(['timestamp', 'bucket'] as const)),
  });
  const agrees = async (
    found: readonly (readonly [number, number, string])[],
    pieces: Parameters<FrameStore['hold']>[1],
    how: Pick<SeriesRequest, 'interval' | 'priorityScope'>,
  ) => {
    const store = new FrameStore();
    const readings = found.map(([minute, micros, deviceId], i) =>
      readingAt(START + minute * 60_000_000 + micros, i, deviceId),
    );
    store.hold(readings, pieces);
    const query = new SeriesQuery(store, DEVICE_PRIORITIES);
    const alone = [];
    for (let day = 0; day < 30; day++) {
      const range = {
        startMicros: (START + day * DAY) as EpochMicros,
        endMicros: (START + (day + 1) * DAY) as EpochMicros,
      };
      alone.push(...(await answered(query.run({ ...request, ...how, range }))));
    }
    expect(await answered(query.run({ ...request, ...how }))).toEqual(alone);
  };
  await fc.assert(fc.asyncProperty(arbitraryReadings, layout, asked, agrees), { numRuns: 60 });
}, 60_000);

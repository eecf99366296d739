import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { ReadVersions } from '../../src/query/read-versions.ts';
import { SeriesQuery, type SeriesRequest } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { EpochDay } from '../../src/readings/reading.ts';
import { ALL_TIME, dayRange } from '../../src/readings/time-range.ts';
import { chunksOf } from '../../src/storage/cassandra/chunk.ts';
import { CHUNK_COLUMNS, chunkRowOf, valuesOf } from '../../src/storage/cassandra/chunk-row.ts';
import { scannedDay } from '../../src/storage/cassandra/scanned-day.ts';
import type { Stamp } from '../../src/storage/cassandra/stamps.ts';
import { NOTHING_VOID } from '../../src/storage/cassandra/voided.ts';
import type { DayScan, ReadingStore } from '../../src/storage/reading-store.ts';

const DAYS = 120;
const READINGS_OF_DAY = 1_000;
const REQUEST: SeriesRequest = {
  ...{ userId: 'ann', range: ALL_TIME, interval: '1h', priorityScope: 'timestamp' },
};

/** What a process has that is started with --expose-gc. */
const collectGarbage: () => void = (() => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc');
})();

const chunkOf = (day: EpochDay) => {
  const { startMicros } = dayRange(day);
  const [columns] = chunksOf([
    {
      deviceId: 'a',
      timestampsMicros: Array.from({ length: READINGS_OF_DAY }, (_, at) => startMicros + at * 1e6),
      heartRates: Array.from({ length: READINGS_OF_DAY }, (_, at) => 60 + (at % 40)),
    } as never,
  ]);
  const values = columns === undefined ? [] : valuesOf(columns, 1e15 as Stamp, 'w');
  const names = CHUNK_COLUMNS.split(', ');
  return chunkRowOf(Object.fromEntries(names.map((name, place) => [name, values[place]])) as never);
};

test('a series lets go of the days it has read while it goes on', async () => {
  const given: WeakRef<object>[] = [];
  const scan = async function* (): AsyncGenerator<DayScan> {
    for (let day = 0 as EpochDay; day < DAYS; day++) {
      const found = scannedDay({ day, chunks: [chunkOf(day)], voided: NOTHING_VOID }, REQUEST);
      if (found === undefined) throw new Error('no day');
      given.push(new WeakRef(found.changesSince));
      yield { ...found, isLast: day === DAYS - 1 };
    }
  };
  const store = { scan, scanBackwards: scan } as unknown as ReadingStore;
  const read = new ReadVersions(store).series(REQUEST);
  const held: number[] = [];
  for await (const _ of new SeriesQuery(store, DEVICE_PRIORITIES).run(REQUEST, undefined, read)) {
    collectGarbage();
    // Without a turn of its own a job keeps what its weak references have been asked for.
    await new Promise((resolve) => setTimeout(resolve));
    collectGarbage();
    held.push(given.filter((day) => day.deref() !== undefined).length);
  }
  expect(given).toHaveLength(DAYS);
  // The run that is read and the one ahead, of sixteen days each.
  expect(Math.max(...held)).toBeLessThan(50);
});

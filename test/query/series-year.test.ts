import { expect, it } from 'vitest';
import { SeriesQuery } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { EpochMicros, Sequence } from '../../src/readings/reading.ts';
import { FrameStore, type StoredReading } from '../support/frame-store.ts';
import { answered } from '../support/series-rows.ts';
import { USER } from './arbitrary-readings.ts';
import { oracleSeries } from './oracle.ts';

const HOUR = 3_600_000_000;
const DAYS = 365;
const START = Date.UTC(2023, 0, 1) * 1000;
const END = START + DAYS * 24 * HOUR;

/** Two devices every hour, the better one silent every seventh. */
const year: StoredReading[] = Array.from({ length: DAYS * 48 }, (_, i) => ({
  userId: USER,
  deviceId: i % 2 === 0 && i % 7 !== 0 ? 'device_a' : 'device_b',
  timestampMicros: (START + (i / 2) * HOUR) as EpochMicros,
  heartRate: 40 + ((i * 31) % 1500) / 10,
  sequence: (i + 1) as Sequence,
}));

it('a whole year is answered, and the event loop turns at least once for each run of days', async () => {
  const store = new FrameStore();
  store.hold(year, (day) => [day.slice(0, 30), day.slice(30)]);
  let turns = 0;
  let counting = setImmediate(function turn() {
    turns++;
    counting = setImmediate(turn);
  });

  const range = { startMicros: START as EpochMicros, endMicros: END as EpochMicros };
  const answer = new SeriesQuery(store, DEVICE_PRIORITIES).run({
    userId: USER,
    range,
    interval: '1h',
    priorityScope: 'bucket',
  });
  const rows = await answered(answer);
  clearImmediate(counting);

  const asked = { userId: USER, ...range, intervalMicros: HOUR, priorityScope: 'bucket' } as const;
  expect(rows).toEqual(oracleSeries(year, DEVICE_PRIORITIES, asked));
  expect(rows).toHaveLength(DAYS * 24);
  expect(turns).toBeGreaterThanOrEqual(DAYS / 16);
});

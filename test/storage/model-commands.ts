import fc from 'fast-check';
import { expect } from 'vitest';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { Erasure } from '../../src/readings/erasure.ts';
import type { EpochMicros, Reading, Sequence } from '../../src/readings/reading.ts';
import { MICROS_PER_DAY } from '../../src/readings/timestamp.ts';
import type { ScanRequest } from '../../src/storage/reading-store.ts';
import { oracleSeries } from '../query/oracle.ts';
import { answered } from '../support/series-rows.ts';
import { type AcceptedReadings, rowsOf } from '../support/store.ts';
import type { Survival } from './faults/disk-model.ts';
import {
  accept,
  type Command,
  command,
  EVER,
  FILLER,
  FIRST_DAY,
  fillSegment,
  type StoreMachine,
} from './model-command.ts';
import type { Crash, Machine, ModelSeriesRequest } from './model-machine.ts';
import { clockJump, damage, stolenSegment } from './model-troubles.ts';

const DAYS = 3;
const TEN_O_CLOCK = 36_000_000_000;
/** Both ends of a day, and two instants of one minute. */
const TIMES = [0, TEN_O_CLOCK, TEN_O_CLOCK + 1, MICROS_PER_DAY - 1];
const USERS = ['ann', 'ben'];

/** Few, so that the same identity comes often. */
const stamp = (firstDay = 0) =>
  fc
    .tuple(fc.integer({ min: firstDay, max: DAYS - 1 }), fc.constantFrom(...TIMES))
    .map(([day, time]) => ((FIRST_DAY + day) * MICROS_PER_DAY + time) as EpochMicros);
const rate = fc.double({ min: 30, max: 220, noNaN: true });
const user = fc.constantFrom(...USERS);
const device = fc.constantFrom('device_a', 'device_b', 'unlisted');
const readingOf = (timestampMicros: fc.Arbitrary<EpochMicros>): fc.Arbitrary<Reading> =>
  fc.record({ userId: user, deviceId: device, timestampMicros, heartRate: rate });

const range = fc.oneof(
  fc.constant(EVER),
  fc.tuple(stamp(), stamp()).map(([a, b]) => ({
    startMicros: Math.min(a, b) as EpochMicros,
    endMicros: (Math.max(a, b) + 1) as EpochMicros,
  })),
);
const scanRequest = fc.record(
  { userId: user, range, deviceId: device },
  { requiredKeys: ['userId', 'range'] },
) as fc.Arbitrary<ScanRequest>;

const shown = (readings: readonly Reading[]): string =>
  readings.map((r) => `${r.userId} ${r.deviceId} ${r.timestampMicros} ${r.heartRate}`).join(', ');

const write = (kind: string) => (readings: readonly Reading[]) =>
  command<StoreMachine>(`${kind}(${shown(readings)})`, (model, machine) =>
    accept(model, machine, readings),
  );

/** What was accepted is sent again, perhaps with another rate. */
const again = (place: number, heartRate: number | undefined): Command<StoreMachine> =>
  command(
    heartRate === undefined ? `duplicate(${place})` : `conflict(${place}, ${heartRate})`,
    async (model, machine) => {
      const known = model.all[place % model.all.length] as Reading;
      await accept(model, machine, [{ ...known, heartRate: heartRate ?? known.heartRate }]);
    },
    (model) => model.all.length > 0,
  );

const flush = (day: number, waits: boolean): Command =>
  command(`flush(${day}, ${waits ? 'to its end' : 'begun'})`, async (model, machine) => {
    await fillSegment(model, machine, day);
    if (!waits) return;
    await machine.settle();
    expect(machine.store.health()).toMatchObject({ unflushedReadings: 0, segments: 0 });
  });

const compact = (day: number): Command =>
  command(`compact(${day})`, async (model, machine) => {
    for (let part = 0; part < 5; part++) {
      await fillSegment(model, machine, day);
      await machine.settle();
    }
  });

const erase = (erasure: Erasure): Command<StoreMachine> =>
  command(`erase(${JSON.stringify(erasure)})`, async (model, machine) => {
    expect(await machine.store.erase(erasure)).toBe(model.erase(erasure));
    // At once, before the parts that hold the user can have been rewritten.
    const request = { userId: erasure.userId, range: EVER };
    expect(await rowsOf(machine.store, request)).toEqual(model.rows(request));
  });

const restart = command<StoreMachine>('restart', (_, machine) => machine.restart());

const crash = (how: Crash): Command =>
  command(`crash(${JSON.stringify(how)})`, (_, machine) => machine.crash(how));

const scan = (request: ScanRequest): Command<StoreMachine> =>
  command(`scan(${JSON.stringify(request)})`, async (model, machine) => {
    expect(await rowsOf(machine.store, request)).toEqual(model.rows(request));
  });

const beginScan = (request: ScanRequest): Command =>
  command(`beginScan(${JSON.stringify(request)})`, (model, machine) =>
    machine.beginScan(request, model.rows(request)),
  );

const endScans = command('endScans', (_, machine) => machine.endScans());

const INTERVAL_MICROS: Readonly<Record<ModelSeriesRequest['interval'], number>> = {
  '1m': 60_000_000,
  '1h': 3_600_000_000,
  '1d': MICROS_PER_DAY,
};

const askSeries = async (
  model: AcceptedReadings,
  machine: Pick<StoreMachine, 'query'>,
  request: ModelSeriesRequest,
): Promise<void> => {
  const stored = model.all.map((one, i) => ({ ...one, sequence: i as Sequence }));
  const intervalMicros = INTERVAL_MICROS[request.interval];
  const asked = { ...request, ...request.range, intervalMicros };
  const rows = await answered(machine.query.run(request));
  expect(rows).toEqual(oracleSeries(stored, DEVICE_PRIORITIES, asked));
};

const series = (request: ModelSeriesRequest): Command<StoreMachine> =>
  command(`series(${JSON.stringify(request)})`, async (model, machine) => {
    machine.asked.push(request);
    await askSeries(model, machine, request);
  });

/** What was worked out before must not be remembered beyond what has happened since. */
const allSeriesAgain = command<StoreMachine>('allSeriesAgain', async (model, machine) => {
  for (const request of machine.asked) await askSeries(model, machine, request);
});

const seriesRequest = fc
  .tuple(
    scanRequest,
    fc.constantFrom(...(['1m', '1h', '1d'] as const)),
    fc.constantFrom(...(['timestamp', 'bucket'] as const)),
  )
  .map(([request, interval, priorityScope]) => ({ ...request, interval, priorityScope }));

const narrowErasure = fc.record(
  { userId: fc.constantFrom(...USERS, FILLER), range, deviceId: device },
  { requiredKeys: ['userId'] },
) as fc.Arbitrary<Erasure>;

const survival = fc.constantFrom<Survival>('dropped', 'kept', 'torn', 'scattered');
const crashes = fc.record({
  loss: fc.oneof(fc.constant('none' as const), fc.record({ data: survival, names: survival })),
  turnsBefore: fc.nat(40),
  seed: fc.nat(1000),
});

const place = fc.nat(50);
const day = fc.nat(DAYS - 1);
const batch = fc.array(readingOf(stamp()), { minLength: 2, maxLength: 8 });
const lateStamp = fc.constant(((FIRST_DAY - 1) * MICROS_PER_DAY) as EpochMicros);

type Weighted<M> = readonly (readonly [number, fc.Arbitrary<Command<M>>])[];

/** What may be done to any store. */
const ofAnyStore: Weighted<StoreMachine> = [
  [4, readingOf(stamp(1)).map((one) => write('write')([one]))],
  [1, readingOf(fc.oneof(stamp(), lateStamp)).map((one) => write('late')([one]))],
  [2, batch.map(write('batch'))],
  [1, place.map((at) => again(at, undefined))],
  [2, fc.tuple(place, rate).map(([at, heartRate]) => again(at, heartRate))],
  [2, fc.constantFrom(...USERS, ...USERS, FILLER, 'nobody').map((userId) => erase({ userId }))],
  [2, narrowErasure.map(erase)],
  [1, fc.constant(restart)],
  [3, scanRequest.map(scan)],
  [2, seriesRequest.map(series)],
  [2, fc.constant(allSeriesAgain)],
];

/** What may be done to one that keeps files. */
const ofFolder: Weighted<Machine> = [
  [2, fc.tuple(day, fc.boolean()).map(([on, waits]) => flush(on, waits))],
  [1, day.map(compact)],
  [2, crashes.map(crash)],
  [1, scanRequest.map(beginScan)],
  [1, fc.constant(endScans)],
  [1, fc.tuple(place, batch).map(([at, readings]) => damage(at, readings))],
  [1, batch.map(stolenSegment)],
  [1, fc.constant(clockJump)],
];

/** The frequent more than once. */
const repeated = <M>(weighted: Weighted<M>): fc.Arbitrary<Command<M>>[] =>
  weighted.flatMap(([times, one]) => Array.from({ length: times }, () => one));

export const COMMANDS_OF_ANY_STORE = repeated(ofAnyStore);
export const COMMANDS: fc.Arbitrary<Command>[] = [...COMMANDS_OF_ANY_STORE, ...repeated(ofFolder)];

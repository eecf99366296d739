import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { DeviceOrder } from '../../src/query/device-order.ts';
import { runReader } from '../../src/query/reader/read-runs.ts';
import type { RunReader } from '../../src/query/reader/run-reader.ts';
import { SeriesQuery, type SeriesRequest } from '../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../src/readings/device-priority.ts';
import type { EpochDay, EpochMicros, Sequence, TimeRange } from '../../src/readings/reading.ts';
import {
  type DayScan,
  type ScanRequest,
  StoreUnavailableError,
} from '../../src/storage/reading-store.ts';
import { FrameStore, type StoredReading } from '../support/frame-store.ts';
import { answered } from '../support/series-rows.ts';
import { USER } from './arbitrary-readings.ts';

const DAY = 86_400_000_000;
const FIRST = 19_000;
const HOUR = DAY / 24;

const request: SeriesRequest = {
  userId: USER,
  range: {
    startMicros: (FIRST * DAY + HOUR) as EpochMicros,
    endMicros: ((FIRST + 3) * DAY - HOUR) as EpochMicros,
  },
  interval: '1d',
  priorityScope: 'timestamp',
};

/** A reading at noon on each of three days. */
const readings: StoredReading[] = [60, 70, 80].map((heartRate, day) => ({
  sequence: (day + 1) as Sequence,
  userId: USER,
  deviceId: 'device_a',
  timestampMicros: ((FIRST + day) * DAY + DAY / 2) as EpochMicros,
  heartRate,
}));

/** Those of the three days that a range touches. */
const daysIn = ({ startMicros, endMicros }: TimeRange): number[] =>
  [0, 1, 2].filter(
    (day) => startMicros < (FIRST + day + 1) * DAY && (FIRST + day) * DAY < endMicros,
  );

type Hook = (days: readonly number[]) => Promise<void>;

/** Holds the readings; `beforeRead` is called for a run of days before it is read. */
class GuardedStore extends FrameStore {
  readonly scans: ScanRequest[] = [];
  readonly given: number[] = [];
  beforeRead: Hook = async () => {};
  findsDamage: (day: EpochDay) => boolean = () => false;
  readonly refusals: [number, string][] = [];

  constructor() {
    super();
    this.hold(readings);
  }

  override async *scan(asked: ScanRequest): AsyncGenerator<DayScan> {
    this.scans.push(asked);
    for await (const scan of super.scan(asked)) {
      this.given.push(scan.day - FIRST);
      yield scan;
    }
  }

  override async checkDay(day: EpochDay, refusal?: Error): Promise<boolean> {
    if (refusal !== undefined) this.refusals.push([day - FIRST, refusal.message]);
    return this.findsDamage(day);
  }
}

/** Asks the store first. */
const guardedReader = (order: DeviceOrder, store: GuardedStore): RunReader => {
  const own = runReader(order);
  return {
    ...own,
    async read(job) {
      await store.beforeRead(daysIn(job.source.range));
      return own.read(job);
    },
  };
};

const ratesFrom = async (store: GuardedStore): Promise<number[]> => {
  const query = new SeriesQuery(store, DEVICE_PRIORITIES, (order) => guardedReader(order, store));
  const answer = query.run(request);
  return (await answered(answer)).map(({ heartRate }) => heartRate);
};

it('more and more days are read together, and asked for when those before have been read', async () => {
  const store = new GuardedStore();
  const givenAtCollect: number[][] = [];
  store.beforeRead = async () => {
    givenAtCollect.push([...store.given]);
  };
  expect(await ratesFrom(store)).toEqual([60, 70, 80]);
  expect(givenAtCollect).toEqual([[0], [0, 1, 2]]);
});

it('at most two runs of days are read at once in the process, in turns', async () => {
  const store = new GuardedStore();
  let [collecting, most] = [0, 0];
  const days: number[] = [];
  // They go in pairs, so that none is held up so long that the others overtake it.
  let meetPartner: (() => void) | undefined;
  store.beforeRead = async ([day = -1]) => {
    days.push(day);
    most = Math.max(most, ++collecting);
    if (meetPartner === undefined) {
      await new Promise<void>((resolve) => {
        meetPartner = resolve;
      });
    } else {
      meetPartner();
      meetPartner = undefined;
    }
    // Long enough for a third to be seen, if there were one.
    await sleep(2);
    collecting--;
  };
  const answers = await Promise.all(Array.from({ length: 6 }, () => ratesFrom(store)));
  expect(answers).toEqual(Array.from({ length: 6 }, () => [60, 70, 80]));
  expect(most).toBe(2);
  // Each query waits behind the others before its next run, so none of them runs ahead.
  expect(days).toEqual([...days].sort());
});

describe('a day that cannot be read', () => {
  const failing = (day: number): GuardedStore => {
    const store = new GuardedStore();
    store.beforeRead = async (days) => {
      if (days.includes(day)) throw new Error('damaged');
    };
    return store;
  };

  it('is read again when damage was found, in the part of the range that was read with it', async () => {
    for (const day of [0, 1, 2]) {
      const store = failing(day);
      store.findsDamage = (checked) => {
        store.beforeRead = async () => {};
        return checked === FIRST + day;
      };
      expect(await ratesFrom(store)).toEqual([60, 70, 80]);
      const [first, last] = day === 0 ? [0, 0] : [1, 2];
      const startMicros = Math.max((FIRST + first) * DAY, request.range.startMicros);
      const endMicros = Math.min((FIRST + last + 1) * DAY, request.range.endMicros);
      expect(store.scans).toEqual([
        { userId: USER, range: request.range },
        { userId: USER, range: { startMicros, endMicros } },
      ]);
    }
  });

  it('is read again when somebody else has set the damage aside', async () => {
    const store = failing(1);
    store.findsDamage = () => {
      store.beforeRead = async () => {};
      return false;
    };
    expect(await ratesFrom(store)).toEqual([60, 70, 80]);
  });

  it('is left out when nothing of it is left', async () => {
    const store = failing(1);
    store.findsDamage = () => {
      store.hold(readings.filter(({ heartRate }) => heartRate !== 70));
      return true;
    };
    expect(await ratesFrom(store)).toEqual([60, 80]);
  });

  it('is tried as often as damage is found', async () => {
    let pieces = 3;
    const store = failing(1);
    store.findsDamage = (day) => day === FIRST + 1 && pieces-- > 0;
    await expect(ratesFrom(store)).rejects.toThrow('damaged');
    expect(pieces).toBe(-1);
    expect(store.scans).toHaveLength(4);
  });

  it('makes the store tell of the system that refused it twice', async () => {
    const refused = new Error('Too many open files (os error 24): /data/part');
    const store = new GuardedStore();
    store.beforeRead = async ([day]) => {
      if (day === 0) throw refused;
    };
    const told = 'Readings cannot be read now: too many open files (EMFILE)';
    await expect(ratesFrom(store)).rejects.toThrow(new StoreUnavailableError(told, 1));
    expect(store.refusals).toEqual([[0, refused.message]]);

    const [once, damaged] = [new GuardedStore(), failing(0)];
    once.beforeRead = async () => {
      once.beforeRead = async () => {};
      throw refused;
    };
    expect(await ratesFrom(once)).toEqual([60, 70, 80]);
    await expect(ratesFrom(damaged)).rejects.toThrow('damaged');
    expect([...once.refusals, ...damaged.refusals]).toEqual([]);
  });

  it('fails the query when no damage was found, and the query alone', async () => {
    for (let i = 0; i < 3; i++) await expect(ratesFrom(failing(1))).rejects.toThrow('damaged');
    expect(await ratesFrom(new GuardedStore())).toEqual([60, 70, 80]);
  });
});

it('a scan that fails fails the query', async () => {
  const store = new GuardedStore();
  // biome-ignore lint/correctness/useYield: it fails before the first day.
  store.scan = async function* () {
    throw new Error('not open');
  };
  await expect(ratesFrom(store)).rejects.toThrow('not open');
});

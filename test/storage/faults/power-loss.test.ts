import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { DiskModel } from './disk-model.ts';
import type { FaultFiles } from './fault-files.ts';
import { History } from './history.ts';
import { mayFail } from './io-failure.ts';
import { type CrashPoint, CrashRecorder, checkPowerLosses, checkRecovery } from './power-loss.ts';
import { below, randomOf } from './random.ts';
import { RequestMaker } from './request-maker.ts';
import { type Prepared, prepare, work } from './scenario.ts';
import { StoreUnderTest, withDisk } from './store-under-test.ts';

/** Each seed is another scenario, and another choice of what survives; one takes half a minute. */
const SEEDS = Number(process.env.FAULT_SEEDS ?? 1);
type Fault = FaultFiles['fault'];

/** About; both only spread the failing calls over the work. */
const FIRST_CALL_OF_WORK = 30;
const CALLS_OF_WORK = 70;

interface Recorded {
  readonly history: History;
  readonly points: readonly CrashPoint[];
}

/** Every moment of some work at which power may be lost; calls may fail as well. */
const record = (
  { disk, history: before }: Prepared,
  seed: number,
  fault?: Fault,
): Promise<Recorded> => {
  const history = before.upTo(before.outcomes());
  const recorder = new CrashRecorder(history);
  const maker = new RequestMaker(randomOf(seed), 1_000);
  return withDisk({ disk, onBoundary: recorder.onBoundary, seed }, async (files) => {
    const opened = await StoreUnderTest.open(files);
    files.fault = fault;
    await work(opened, history, maker, 1 + ((seed - 1) % 3));
    files.fault = undefined;
    await opened.store.close();
    if (fault === undefined) expect(history.outcomes()).not.toContain('rejected');
    return { history, points: recorder.points };
  });
};

/**
 * Just before a sync most is at stake. Of the moments before syncs of the same kind, after calls
 * of the same kind, one; another seed takes another.
 */
const turningPoints = (points: readonly CrashPoint[], seed: number): CrashPoint[] => {
  const byKind = new Map<string, CrashPoint[]>();
  let previous = '';
  for (const point of points) {
    const { when, call } = point;
    if (when === 'after') previous = call.operation;
    else if (call.operation === 'syncFolder' || call.operation === 'datasync') {
      const kind = `${dirname(call.path)} ${call.operation} after ${previous}`;
      byKind.set(kind, [...(byKind.get(kind) ?? []), point]);
    }
  }
  return [...byKind.values()].map((kind) => kind[seed % kind.length] as CrashPoint);
};

/** Some calls fail in one way, one or several in a row. */
const anyFault = (seed: number): Fault => {
  const random = randomOf(seed);
  const code = random() < 0.6 ? 'ENOSPC' : 'EIO';
  const from = FIRST_CALL_OF_WORK + below(random, CALLS_OF_WORK);
  const to = from + (random() < 0.5 ? 1 : below(random, CALLS_OF_WORK));
  return ({ index, operation }) =>
    index >= from && index < to && mayFail(operation, code) ? code : undefined;
};

const empty: Prepared = { disk: new DiskModel(), history: new History() };

for (let seed = 1; seed <= SEEDS; seed++) {
  test(`power loss at every call, seed ${seed}`, { timeout: 1_200_000 }, async () => {
    const { history, points } = await record(await prepare(), seed);
    const { disks, failures } = await checkPowerLosses(history, points, seed);
    expect(failures).toEqual([]);
    expect(disks).toBeGreaterThan(30);
  });

  test(`power loss at every call, from an empty disk on, seed ${seed}`, {
    timeout: 1_200_000,
  }, async () => {
    const { history, points } = await record(empty, seed);
    const { disks, failures } = await checkPowerLosses(history, points, seed);
    expect(failures).toEqual([]);
    expect(disks).toBeGreaterThan(30);
  });

  test(`power loss during recovery, seed ${seed}`, { timeout: 1_200_000 }, async () => {
    const [working, starting] = [await record(await prepare(), seed), await record(empty, seed)];
    const ofFirstStart = starting.points.filter(({ outcomes }) => outcomes.length === 0);
    const failures: string[] = [];
    let disks = 0;
    for (const { history, points } of [working, { ...starting, points: ofFirstStart }]) {
      for (const point of turningPoints(points, seed)) {
        for (const from of ['killed', 'power lost'] as const) {
          const verdict = await checkRecovery(history, point, from, seed);
          disks += verdict.disks;
          failures.push(...verdict.failures);
        }
      }
    }
    expect(failures).toEqual([]);
    expect(disks).toBeGreaterThan(50);
  });

  test.runIf(SEEDS > 1)(
    `power loss at every call of a failing disk, seed ${seed}`,
    { timeout: 1_200_000 },
    async () => {
      const { history, points } = await record(await prepare(), seed, anyFault(seed));
      const { disks, failures } = await checkPowerLosses(history, points, seed);
      expect(failures).toEqual([]);
      expect(disks).toBeGreaterThan(10);
    },
  );
}

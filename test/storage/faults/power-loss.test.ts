import { expect, test } from 'vitest';
import { DiskModel } from './disk-model.ts';
import { History } from './history.ts';
import { type CrashPoint, CrashRecorder, checkPowerLosses, checkRecovery } from './power-loss.ts';
import { randomOf } from './random.ts';
import { RequestMaker } from './request-maker.ts';
import { type Prepared, prepare, work } from './scenario.ts';
import { StoreUnderTest, withDisk } from './store-under-test.ts';

/** Each seed is another scenario, and another choice of what survives; one takes half a minute. */
const SEEDS = Number(process.env.FAULT_SEEDS ?? 1);
/** Of so many crash points one is the start of a recovery that is interrupted as well. */
const RECOVERY_STRIDE = 83;

interface Recorded {
  readonly history: History;
  readonly points: readonly CrashPoint[];
}

/** Every moment of some work at which power may be lost. */
const record = ({ disk, history: before }: Prepared, seed: number): Promise<Recorded> => {
  const history = before.upTo(before.outcomes());
  const recorder = new CrashRecorder(history);
  const maker = new RequestMaker(randomOf(seed), 1_000);
  return withDisk({ disk, onBoundary: recorder.onBoundary, seed }, async (files) => {
    const opened = await StoreUnderTest.open(files);
    await work(opened, history, maker, 1 + ((seed - 1) % 3));
    await opened.store.close();
    expect(history.outcomes()).not.toContain('rejected');
    return { history, points: recorder.points };
  });
};

const empty: Prepared = { disk: new DiskModel(), history: new History() };

for (let seed = 1; seed <= SEEDS; seed++) {
  test(`power loss at every call, seed ${seed}`, { timeout: 600_000 }, async () => {
    const { history, points } = await record(await prepare(), seed);
    const { disks, failures } = await checkPowerLosses(history, points, seed);
    expect(failures).toEqual([]);
    expect(disks).toBeGreaterThan(30);
  });

  test(`power loss at every call, from an empty disk on, seed ${seed}`, {
    timeout: 600_000,
  }, async () => {
    const { history, points } = await record(empty, seed);
    const { disks, failures } = await checkPowerLosses(history, points, seed);
    expect(failures).toEqual([]);
    expect(disks).toBeGreaterThan(30);
  });

  test(`power loss during recovery, seed ${seed}`, { timeout: 600_000 }, async () => {
    const { history, points } = await record(await prepare(), seed);
    const failures: string[] = [];
    let disks = 0;
    for (let at = seed; at < points.length; at += RECOVERY_STRIDE) {
      for (const from of ['killed', 'power lost'] as const) {
        const point = points[at] as CrashPoint;
        const checked = await checkRecovery(history, point, from, seed + at);
        disks += checked.disks;
        failures.push(...checked.failures);
      }
    }
    expect(failures).toEqual([]);
    expect(disks).toBeGreaterThan(20);
  });
}

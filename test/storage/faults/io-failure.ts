import { setTimeout } from 'node:timers/promises';
import { DiskModel } from './disk-model.ts';
import type { ErrorCode, FaultFiles, FileCall, Operation } from './fault-files.ts';
import type { History } from './history.ts';
import { randomOf } from './random.ts';
import { RequestMaker } from './request-maker.ts';
import { attempt, type Prepared, work } from './scenario.ts';
import { RETRY_MS, StoreUnderTest, withDisk } from './store-under-test.ts';

/** Which calls fail until the disk is mended, and how. */
export interface FaultPlan {
  readonly label: string;
  readonly code: ErrorCode;
  readonly isDue: (call: FileCall) => boolean;
  /** Whether the disk is never mended: the store is closed while it fails. */
  readonly endsBroken: boolean;
  /** Chooses what is sent, and what a failing call does half. */
  readonly seed: number;
}

/** What never needs space, so that a full disk does not fail it. */
const NEEDS_NO_SPACE: readonly Operation[] = [
  'read',
  'list',
  'size',
  'close',
  'remove',
  'removeEmptyFolder',
  'truncate',
  'freeBytes',
];

export const mayFail = (operation: Operation, code: ErrorCode): boolean =>
  code === 'EIO' || !NEEDS_NO_SPACE.includes(operation);

/** A disk that fails by plan, until it is mended. */
export class FailingDisk {
  readonly failed: FileCall[] = [];
  readonly files: FaultFiles;
  readonly #code: ErrorCode;
  isMended = false;

  constructor(files: FaultFiles, { code, isDue }: FaultPlan) {
    this.files = files;
    this.#code = code;
    files.fault = (call) => {
      if (this.isMended || !isDue(call) || !mayFail(call.operation, code)) return undefined;
      this.failed.push(call);
      return code;
    };
  }

  mend(): void {
    this.isMended = true;
  }

  /** The failed sync of the log after which nothing may be written to it, if there was one. */
  get poison(): FileCall | undefined {
    if (this.#code === 'ENOSPC') return undefined;
    const isSync = ({ operation, path }: FileCall) =>
      operation === 'datasync' && path.startsWith('data/wal/');
    return this.failed.find(isSync);
  }
}

/** Runs the work on a disk that fails; throws when the store then does what it may not. */
export const checkFailure = ({ disk, history: before }: Prepared, plan: FaultPlan): Promise<void> =>
  withDisk({ disk, seed: plan.seed }, async (files) => {
    const history = before.upTo(before.outcomes());
    const maker = new RequestMaker(randomOf(plan.seed), 1_000);
    const failing = new FailingDisk(files, plan);
    const opened = await openAtLast(failing);
    if (!failing.isMended) await work(opened, history, maker);
    expectRight(history.judgeLive(await opened.contents()), 'while the disk fails');
    if (plan.endsBroken) {
      await closeForGood(opened);
    } else {
      failing.mend();
      if (failing.poison === undefined) await expectRecovery(opened, history, maker);
      else await expectPoisoned(opened, history, maker, failing.poison);
      if (plan.seed % 2 === 0) await expectDurable(files, history, 'power lost before the end');
      await closeForGood(opened);
      const leftovers = await opened.leftovers();
      if (leftovers.length > 0) throw new Error(`left behind: ${leftovers.join(', ')}`);
    }
    if (plan.seed % 2 === 1) await expectDurable(files, history, 'power lost after the end');
  });

/** A store that cannot be opened says so; it can be when the disk is well. */
const openAtLast = async (failing: FailingDisk): Promise<StoreUnderTest> => {
  try {
    return await StoreUnderTest.open(failing.files);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EIO' && code !== 'ENOSPC') throw error;
    failing.mend();
    return StoreUnderTest.open(failing.files);
  }
};

const expectRecovery = async (
  opened: StoreUnderTest,
  history: History,
  maker: RequestMaker,
): Promise<void> => {
  await opened.recovered();
  await opened.send(history, maker.single());
  await opened.idle();
  expectRight(history.judgeLive(await opened.contents()), 'after the disk was mended');
};

const expectPoisoned = async (
  opened: StoreUnderTest,
  history: History,
  maker: RequestMaker,
  poison: FileCall,
): Promise<void> => {
  const { state, reasons } = opened.store.health();
  if (state !== 'unavailable' || reasons.length === 0) throw new Error(`poisoned, but ${state}`);
  if (await attempt(opened, history, maker.single())) throw new Error('poisoned, but it accepts');
  expectRight(history.judgeLive(await opened.contents()), 'poisoned');
  const writes: readonly Operation[] = ['append', 'datasync', 'syncFile', 'truncate', 'create'];
  const later = opened.files.calls
    .slice(poison.index + 1)
    .filter(({ operation, path }) => path.startsWith('data/wal/') && writes.includes(operation));
  if (later.length > 0) throw new Error(`poisoned, but ${later[0]?.operation} ${later[0]?.path}`);
};

/** Ends the store, on a failing disk too; from then on it leaves the disk alone. */
const closeForGood = async (opened: StoreUnderTest): Promise<void> => {
  await opened.store.close();
  const calls = opened.files.calls.length;
  await setTimeout(3 * RETRY_MS);
  const later = opened.files.calls.slice(calls);
  if (later.length > 0) throw new Error(`closed, but ${later[0]?.operation} ${later[0]?.path}`);
};

/** All that was acknowledged is there when power is lost now and all unsynced with it. */
const expectDurable = async (files: FaultFiles, history: History, when: string): Promise<void> => {
  const image = files.snapshot().afterPowerLoss({ data: 'dropped', names: 'dropped' }, Math.random);
  await withDisk({ disk: DiskModel.of(image) }, async (restarted) => {
    const opened = await StoreUnderTest.open(restarted);
    expectRight(history.judge(await opened.contents()), when);
    await opened.store.close();
  });
};

const expectRight = (wrong: string | undefined, when: string): void => {
  if (wrong !== undefined) throw new Error(`${when}: ${wrong}`);
};

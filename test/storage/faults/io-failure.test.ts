import { expect, test } from 'vitest';
import type { ErrorCode, FileCall } from './fault-files.ts';
import { checkFailure, type FaultPlan, mayFail } from './io-failure.ts';
import { randomOf } from './random.ts';
import { RequestMaker } from './request-maker.ts';
import { type Prepared, prepare, work } from './scenario.ts';
import { StoreUnderTest, withDisk } from './store-under-test.ts';

/** Each seed sends something else; one takes half a minute. */
const SEEDS = Number(process.env.FAULT_SEEDS ?? 1);
const AT_ONCE = 3;
/** A run with one seed leaves out two of three calls to fail from, to be done in a minute. */
const LASTING_STRIDE = SEEDS === 1 ? 3 : 1;

type Plan = (
  call: FileCall,
) => (Pick<FaultPlan, 'isDue' | 'label'> & Partial<FaultPlan>) | undefined;

const nameOf = ({ index, operation, path }: FileCall): string => `${index} (${operation} ${path})`;
/** The log, the parts of a day, or a folder above them. */
const areaOf = ({ path }: FileCall): string => path.split('/').slice(0, 3).join('/');

const once: Plan = (call) => ({
  label: `call ${nameOf(call)}`,
  isDue: ({ index }) => index === call.index,
});

const fromThereOn: Plan = (call) => {
  if (call.index % LASTING_STRIDE > 0) return undefined;
  return {
    label: `from call ${nameOf(call)} on`,
    isDue: ({ index }) => index >= call.index,
    endsBroken: call.index % 2 === 1,
  };
};

const allOfItsKind: Plan = (call) => ({
  label: `every ${call.operation} in ${areaOf(call)}`,
  isDue: (other) => other.operation === call.operation && areaOf(other) === areaOf(call),
});

/** The calls of the work when nothing fails. */
const callsOf = async ({ disk, history }: Prepared): Promise<readonly FileCall[]> =>
  withDisk({ disk }, async (files) => {
    const opened = await StoreUnderTest.open(files);
    await work(opened, history.upTo(history.outcomes()), new RequestMaker(randomOf(0), 1_000));
    await opened.store.close();
    return files.calls;
  });

const failuresOf = async (code: ErrorCode, plan: Plan, seed: number): Promise<string[]> => {
  const prepared = await prepare();
  const plans = new Map<string, FaultPlan>();
  for (const call of await callsOf(prepared)) {
    const planned = mayFail(call.operation, code) ? plan(call) : undefined;
    if (planned === undefined) continue;
    plans.set(planned.label, { code, endsBroken: false, seed: seed + call.index, ...planned });
  }
  expect(plans.size).toBeGreaterThan(8);
  const failures: string[] = [];
  const next = plans.values();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const one of next) {
      await checkFailure(prepared, one).catch((error: unknown) => {
        failures.push(`${one.label}: ${String(error)}`);
      });
    }
  });
  await Promise.all(workers);
  return failures;
};

for (let seed = 1; seed <= SEEDS; seed++) {
  for (const code of ['ENOSPC', 'EIO'] as const) {
    test(`${code} at every call, once, seed ${seed}`, { timeout: 1_200_000 }, async () => {
      expect(await failuresOf(code, once, seed)).toEqual([]);
    });
    test(`${code} from every call on, seed ${seed}`, { timeout: 1_200_000 }, async () => {
      expect(await failuresOf(code, fromThereOn, seed)).toEqual([]);
    });
    test(`${code} at every call of a kind, seed ${seed}`, { timeout: 1_200_000 }, async () => {
      expect(await failuresOf(code, allOfItsKind, seed)).toEqual([]);
    });
  }
}

import { expect, test } from 'vitest';
import type { ErrorCode, FileCall } from './fault-files.ts';
import { checkFailure, type FaultPlan, mayFail } from './io-failure.ts';
import { randomOf } from './random.ts';
import { RequestMaker } from './request-maker.ts';
import { type Prepared, prepare, work } from './scenario.ts';
import { StoreUnderTest, withDisk } from './store-under-test.ts';

const AT_ONCE = 3;

/** The calls of the work when nothing fails. */
const callsOf = async ({ disk, history }: Prepared) =>
  withDisk({ disk }, async (files): Promise<readonly FileCall[]> => {
    const opened = await StoreUnderTest.open(files);
    await work(opened, history.upTo(history.outcomes()), new RequestMaker(randomOf(0), 1_000));
    await opened.store.close();
    return files.calls;
  });

const failuresOf = async (code: ErrorCode, lasting: boolean): Promise<string[]> => {
  const prepared = await prepare();
  const calls = await callsOf(prepared);
  const plans = calls
    .filter(({ operation }) => mayFail(operation, code))
    .map(({ index }): FaultPlan => ({ code, at: index, lasting }));
  expect(plans.length).toBeGreaterThan(20);
  const failures: string[] = [];
  const next = plans.values();
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (const plan of next) {
      await checkFailure(prepared, plan).catch((error: unknown) => {
        const { operation, path } = calls[plan.at] as FileCall;
        failures.push(`call ${plan.at} (${operation} ${path}): ${String(error)}`);
      });
    }
  });
  await Promise.all(workers);
  return failures;
};

for (const code of ['ENOSPC', 'EIO'] as const) {
  test(`${code} at every call, once`, { timeout: 600_000 }, async () => {
    expect(await failuresOf(code, false)).toEqual([]);
  });
  test(`${code} from every call on, until the disk is well`, { timeout: 600_000 }, async () => {
    expect(await failuresOf(code, true)).toEqual([]);
  });
}

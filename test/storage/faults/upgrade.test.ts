/** A folder of an old format becomes one of today's, and nothing is lost wherever that is cut short. */
import { describe, expect, test } from 'vitest';
import type { ErrorCode, FileCall } from './fault-files.ts';
import { mayFail } from './io-failure.ts';
import { asFormat, type OldFormat, partsOfVersion } from './old-format.ts';
import { CrashRecorder, checkPowerLosses } from './power-loss.ts';
import { type Prepared, prepare } from './scenario.ts';
import { StoreUnderTest, withDisk } from './store-under-test.ts';

const prepareOld = async (format: OldFormat): Promise<Prepared> => {
  const { disk, history } = await prepare();
  return { disk: await asFormat(disk, format), history };
};

/** Starts the store on the old folder and lets it do what it wants to. */
const upgrade = (
  { disk, history }: Prepared,
  recorder?: CrashRecorder,
): Promise<readonly FileCall[]> =>
  withDisk({ disk, ...(recorder && { onBoundary: recorder.onBoundary }) }, async (files) => {
    const opened = await StoreUnderTest.open(files);
    await opened.idle();
    expect(history.judge(await opened.contents())).toBeUndefined();
    await opened.store.close();
    const { visible } = files.snapshot();
    expect(partsOfVersion(visible, 3)).toHaveLength(4);
    expect([1, 2].flatMap((old) => partsOfVersion(visible, old as OldFormat))).toEqual([]);
    return files.calls;
  });

/** One call of the upgrade fails; the disk is well again after, and the upgrade is done at last. */
const upgradeWithFault = (
  { disk, history }: Prepared,
  failing: FileCall,
  code: ErrorCode,
): Promise<void> =>
  withDisk({ disk, seed: failing.index }, async (files) => {
    files.fault = ({ index }) => (index === failing.index ? code : undefined);
    // What fails before it is open, the operator sees, and starts it again.
    const opened = await StoreUnderTest.open(files).catch((error: unknown) => {
      expect(error).toMatchObject({ code });
      return StoreUnderTest.open(files);
    });
    await opened.idle();
    expect(history.judgeLive(await opened.contents())).toBeUndefined();
    await opened.recovered();
    const { visible } = files.snapshot();
    expect([1, 2].flatMap((old) => partsOfVersion(visible, old as OldFormat))).toEqual([]);
    expect(history.judgeLive(await opened.contents())).toBeUndefined();
    await opened.store.close();
    expect(await opened.leftovers()).toEqual([]);
  });

describe.each([1, 2] as const)('from format %i', (format) => {
  test('power loss at every call', { timeout: 1_200_000 }, async () => {
    const prepared = await prepareOld(format);
    expect(partsOfVersion(prepared.disk.visible, format)).toHaveLength(4);
    const recorder = new CrashRecorder(prepared.history);
    await upgrade(prepared, recorder);
    const { disks, failures } = await checkPowerLosses(prepared.history, recorder.points, 1);
    expect(failures).toEqual([]);
    expect(disks).toBeGreaterThan(20);
  });

  test.each(['ENOSPC', 'EIO'] as const)(
    '%s at every call',
    { timeout: 1_200_000 },
    async (code) => {
      const prepared = await prepareOld(format);
      const calls = (await upgrade(prepared)).filter(({ operation }) => mayFail(operation, code));
      expect(calls.length).toBeGreaterThan(20);
      for (const call of calls) {
        await upgradeWithFault(prepared, call, code).catch((error: unknown) => {
          throw new Error(`call ${call.index} (${call.operation} ${call.path})`, { cause: error });
        });
      }
    },
  );
});

import { expect, test } from 'vitest';
import type { EpochMicros, Reading } from '../../../src/readings/reading.ts';
import { CrashRecorder, checkPowerLosses } from './power-loss.ts';
import { attempt, type Prepared, prepare } from './scenario.ts';
import { StoreUnderTest, withDisk } from './store-under-test.ts';

const reading = (userId: string, micros: number, heartRate: number): Reading => ({
  userId,
  deviceId: 'device_a',
  timestampMicros: (Date.UTC(2024, 0, 15) * 1000 + micros) as EpochMicros,
  heartRate,
});

const accepted = [
  reading('ann', 0, 170),
  ...[1, 2, 3, 4, 5].map((micros) => reading('ben', micros, 180 + micros)),
];
const rejected = [reading('ann', 0, 171), reading('ben', 6, 172)];

/**
 * The sync of a batch fails, and the disk keeps it all the same, in a segment that cannot be
 * removed while its accepted readings are in Parquet already.
 */
const run = ({ disk, history }: Prepared, recorder: CrashRecorder): Promise<void> =>
  withDisk({ disk, onBoundary: recorder.onBoundary }, async (files) => {
    const opened = await StoreUnderTest.open(files, { segmentMaxBytes: 1_000_000 });
    await opened.send(history, { kind: 'append', readings: accepted });
    recorder.points.length = 0;
    files.fault = ({ operation, path }) =>
      path.startsWith('data/wal/') && (operation === 'datasync' || operation === 'remove')
        ? 'EIO'
        : undefined;
    expect(await attempt(opened, history, { kind: 'append', readings: rejected })).toBe(false);
    await opened.idle();
    await opened.store.close();
  });

test('a rejected batch that the disk kept is there or not, the same ever after', async () => {
  const prepared = await prepare();
  const recorder = new CrashRecorder(prepared.history);
  await run(prepared, recorder);
  const points = recorder.points.filter(({ when }) => when === 'before');
  const { disks, failures } = await checkPowerLosses(prepared.history, points, 1);
  expect(failures).toEqual([]);
  expect(disks).toBeGreaterThan(20);
}, 1_200_000);

import { rm } from 'node:fs/promises';
import type pl from 'nodejs-polars';
import { expect, it, onTestFinished } from 'vitest';
import type { EpochMicros, TimeRange } from '../../../src/readings/reading.ts';
import { excerptFrame } from '../../../src/storage/rows/frame-of-excerpt.ts';
import { frameOf } from '../../../src/storage/rows/frame-of-source.ts';
import type { RowsSource } from '../../../src/storage/rows/rows-source.ts';
import {
  append,
  FLUSH_EVERY_COMMIT,
  flushed,
  openStore,
  reading,
  scanRequest,
} from '../../support/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const MINUTE = 60_000_000;
const HOUR = 60 * MINUTE;
const START = 1_705_276_800_000_000 as EpochMicros;
const NOON = START + 12 * HOUR;

const rangeOf = (from: number, to: number): TimeRange => ({
  startMicros: from as EpochMicros,
  endMicros: to as EpochMicros,
});

/**
 * Two devices each minute from eleven to one and at both ends of the day in a part, one at noon in
 * memory: what there is of a user in ranges of the day.
 */
const changingDay = async (userId: string) => {
  const dataDir = await temporaryFolder();
  const parts = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  const of = (user: string, device: string, rate: number) =>
    [
      START,
      ...Array.from({ length: 120 }, (_, i) => NOON + (i - 60) * MINUTE),
      START + 24 * HOUR - 1,
    ].map((at) => reading(user, device, at, rate));
  await append(parts.store, ...of('ann', 'a', 60), ...of('ann', 'b', 70), ...of('ben', 'a', 80));
  await flushed(parts.store);
  await parts.store.close();
  const { store } = await openStore(dataDir);
  onTestFinished(() => store.close());
  await append(store, reading(userId, 'a', NOON, 90), reading(userId, 'a', START, 90));
  for await (const scan of store.scan(scanRequest(userId))) {
    return (from: number, to: number): RowsSource => scan.source(rangeOf(from, to));
  }
  throw new Error('no day');
};

const rowsOf = async (frame: pl.LazyDataFrame): Promise<unknown[]> =>
  (await frame.sort(['device_id', 'timestamp', 'sequence']).collect()).toRecords();

const expectSameRows = async (source: RowsSource, rows: number): Promise<void> => {
  const expected = await rowsOf(frameOf(source));
  expect(expected).toHaveLength(rows);
  // For the first time, and as they are kept.
  expect(await rowsOf(await excerptFrame(source))).toEqual(expected);
  expect(await rowsOf(await excerptFrame(source))).toEqual(expected);
};

it('an excerpt has the rows of the range, of any near it, and of others', async () => {
  const within = await changingDay('ann');
  await expectSameRows(within(NOON, NOON + MINUTE), 3);
  await expectSameRows(within(NOON - 10 * MINUTE, NOON + 2 * MINUTE), 25);
  await expectSameRows(within(NOON - HOUR / 2, NOON + HOUR / 2), 121);
  await expectSameRows(within(START, START + MINUTE), 3);
  await expectSameRows(within(START, START + 24 * HOUR), 246);
  await expectSameRows({ ...within(NOON, NOON + MINUTE), deviceId: 'b' }, 1);
});

it('an excerpt is of its user alone', async () => {
  const ofAnn = await changingDay('ann');
  const ann = ofAnn(NOON, NOON + MINUTE);
  await expectSameRows(ann, 3);
  await expectSameRows({ ...ann, userId: 'ben' }, 2);
});

it('an excerpt of a part that has void rows is without them, though it was kept before', async () => {
  const within = await changingDay('ann');
  const source = within(NOON, NOON + MINUTE);
  await expectSameRows(source, 3);
  const without = [{ userId: 'ann', deviceId: 'a' }];
  await expectSameRows({ ...source, parts: source.parts.map((part) => ({ ...part, without })) }, 2);
});

it('what is near an excerpt needs no look at the part, and what is not does', async () => {
  const within = await changingDay('ann');
  await excerptFrame(within(NOON, NOON + MINUTE));
  const near = within(NOON - 5 * MINUTE, NOON + 5 * MINUTE);
  for (const { path } of near.parts) await rm(path);
  expect(await rowsOf(await excerptFrame(near))).toHaveLength(21);
  const far = { ...near, range: rangeOf(NOON + HOUR / 2, NOON + HOUR) };
  await expect(excerptFrame(far)).rejects.toThrow();
});

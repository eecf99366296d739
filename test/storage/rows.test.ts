import { describe, expect, it, onTestFinished } from 'vitest';
import type { Erasure } from '../../src/readings/erasure.ts';
import type { EpochMicros, TimeRange } from '../../src/readings/reading.ts';
import { frameOf } from '../../src/storage/rows/frame-of-source.ts';
import { joinedSource, type RowsSource } from '../../src/storage/rows/rows-source.ts';
import {
  append,
  FLUSH_EVERY_COMMIT,
  flushed,
  openStore,
  reading,
  scanRequest,
} from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const MINUTE = 60_000_000;
const DAY = 1_440 * MINUTE;
const START = 1_705_276_800_000_000 as EpochMicros;

const rangeOf = (from: number, to: number): TimeRange => ({
  startMicros: (START + from) as EpochMicros,
  endMicros: (START + to) as EpochMicros,
});

/** A device each for the minutes 0 to 3 of three days, of which the second is in memory as well. */
const openDays = async (): Promise<RowsSource[]> => {
  const dataDir = await temporaryFolder();
  const parts = await openStore(dataDir, FLUSH_EVERY_COMMIT);
  for (let day = 0; day < 3; day++) {
    const of = (user: string, device: string) =>
      [0, 1, 2, 3].map((i) => reading(user, device, START + day * DAY + i * MINUTE, 70));
    await append(parts.store, ...of('ann', 'a'), ...of('ann', 'b'), ...of('ben', 'a'));
  }
  await flushed(parts.store);
  await parts.store.close();
  const { store } = await openStore(dataDir);
  onTestFinished(() => store.close());
  await append(store, reading('ann', 'c', START + DAY + MINUTE, 80));
  const sources: RowsSource[] = [];
  for await (const scan of store.scan(scanRequest('ann'))) sources.push(scan.source());
  return sources;
};

/** `a 0 1` is device a, the day, and the minute of it. */
const rowsOf = async (source: RowsSource): Promise<string[]> => {
  const rows = (await frameOf(source).collect()).toRecords() as unknown as {
    device_id: string;
    timestamp: number;
  }[];
  return rows
    .map(({ device_id, timestamp }) => {
      const since = timestamp - START;
      return `${device_id} ${Math.floor(since / DAY)} ${(since % DAY) / MINUTE}`;
    })
    .sort();
};

const minutes = (device: string, day: number, ...of: readonly number[]): string[] =>
  of.map((minute) => `${device} ${day} ${minute}`);

describe('what erasures cover is left out', () => {
  it.each<[string, Omit<Erasure, 'userId'>[], string[]]>([
    ['a device', [{ deviceId: 'a' }], minutes('b', 0, 0, 1, 2, 3)],
    [
      'a range',
      [{ range: rangeOf(MINUTE, 3 * MINUTE) }],
      [...minutes('a', 0, 0, 3), ...minutes('b', 0, 0, 3)],
    ],
    [
      'a device in a range',
      [{ deviceId: 'a', range: rangeOf(MINUTE, 3 * MINUTE) }],
      [...minutes('a', 0, 0, 3), ...minutes('b', 0, 0, 1, 2, 3)],
    ],
    [
      'several',
      [{ deviceId: 'a', range: rangeOf(0, MINUTE) }, { range: rangeOf(2 * MINUTE, DAY) }],
      [...minutes('a', 0, 1), ...minutes('b', 0, 0, 1)],
    ],
    ['all', [{}], []],
  ])('of %s', async (_, without, expected) => {
    const [source] = await openDays();
    if (source === undefined) throw new Error('no day');
    const masked = source.parts.map((part) => ({
      ...part,
      without: without.map((erasure) => ({ userId: 'ann', ...erasure })),
    }));
    expect(await rowsOf({ ...source, parts: masked })).toEqual(expected);
  });

  it('of the parts that say so alone, and never of what is in memory', async () => {
    const sources = await openDays();
    const joined = joinedSource(sources as [RowsSource, ...RowsSource[]]);
    const parts = joined.parts.map((part, i) =>
      i === 1 ? { ...part, without: [{ userId: 'ann', deviceId: 'a' }] } : part,
    );
    const rows = await rowsOf({ ...joined, parts });
    expect(rows.filter((row) => row.startsWith('a'))).toEqual([
      ...minutes('a', 0, 0, 1, 2, 3),
      ...minutes('a', 2, 0, 1, 2, 3),
    ]);
    expect(rows).toContain('c 1 1');
  });
});

it('days together have what each of them has, clipped where the first begins and the last ends', async () => {
  const sources = await openDays();
  const [first, second, last] = sources as [RowsSource, RowsSource, RowsSource];
  const each = [...(await rowsOf(first)), ...(await rowsOf(second)), ...(await rowsOf(last))];
  expect(await rowsOf(joinedSource([first, second, last]))).toEqual(each.sort());
  const from = { ...first, range: rangeOf(2 * MINUTE, DAY) };
  const to = { ...last, range: rangeOf(2 * DAY, 2 * DAY + MINUTE) };
  const clipped = await rowsOf(joinedSource([from, second, to]));
  expect(clipped.filter((row) => row.startsWith('a'))).toEqual([
    ...minutes('a', 0, 2, 3),
    ...minutes('a', 1, 0, 1, 2, 3),
    ...minutes('a', 2, 0),
  ]);
});

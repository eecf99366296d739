import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Erasure } from '../../../../src/readings/erasure.ts';
import type { EpochDay, EpochMicros, Sequence } from '../../../../src/readings/reading.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { erasePart } from '../../../../src/storage/parquet/parts/erase-part.ts';
import type { EraseResult } from '../../../../src/storage/parquet/parts/jobs.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tracedFiles } from '../../traced-files.ts';
import { fixturePart, inPartOrder, type PartRow, readAsReadings, readPart } from './read-part.ts';
import { writePart } from './write-part.ts';

const DAY = 19_737 as EpochDay;
const START = DAY * 86_400_000_000;
const ROWS: PartRow[] = [
  ['ann', 'a', START, 60],
  ['ann', 'a', START + 10, 61],
  ['ann', 'b', START, 62],
  ['ann', 'b', START + 20, 63],
  ['bob', 'a', START + 10, 64],
];

const rangeOf = (from: number, to: number) => ({
  startMicros: (START + from) as EpochMicros,
  endMicros: (START + to) as EpochMicros,
});

const erase = (
  dataDir: string,
  path: string,
  ...erasures: readonly Erasure[]
): Promise<EraseResult> => {
  const range = { first: 1 as Sequence, last: 5 as Sequence };
  const identity = { range, rewrites: 1 };
  return erasePart(nodeFiles, { dataDir, day: DAY, path, erasures, identity });
};

const pathOf = (result: EraseResult): string => (result.outcome === 'rewritten' ? result.path : '');

describe('erasing from a part', () => {
  it.each<[string, readonly Erasure[], readonly number[]]>([
    ['a user', [{ userId: 'ann' }], [64]],
    ['a device', [{ userId: 'ann', deviceId: 'b' }], [60, 61, 64]],
    ['a range', [{ userId: 'ann', range: rangeOf(0, 10) }], [61, 63, 64]],
    [
      'a range of a device',
      [{ userId: 'ann', deviceId: 'a', range: rangeOf(10, 20) }],
      [60, 62, 63, 64],
    ],
    [
      'several, some of what is not there',
      [{ userId: 'bob' }, { userId: 'ann', deviceId: 'a' }, { userId: 'eve' }],
      [62, 63],
    ],
  ])('leaves out %s, and keeps all others', async (_, erasures, rates) => {
    const dataDir = await temporaryFolder();
    const { path } = await writePart(dataDir, 1, 5, ROWS);
    const result = await erase(dataDir, path, ...erasures);
    expect(result).toMatchObject({ outcome: 'rewritten', rows: rates.length });
    expect(readPart(pathOf(result)).rows.map((row) => row[3])).toEqual(rates);
    expect(readPart(path).rows).toEqual(ROWS);
  });

  it.each<[string, Erasure]>([
    ['user', { userId: 'eve' }],
    ['device', { userId: 'ann', deviceId: 'c' }],
    ['time', { userId: 'ann', range: rangeOf(21, 1000) }],
  ])('leaves a part alone that has nothing of the %s', async (_, erasure) => {
    const dataDir = await temporaryFolder();
    const { path } = await writePart(dataDir, 1, 5, ROWS);
    expect(await erase(dataDir, path, erasure)).toEqual({ outcome: 'untouched' });
    expect(await erase(dataDir, path)).toEqual({ outcome: 'untouched' });
    expect(await readdir(dirname(path))).toHaveLength(1);
  });

  it('writes nothing in the place of a part of which nothing is left', async () => {
    const dataDir = await temporaryFolder();
    const { path } = await writePart(dataDir, 1, 5, ROWS);
    const erasures = [{ userId: 'bob' }, { userId: 'ann', range: rangeOf(0, 21) }];
    expect(await erase(dataDir, path, ...erasures)).toEqual({ outcome: 'emptied' });
    expect(await readdir(dirname(path))).toHaveLength(1);
  });

  it.each([1, 2] as const)('writes a part of format %i as one of today', async (format) => {
    const dataDir = await temporaryFolder();
    await writePart(dataDir, 1, 5, ROWS);
    const old = await fixturePart(format);
    const { rows } = await readAsReadings(old);
    expect(readPart(pathOf(await erase(dataDir, old))).rows).toEqual(inPartOrder(rows));
    const kept = rows.filter(([user]) => user !== 'user_123');
    const erased = await erase(dataDir, old, { userId: 'user_123' });
    expect(readPart(pathOf(erased)).rows).toEqual(inPartOrder(kept));
    expect(kept.length).toBeLessThan(rows.length);
  });

  it('leaves nothing behind on a disk that is full', async () => {
    const dataDir = await temporaryFolder();
    const { path } = await writePart(dataDir, 1, 5, ROWS);
    const { files } = tracedFiles(nodeFiles, ({ operation }) => {
      if (operation === 'append') throw Object.assign(new Error('full'), { code: 'ENOSPC' });
    });
    const range = { first: 1 as Sequence, last: 5 as Sequence };
    const job = { dataDir, day: DAY, path, identity: { range, rewrites: 1 } };
    const erasures = [{ userId: 'bob' }];
    await expect(erasePart(files, { ...job, erasures })).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(await readdir(dirname(path))).toHaveLength(1);
  });
});

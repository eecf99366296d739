import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochDay, Sequence } from '../../../../src/readings/reading.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { compactDay } from '../../../../src/storage/parquet/parts/compact-day.ts';
import type { CompactJob } from '../../../../src/storage/parquet/parts/jobs.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { fixturePart, inPartOrder, type PartRow, readAsReadings, readPart } from './read-part.ts';
import { writePart } from './write-part.ts';

const DAY = 19_737 as EpochDay;
const START = DAY * 86_400_000_000;

const jobOf = (dataDir: string, last: number, paths: readonly string[]): CompactJob => ({
  dataDir,
  day: DAY,
  range: { first: 1 as Sequence, last: last as Sequence },
  paths,
});

describe('compacting a day', () => {
  it('keeps the reading of the newest part of each identity, sorted, and counts the rest', async () => {
    const anyRow = fc
      .tuple(fc.constantFrom('ann', 'bob', 'ä'), fc.constantFrom('a', 'b'), fc.nat(4))
      .map(([user, device, at]): [string, string, number] => [user, device, START + at]);
    const anyPart = fc.uniqueArray(anyRow, { minLength: 1, selector: (row) => row.join() });
    await fc.assert(
      fc.asyncProperty(fc.array(anyPart, { minLength: 2, maxLength: 5 }), async (parts) => {
        const dataDir = await temporaryFolder();
        const expected = new Map<string, PartRow>();
        const paths: string[] = [];
        let before = 0;
        for (const [i, part] of parts.entries()) {
          const rows = part.map((row, k): PartRow => [...row, 60 + i * 10 + k / 100]);
          for (const row of rows) expected.set(row.slice(0, 3).join(), row);
          before += rows.length;
          paths.push((await writePart(dataDir, i * 100 + 1, i * 100 + 100, rows)).path);
        }
        const last = parts.length * 100;
        const compacted = await compactDay(nodeFiles, jobOf(dataDir, last, paths));
        const { rows, sequence } = readPart(compacted.path);
        expect(rows).toEqual(inPartOrder([...expected.values()]));
        expect(sequence).toBe(last);
        expect(compacted.duplicates).toBe(before - expected.size);
        expect(compacted.bytes).toBe(await nodeFiles.size(compacted.path));
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  it('leaves the parts it merged, and nothing temporary', async () => {
    const dataDir = await temporaryFolder();
    const rows: PartRow[] = [['ann', 'a', START, 70]];
    const one = await writePart(dataDir, 1, 5, rows);
    const two = await writePart(dataDir, 6, 9, rows);
    const { path } = await compactDay(nodeFiles, jobOf(dataDir, 9, [one.path, two.path]));
    expect(await readdir(dirname(path))).toHaveLength(3);
    expect(readPart(one.path).rows).toEqual(readPart(path).rows);
  });

  it('fails on a damaged part, and puts nothing in its place', async () => {
    const dataDir = await temporaryFolder();
    const { path } = await writePart(dataDir, 1, 5, [['ann', 'a', START, 70]]);
    const gone = `${path}.gone`;
    await expect(compactDay(nodeFiles, jobOf(dataDir, 9, [path, gone]))).rejects.toThrow();
    expect(await readdir(dirname(path))).toHaveLength(1);
  });

  it.each([1, 2] as const)('merges a part of format %i with one of today', async (format) => {
    const dataDir = await temporaryFolder();
    const old = await fixturePart(format);
    const { rows: before } = await readAsReadings(old);
    const at = before[0]?.[2] as number;
    const fresh = await writePart(dataDir, 100, 109, [
      ['user_123', 'device_a', at, 99],
      ['zoe', 'a', at, 50],
    ]);
    const { path } = await compactDay(nodeFiles, jobOf(dataDir, 109, [old, fresh.path]));
    const { rows, sequence } = readPart(path);
    expect(sequence).toBe(109);
    const others = before.filter(([user, device, micros]) => {
      return user !== 'user_123' || device !== 'device_a' || micros !== at;
    });
    expect(rows).toEqual(
      inPartOrder([...others, ['user_123', 'device_a', at, 99], ['zoe', 'a', at, 50]]),
    );
  });
});

import { readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import fc from 'fast-check';
import pl from 'nodejs-polars';
import { describe, expect, it } from 'vitest';
import type { EpochDay, Sequence } from '../../../../src/readings/reading.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { compactDay } from '../../../../src/storage/parquet/parts/compact-day.ts';
import type { CompactJob } from '../../../../src/storage/parquet/parts/jobs.ts';
import { asPart } from '../../../../src/storage/parquet/parts/part-frame.ts';
import { publishPart } from '../../../../src/storage/parquet/parts/publish-part.ts';
import { scanPart } from '../../../../src/storage/rows/part-file.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { inPartOrder, type PartRow, readPart } from './read-part.ts';

const DAY = 19_737 as EpochDay;
const START = DAY * 86_400_000_000;

/** A part as a flush would leave it: rows sorted, each identity once. */
const writePart = async (dataDir: string, first: number, last: number, rows: pl.DataFrame) => {
  const range = { first: first as Sequence, last: last as Sequence };
  const frame = asPart(rows.lazy().sort(['user_id', 'timestamp', 'device_id']), range.last);
  return publishPart(nodeFiles, dataDir, DAY, { range, rewrites: 0 }, frame);
};

const frameOf = (rows: readonly PartRow[]): pl.DataFrame =>
  pl.DataFrame([
    pl.Series(
      'user_id',
      rows.map((row) => row[0]),
      pl.String,
    ),
    pl.Series(
      'device_id',
      rows.map((row) => row[1]),
      pl.String,
    ),
    pl.Series(
      'timestamp',
      rows.map((row) => row[2]),
      pl.Int64,
    ),
    pl.Series(
      'heart_rate',
      rows.map((row) => row[3]),
      pl.Float64,
    ),
  ]);

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
          paths.push((await writePart(dataDir, i * 100 + 1, i * 100 + 100, frameOf(rows))).path);
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
    const rows = frameOf([['ann', 'a', START, 70]]);
    const one = await writePart(dataDir, 1, 5, rows);
    const two = await writePart(dataDir, 6, 9, rows);
    const { path } = await compactDay(nodeFiles, jobOf(dataDir, 9, [one.path, two.path]));
    expect(await readdir(dirname(path))).toHaveLength(3);
    expect(readPart(one.path).rows).toEqual(readPart(path).rows);
  });

  it('fails on a damaged part, and puts nothing in its place', async () => {
    const dataDir = await temporaryFolder();
    const { path } = await writePart(dataDir, 1, 5, frameOf([['ann', 'a', START, 70]]));
    const gone = `${path}.gone`;
    await expect(compactDay(nodeFiles, jobOf(dataDir, 9, [path, gone]))).rejects.toThrow();
    expect(await readdir(dirname(path))).toHaveLength(1);
  });

  it('merges a day too large to be sorted at once, one range of users after the other', async () => {
    const dataDir = await temporaryFolder();
    const rows = 1_050_000;
    const users = 1050;
    const part = (shift: number, rate: number): pl.DataFrame => {
      const index = Int32Array.from({ length: rows }, (_, i) => i);
      return pl
        .DataFrame([pl.Series('index', index)])
        .lazy()
        .select(
          pl
            .concatString([pl.lit('user_'), pl.col('index').modulo(users).cast(pl.String)])
            .alias('user_id'),
          pl.lit('a').alias('device_id'),
          pl
            .col('index')
            .cast(pl.Int64)
            .add(pl.lit(START + shift).cast(pl.Int64))
            .alias('timestamp'),
          pl.lit(rate).alias('heart_rate'),
        )
        .collectSync();
    };
    const one = await writePart(dataDir, 1, rows, part(0, 60));
    // Half of these are of the identities of the first, as user and instant go round together.
    const two = await writePart(dataDir, rows + 1, 2 * rows, part(rows / 2, 90));
    const job = jobOf(dataDir, 2 * rows, [one.path, two.path]);
    const { path, duplicates } = await compactDay(nodeFiles, job);
    expect(duplicates).toBe(rows / 2);
    expect(await readdir(dirname(path))).toHaveLength(3);

    const merged = await scanPart(path).collect();
    expect(merged.height).toBe(1.5 * rows);
    expect(merged.frameEqual(merged.sort(['user_id', 'timestamp', 'device_id']))).toBe(true);
    expect(merged.unique({ subset: ['user_id', 'timestamp'] }).height).toBe(merged.height);
    expect(merged.getColumn('heart_rate').sum()).toBe(rows * 90 + (rows / 2) * 60);
  });
});

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochDay, Reading, Sequence } from '../../../../src/readings/reading.ts';
import { ReadingBatch } from '../../../../src/readings/reading-batch.ts';
import { checksumOf } from '../../../../src/storage/parquet/disk/checksum.ts';
import {
  dayFolder,
  type PartName,
  parsePartName,
  partName,
  partStem,
  temporaryName,
} from '../../../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { flushSegment } from '../../../../src/storage/parquet/parts/flush-segment.ts';
import type { FlushJob } from '../../../../src/storage/parquet/parts/jobs.ts';
import { reading } from '../../../support/store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { tracedFiles } from '../../traced-files.ts';
import { inPartOrder, type PartRow, readPart } from './read-part.ts';

const DAY = 19_737;
const DAY_MICROS = 86_400_000_000;
const MIDNIGHT = (DAY + 1) * DAY_MICROS;

/** Readings in the columns that a segment is flushed from. */
const jobOf = (dataDir: string, readings: readonly Reading[], first = 1): FlushJob => {
  const { runs } = ReadingBatch.of(...readings);
  return {
    dataDir,
    range: { first: first as Sequence, last: (first + readings.length - 1) as Sequence },
    doneDays: [],
    columns: {
      userIds: runs.map((run) => run.userId),
      deviceIds: runs.map((run) => run.deviceId),
      lengths: Uint32Array.from(runs.map((run) => run.timestampsMicros.length)),
      timestamps: Float64Array.from(runs.flatMap((run) => run.timestampsMicros)),
      heartRates: Float64Array.from(runs.flatMap((run) => run.heartRates)),
    },
  };
};

const rowOf = (one: Reading): PartRow => [
  one.userId,
  one.deviceId,
  one.timestampMicros,
  one.heartRate,
];

/** The last reading of each identity. */
const lastOfEach = (readings: readonly Reading[]): Reading[] => {
  const last = new Map(
    readings.map((one) => [JSON.stringify([one.userId, one.deviceId, one.timestampMicros]), one]),
  );
  return [...last.values()];
};

describe('flushing a segment', () => {
  it('writes one part for each day it touches, split at midnight UTC', async () => {
    const dataDir = await temporaryFolder();
    const readings = [
      reading('ann', 'a', MIDNIGHT, 73),
      reading('ann', 'a', MIDNIGHT - 1, 72),
      reading('ann', 'a', MIDNIGHT + DAY_MICROS - 1, 74),
      reading('ann', 'a', MIDNIGHT - DAY_MICROS, 71),
      reading('ann', 'a', 0, 70),
    ];
    const { parts, duplicates } = await flushSegment(nodeFiles, jobOf(dataDir, readings, 100));
    expect(duplicates).toBe(0);
    expect(parts.map((part) => part.day)).toEqual([0, DAY, DAY + 1]);
    const { range } = jobOf(dataDir, readings, 100);
    for (const { path, bytes, day } of parts) {
      expect(dirname(path)).toBe(dayFolder(dataDir, day));
      const content = await readFile(path);
      const checksum = checksumOf(content);
      const name = partName({ range, rewrites: 0, checksum, version: 2 });
      expect(basename(path)).toBe(name);
      expect(content.length).toBe(bytes);
      expect(await readdir(dirname(path))).toEqual([name]);
      expect(readPart(path).sequence).toBe(104);
    }
    expect(parts.map((part) => readPart(part.path).rows.map((row) => row[3]))).toEqual([
      [70],
      [71, 72],
      [73, 74],
    ]);
  });

  it('sorts by user, time and device, and keeps the last of each identity', async () => {
    const id = fc.constantFrom('a', 'b', 'B', 'ä', 'z', '😀', '\uffee', '');
    const anyReading = fc
      .tuple(id, id, fc.nat(3), fc.double({ min: 30, max: 220, noNaN: true }))
      .map(([user, device, at, rate]) => reading(user, device, MIDNIGHT + at, rate));
    await fc.assert(
      fc.asyncProperty(fc.array(anyReading, { minLength: 1, maxLength: 60 }), async (readings) => {
        const job = jobOf(await temporaryFolder(), readings);
        const { parts, duplicates } = await flushSegment(nodeFiles, job);
        const expected = lastOfEach(readings);
        expect(parts).toHaveLength(1);
        expect(readPart(parts[0]?.path as string).rows).toEqual(inPartOrder(expected.map(rowOf)));
        expect(duplicates).toBe(readings.length - expected.length);
      }),
      { numRuns: 15, endOnFailure: true },
    );
  });

  it('passes over days that are done, and leaves their parts alone', async () => {
    const dataDir = await temporaryFolder();
    const readings = [reading('ann', 'a', MIDNIGHT - 1, 70), reading('ann', 'a', MIDNIGHT, 71)];
    const job = jobOf(dataDir, readings);
    const [first] = (await flushSegment(nodeFiles, job)).parts;
    await writeFile(first?.path as string, 'as it was');
    const again = await flushSegment(nodeFiles, { ...job, doneDays: [DAY as EpochDay] });
    expect(again.parts.map((part) => part.day)).toEqual([DAY + 1]);
    expect(await readFile(first?.path as string, 'utf8')).toBe('as it was');
  });

  it('makes each part durable before it has its name, and the name before it returns', async () => {
    const dataDir = await temporaryFolder();
    const { files, calls } = tracedFiles(nodeFiles);
    const readings = [reading('ann', 'a', MIDNIGHT - 1, 70), reading('ann', 'a', MIDNIGHT, 71)];
    const { parts } = await flushSegment(files, jobOf(dataDir, readings));
    for (const { path } of parts) {
      const folder = dirname(path);
      const stem = partStem(parsePartName(basename(path)) as PartName);
      const ofDay = calls.filter((call) => call.path.startsWith(folder));
      expect(ofDay.map((call) => [call.operation, basename(call.path)])).toEqual([
        ['makeFolder', basename(folder)],
        ['syncFile', temporaryName(stem)],
        ['rename', basename(path)],
        ['syncFolder', basename(folder)],
        ['size', basename(path)],
      ]);
    }
  });

  it('takes no offence at what an earlier attempt left behind', async () => {
    const dataDir = await temporaryFolder();
    const job = jobOf(dataDir, [reading('ann', 'a', MIDNIGHT, 70)]);
    const folder = dayFolder(dataDir, (DAY + 1) as EpochDay);
    const stem = partStem({ range: job.range, rewrites: 0 });
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, temporaryName(stem)), 'half a part, and longer');
    const { parts } = await flushSegment(nodeFiles, job);
    expect(readPart(parts[0]?.path as string).rows).toHaveLength(1);
    expect(await readdir(folder)).toEqual([basename(parts[0]?.path as string)]);
  });

  it('takes many series and rows, more than one row group', async () => {
    const readings: Reading[] = [];
    for (let i = 0; i < 70_000; i++) {
      readings.push(reading(`user_${i % 700}`, `device_${i % 2}`, MIDNIGHT + i * 1000, 60));
    }
    const { parts } = await flushSegment(nodeFiles, jobOf(await temporaryFolder(), readings));
    const { rows } = readPart(parts[0]?.path as string);
    expect(rows).toHaveLength(readings.length);
    expect(rows).toEqual(inPartOrder(rows));
  });
});

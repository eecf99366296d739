import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochDay, Reading, Sequence } from '../../../../src/readings/reading.ts';
import { ReadingBatch } from '../../../../src/readings/reading-batch.ts';
import { checksumOf } from '../../../../src/storage/parquet/disk/checksum.ts';
import type { Files } from '../../../../src/storage/parquet/disk/files.ts';
import {
  dayFolder,
  isTemporary,
  partitionsFolder,
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
      const name = partName({ range, rewrites: 0, checksum, version: 3 });
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

  it('sorts by user, device and time, and keeps the last of each identity', async () => {
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
      const ofDay = calls.filter((call) => call.path.startsWith(folder));
      expect(ofDay.map((call) => call.operation)).toEqual([
        'makeFolders',
        'create',
        'append',
        'append',
        'datasync',
        'rename',
        'syncFolder',
      ]);
      expect(ofDay.slice(1, 5).every((call) => isTemporary(basename(call.path)))).toBe(true);
      expect(ofDay[5]?.path).toBe(path);
    }
    // No folder before the first part, each for itself.
    expect(calls.filter((call) => call.operation === 'makeFolder')).toEqual([]);
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
    expect(await readdir(folder)).toContain(basename(parts[0]?.path as string));
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

  it('writes many days at once, and each of their rows once', async () => {
    const days = 40;
    const dataDir = await temporaryFolder();
    const readings: Reading[] = [];
    for (let i = 0; i < 2 * days; i++) {
      readings.push(
        reading('ann', 'a', MIDNIGHT + ((i * 7) % days) * DAY_MICROS + i, 60 + (i % 9)),
      );
    }
    const { parts, duplicates } = await flushSegment(nodeFiles, jobOf(dataDir, readings));
    expect(duplicates).toBe(0);
    expect(parts.map((part) => part.day)).toEqual(
      Array.from({ length: days }, (_, i) => DAY + 1 + i),
    );
    const found = parts.flatMap((part) => readPart(part.path).rows);
    expect(found).toEqual(inPartOrder(readings.map(rowOf)));
    expect(parts.every((part) => part.rows === 2)).toBe(true);
  });
});

it('a flush that leaves readings out fails, so that their segment stays', async () => {
  const dataDir = await temporaryFolder();
  const job = jobOf(dataDir, [reading('ann', 'a', MIDNIGHT, 70), reading('ann', 'a', 0, 71)]);
  // Its one series is said to be shorter than its columns are.
  const columns = { ...job.columns, lengths: Uint32Array.of(1) };
  await expect(flushSegment(nodeFiles, { ...job, columns })).rejects.toThrow(
    'of 2 readings 1 rows and 0 duplicates came of the flush',
  );
  const names = await readdir(partitionsFolder(dataDir), { recursive: true });
  expect(names.filter((name) => name.includes('part-'))).toEqual([]);
});

/** Files that change the bytes they are to append, as a disk may that says that all is well. */
const lying = (change: (bytes: Buffer, call: number) => Uint8Array): Files => {
  let appends = 0;
  return {
    ...nodeFiles,
    create: async (path) => {
      const file = await nodeFiles.create(path);
      return {
        isLinked: () => file.isLinked(),
        append: (bytes) => file.append(change(Buffer.from(bytes), appends++)),
        datasync: () => file.datasync(),
        close: () => file.close(),
      };
    },
  };
};

const filesIn = async (dataDir: string): Promise<string[]> => {
  const names = await readdir(partitionsFolder(dataDir), { recursive: true });
  return names.filter((name) => name.includes('part-'));
};

describe('a disk that errs', () => {
  const readings = Array.from({ length: 300 }, (_, i) =>
    reading(`user_${i % 7}`, `device_${i % 2}`, MIDNIGHT + (i % 3) * DAY_MICROS + i, 60 + (i % 50)),
  );

  it.each([
    ['drops what it is given', () => Buffer.alloc(0)],
    ['keeps a beginning', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['writes zeros', (bytes: Buffer) => bytes.fill(0)],
    ['writes twice', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
  ])('%s, and the flush fails and leaves nothing', async (_, change) => {
    const dataDir = await temporaryFolder();
    const broken = lying((bytes, call) => (call === 2 ? change(bytes) : bytes));
    await expect(flushSegment(broken, jobOf(dataDir, readings))).rejects.toThrow();
    expect(await filesIn(dataDir)).toEqual([]);
  });

  it('flips one bit, wherever it is, and the flush fails', async () => {
    const dataDir = await temporaryFolder();
    const one = readings.slice(0, 1);
    const { parts } = await flushSegment(nodeFiles, jobOf(await temporaryFolder(), one));
    const bytes = parts[0]?.bytes as number;
    for (let bit = 0; bit < bytes * 8; bit += 101) {
      let written = 0;
      const flipping = lying((content) => {
        const at = (bit >>> 3) - written;
        if (at >= 0 && at < content.length)
          content[at] = (content[at] as number) ^ (1 << (bit & 7));
        written += content.length;
        return content;
      });
      const flush = flushSegment(flipping, jobOf(dataDir, one));
      await expect(flush, `bit ${bit}`).rejects.toThrow('is not as it was written');
    }
    expect(await filesIn(dataDir)).toEqual([]);
  });

  it.each(['create', 'append', 'datasync', 'rename', 'syncFolder'] as const)(
    'fails at a %s, and nothing of any day stays',
    async (operation) => {
      const dataDir = await temporaryFolder();
      let calls = 0;
      const { files } = tracedFiles(nodeFiles, (call) => {
        // Not the first: by then other days have been written, or have their names.
        if (call.operation !== operation || ++calls < 3) return;
        throw Object.assign(new Error(`no ${operation}`), { code: 'ENOSPC' });
      });
      await expect(flushSegment(files, jobOf(dataDir, readings))).rejects.toMatchObject({
        code: 'ENOSPC',
      });
      expect(await filesIn(dataDir)).toEqual([]);
      const { parts } = await flushSegment(nodeFiles, jobOf(dataDir, readings));
      expect(parts.map(({ rows }) => rows)).toEqual([100, 100, 100]);
    },
  );

  it("tells of what it could not remove after a failure, which is in nobody's way", async () => {
    const dataDir = await temporaryFolder();
    const { files } = tracedFiles(nodeFiles, ({ operation }) => {
      if (operation === 'datasync' || operation === 'remove') throw new Error(`no ${operation}`);
    });
    const job = jobOf(dataDir, readings.slice(0, 1));
    await expect(flushSegment(files, job)).rejects.toThrow(/no datasync.*no remove/);
    expect(await filesIn(dataDir)).toHaveLength(1);
    expect((await flushSegment(nodeFiles, job)).parts).toHaveLength(1);
  });
});

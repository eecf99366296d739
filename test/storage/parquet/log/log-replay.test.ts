import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Sequence } from '../../../../src/readings/reading.ts';
import { ReadingBatch } from '../../../../src/readings/reading-batch.ts';
import {
  logFolder,
  quarantineFolder,
  segmentName,
} from '../../../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { Quarantine } from '../../../../src/storage/parquet/disk/quarantine.ts';
import { type LogEntry, sequencesOf } from '../../../../src/storage/parquet/log/log-record.ts';
import { piecesOf, replayLog } from '../../../../src/storage/parquet/log/log-replay.ts';
import { encodeRecord } from '../../../support/encode-record.ts';
import { openStore, reading, recordingObserver } from '../../../support/store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const one = (rate: number): LogEntry => ({
  kind: 'readings',
  batch: ReadingBatch.of(reading('änn', 'a', rate, rate)),
});

/** The lines of entries that follow each other from a sequence on. */
const linesOf = (first: number, ...entries: readonly LogEntry[]): string[] => {
  let sequence = first as Sequence;
  return entries.map((entry) => {
    const line = encodeRecord(sequence, entry);
    sequence = (sequence + sequencesOf(entry)) as Sequence;
    return line;
  });
};

/** A folder with these segments, by first sequence. */
const logOf = async (segments: Readonly<Record<number, string | Buffer>>): Promise<string> => {
  const dataDir = await temporaryFolder();
  await mkdir(logFolder(dataDir));
  for (const [first, content] of Object.entries(segments)) {
    await writeFile(join(logFolder(dataDir), segmentName(Number(first) as Sequence)), content);
  }
  return dataDir;
};

const all = async <T>(values: AsyncIterable<T>): Promise<T[]> => {
  const found: T[] = [];
  for await (const value of values) found.push(value);
  return found;
};

const replay = async (dataDir: string) => {
  const { observer, events } = recordingObserver();
  const quarantine = await Quarantine.load(nodeFiles, dataDir, observer);
  const replayed = await all(replayLog(nodeFiles, dataDir, quarantine));
  const rates = replayed.map(({ recent }) => recent.byUser.get('änn')?.get('a')?.heartRates ?? []);
  return { replayed, rates, set: events.quarantined };
};

const contentOf = (dataDir: string, first: number): Promise<Buffer> =>
  readFile(join(logFolder(dataDir), segmentName(first as Sequence)));

describe('replay', () => {
  it('finds nothing where nothing is', async () => {
    expect((await replay(await temporaryFolder())).replayed).toEqual([]);
  });

  it('lets others have their turn while it reads a large segment', async () => {
    const entry: LogEntry = {
      kind: 'readings',
      batch: ReadingBatch.of(
        ...Array.from({ length: 50_000 }, (_, i) => reading('ann', 'a', i, 70)),
      ),
    };
    const content = linesOf(1, ...Array<LogEntry>(10).fill(entry)).join('');
    const dataDir = await logOf({ 1: content });
    const { observer } = recordingObserver();
    let turns = 0;
    let isOver = false;
    const takeTurns = () => {
      turns++;
      if (!isOver) setImmediate(takeTurns);
    };
    // From when the content is there until all of it was looked at.
    const files = {
      ...nodeFiles,
      read: async () => {
        setImmediate(takeTurns);
        return Buffer.from(content);
      },
      syncFile: async () => {
        isOver = true;
      },
    };
    await all(replayLog(files, dataDir, await Quarantine.load(nodeFiles, dataDir, observer)));
    expect(content.length).toBeGreaterThan(2 * 1024 * 1024);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('reads every segment, oldest first, and leaves them as they are', async () => {
    const [first, second] = linesOf(1, one(70), one(71)) as [string, string];
    const [third] = linesOf(10, one(72)) as [string];
    const dataDir = await logOf({ 10: third, 1: first + second, 11: '' });
    await writeFile(join(logFolder(dataDir), 'notes.txt'), 'not ours');
    for (let time = 0; time < 2; time++) {
      const { replayed, rates, set } = await replay(dataDir);
      expect(rates).toEqual([[70, 71], [72], []]);
      expect(replayed.map(({ recent }) => [recent.firstSequence, recent.lastSequence])).toEqual([
        [1, 2],
        [10, 10],
        [11, 11],
      ]);
      expect(replayed.map(({ tornBytes }) => tornBytes)).toEqual([0, 0, 0]);
      expect(replayed.map(({ segment }) => segment.bytes)).toEqual([
        first.length + second.length + 2,
        third.length + 1,
        0,
      ]);
      expect(set).toEqual([]);
    }
    expect((await contentOf(dataDir, 1)).toString()).toBe(first + second);
  });

  it('voids what an erasure of the same segment came after', async () => {
    const lines = linesOf(1, one(70), { kind: 'erasure', erasure: { userId: 'änn' } }, one(71));
    const { replayed, rates } = await replay(await logOf({ 1: lines.join('') }));
    expect(rates).toEqual([[71]]);
    expect(replayed[0]?.erasures).toEqual([{ userId: 'änn', sequence: 2 }]);
  });
});

describe('a last record that was never finished', () => {
  const kept = linesOf(1, one(70), one(71)).join('');
  const last = Buffer.from(linesOf(3, one(72)).join(''));

  it('is cut and counted, wherever it breaks off', async () => {
    const whole = Buffer.concat([Buffer.from(kept), last]);
    const keptBytes = Buffer.byteLength(kept);
    for (let torn = 0; torn < last.length - 1; torn++) {
      const dataDir = await logOf({ 1: whole.subarray(0, keptBytes + torn) });
      const { replayed, rates, set } = await replay(dataDir);
      expect(rates).toEqual([[70, 71]]);
      expect(replayed[0]?.tornBytes).toBe(torn);
      expect(replayed[0]?.segment.bytes).toBe(keptBytes);
      expect(set).toEqual([]);
      expect((await contentOf(dataDir, 1)).toString()).toBe(kept);
    }
  });

  it('counts when only its line end is missing, as its checksum holds', async () => {
    const dataDir = await logOf({ 1: kept + last.subarray(0, -1).toString() });
    const { replayed, rates } = await replay(dataDir);
    expect(rates).toEqual([[70, 71, 72]]);
    expect(replayed[0]?.tornBytes).toBe(0);
    expect(replayed[0]?.recent.lastSequence).toBe(3);
  });

  it('is told by the store when it opens', async () => {
    const dataDir = await logOf({ 1: kept + last.subarray(0, 20).toString() });
    const { store, events } = await openStore(dataDir);
    expect(events.recovered).toEqual([{ segments: 1, readings: 2, tornBytes: 20 }]);
    expect(store.health()).toMatchObject({ state: 'ok', reasons: [] });
    await store.close();
  });
});

describe('damage elsewhere', () => {
  const lines = linesOf(1, one(70), one(71), one(72));
  const content = Buffer.from(lines.join(''));
  const middle = Buffer.byteLength(lines[0] as string);
  const end = middle + Buffer.byteLength(lines[1] as string);

  const damagedAt = (at: number, value: number): Buffer => {
    const damaged = Buffer.from(content);
    damaged[at] = value;
    return damaged;
  };

  it('at any byte of a record costs that record alone, and its bytes are kept aside', async () => {
    for (let at = middle; at < end - 1; at++) {
      const damaged = damagedAt(at, (content[at] as number) ^ 1);
      const pieces = [...piecesOf(damaged)];
      const sequences = pieces.map((piece) => ('record' in piece ? piece.record.sequence : '-'));
      const isUnseen = at === middle + 16 || at === middle + 17;
      expect(sequences).toEqual([1, isUnseen ? 2 : '-', 3]);
      expect(pieces[0]?.start).toBe(0);
      expect(pieces.at(-1)?.end).toBe(content.length);
    }
    const dataDir = await logOf({ 1: damagedAt(middle + 40, 0) });
    const { rates, set } = await replay(dataDir);
    expect(rates).toEqual([[70, 72]]);
    expect(set).toMatchObject([{ offset: middle, length: end - middle }]);
    const aside = await readdir(quarantineFolder(dataDir));
    expect(aside).toHaveLength(2);
    const copy = aside.find((name) => !name.endsWith('.json')) as string;
    expect(await readFile(join(quarantineFolder(dataDir), copy))).toEqual(
      damagedAt(middle + 40, 0).subarray(middle, end),
    );
    // It stays where it was found too, so nothing is lost by looking.
    expect((await replay(dataDir)).rates).toEqual([[70, 72]]);
    expect(await readdir(quarantineFolder(dataDir))).toHaveLength(2);
  });

  it('of a line end costs no record', async () => {
    const { rates, set } = await replay(await logOf({ 1: damagedAt(end - 1, 0) }));
    expect(rates).toEqual([[70, 71, 72]]);
    expect(set).toEqual([]);
  });

  it('of a line end and of a record beside it costs that record alone', () => {
    const sequences = (damaged: Buffer) =>
      [...piecesOf(damaged)].map((piece) => ('record' in piece ? piece.record.sequence : '-'));
    const [first, second] = [middle + 40, end + 40];
    const both = (at: number): Buffer => {
      const damaged = damagedAt(end - 1, 0);
      damaged[at] = 0;
      return damaged;
    };
    expect(sequences(both(first))).toEqual([1, '-', 3]);
    expect(sequences(both(second))).toEqual([1, 2, '-']);
  });

  it('of every line end and of some records costs no other', () => {
    const joined = Buffer.from(content);
    joined[middle - 1] = 0;
    joined[end - 1] = 0;
    joined[middle + 40] = 0;
    const pieces = [...piecesOf(joined)];
    expect(pieces.map((piece) => ('record' in piece ? piece.record.sequence : '-'))).toEqual([
      1,
      '-',
      3,
    ]);
    expect(pieces.at(-1)?.end).toBe(content.length);
  });

  it('by a line end inside a record costs that record alone', async () => {
    for (const at of [middle, middle + 5, middle + 30, end - 2]) {
      const { rates } = await replay(await logOf({ 1: damagedAt(at, 10) }));
      expect(rates).toEqual([[70, 72]]);
    }
  });

  it('at the end of a segment that is not the last is not taken for unfinished', async () => {
    const torn = content.subarray(0, content.length - 5);
    const dataDir = await logOf({ 1: torn, 9: '' });
    const { replayed, rates, set } = await replay(dataDir);
    expect(rates).toEqual([[70, 71], []]);
    expect(replayed.map(({ tornBytes }) => tornBytes)).toEqual([0, 0]);
    expect(set).toMatchObject([{ offset: end, length: torn.length - end }]);
  });

  it('makes the store say so until a person has looked', async () => {
    const dataDir = await logOf({ 1: damagedAt(middle + 40, 0) });
    for (let time = 0; time < 2; time++) {
      const { store } = await openStore(dataDir);
      expect(store.health()).toMatchObject({ state: 'degraded' });
      expect(store.health().reasons.join()).toContain('quarantine');
      await store.close();
    }
  });
});

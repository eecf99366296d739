import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Reading, Sequence } from '../../../../src/readings/reading.ts';
import { ReadingBatch } from '../../../../src/readings/reading-batch.ts';
import { logFolder } from '../../../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { decodeRecord, type LogEntry } from '../../../../src/storage/parquet/log/log-record.ts';
import {
  type Segment,
  WriteAheadLog,
  type WriteAheadLogOptions,
} from '../../../../src/storage/parquet/log/write-ahead-log.ts';
import { StoreUnavailableError } from '../../../../src/storage/reading-store.ts';
import { encodeRecord } from '../../../support/encode-record.ts';
import { reading, recordingObserver, until } from '../../../support/store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { type FileCall, tracedFiles } from '../../traced-files.ts';

const entry = (...batch: readonly Reading[]): LogEntry => ({
  kind: 'readings',
  batch: ReadingBatch.of(...batch),
});
const one = (rate: number): LogEntry => entry(reading('ann', 'a', rate, rate));

const failure = (code: string): Error => Object.assign(new Error(`${code}, a test's`), { code });

/** A log on the real disk that notes what it does and tells. */
const openLog = async (
  options: Partial<WriteAheadLogOptions> = {},
  before?: (call: FileCall) => void | Promise<void>,
) => {
  const dataDir = await temporaryFolder();
  const folder = logFolder(dataDir);
  await mkdir(folder);
  const { files, calls } = tracedFiles(nodeFiles, before);
  const { observer, events } = recordingObserver();
  const durable: { path: string; sequence: number; entry: LogEntry }[] = [];
  const closed: Segment[] = [];
  const disowned: string[] = [];
  const log = new WriteAheadLog({
    files,
    dataDir,
    nextSequence: 1 as Sequence,
    mark: { reserve: async () => {} },
    lock: { lost: async () => undefined, isHeld: () => true },
    onDisowned: () => disowned.push(dataDir),
    segmentMaxBytes: 1024 * 1024,
    retryMs: 3_600_000,
    onDurable: ({ path }, sequence, accepted) => durable.push({ path, sequence, entry: accepted }),
    onClosed: (segment) => closed.push(segment),
    observer,
    ...options,
  });
  onTestFinished(async () => {
    log.stop();
    await log.closeSegment();
  });
  const records = async () => {
    const found: { segment: string; sequence: number; size: number }[] = [];
    for (const segment of (await readdir(folder)).sort()) {
      const lines = (await readFile(join(folder, segment), 'utf8')).split('\n');
      expect(lines.pop()).toBe('');
      for (const line of lines) {
        const record = decodeRecord(Buffer.from(line));
        if (typeof record === 'string') expect.fail(record);
        const size = record.kind === 'readings' ? record.size : 0;
        found.push({ segment, sequence: record.sequence, size });
      }
    }
    return found;
  };
  const count = (operation: FileCall['operation']) =>
    calls.filter((call) => call.operation === operation).length;
  return { log, calls, count, events, durable, closed, disowned, records, folder };
};

const refused = async (appended: Promise<void>): Promise<StoreUnavailableError> => {
  const outcome = await appended.catch((error: unknown) => error);
  expect(outcome).toBeInstanceOf(StoreUnavailableError);
  return outcome as StoreUnavailableError;
};

describe('group commit', () => {
  it('writes all that waits at once and syncs it once', async () => {
    const { log, count, events, records } = await openLog();
    await Promise.all(Array.from({ length: 300 }, (_, i) => log.append(one(30 + i))));
    expect({ writes: count('append'), syncs: count('datasync') }).toEqual({ writes: 1, syncs: 1 });
    expect(events.committed).toMatchObject([{ readings: 300 }]);
    expect(await records()).toHaveLength(300);
  });

  it('takes in what came while another commit was on its way', async () => {
    let letGo = (): void => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let syncs = 0;
    const { log, count, events } = await openLog({}, async ({ operation }) => {
      if (operation === 'datasync' && syncs++ === 0) await gate;
    });
    const first = log.append(one(1));
    while (count('datasync') === 0) await setImmediate();
    const rest = Array.from({ length: 50 }, (_, i) => log.append(one(2 + i)));
    await sleep(10);
    expect(count('append')).toBe(1);
    letGo();
    await Promise.all([first, ...rest]);
    expect(events.committed.map(({ readings }) => readings)).toEqual([1, 50]);
    expect(count('datasync')).toBe(2);
  });

  it('acknowledges nothing before the sync has returned', async () => {
    const order: string[] = [];
    const { log } = await openLog(
      { onDurable: () => order.push('visible') },
      async ({ operation }) => {
        if (operation === 'datasync') await sleep(10);
        order.push(operation);
      },
    );
    await log.append(one(1));
    order.push('acknowledged');
    expect(order).toEqual([
      'create',
      'syncFolder',
      'append',
      'datasync',
      'visible',
      'acknowledged',
    ]);
  });

  it('keeps the order of arrival, gapless, whatever comes together', async () => {
    const { log, durable, records } = await openLog();
    const sizes = [3, 1, 4, 1, 5, 9, 2, 6];
    const appends: Promise<void>[] = [];
    const done: number[] = [];
    for (const [i, size] of sizes.entries()) {
      const batch = Array.from({ length: size }, (_, k) => reading('ann', 'a', i * 10 + k, 70));
      appends.push(log.append(entry(...batch)).then(() => void done.push(i)));
      if (i % 3 === 2) await sleep(3);
    }
    await Promise.all(appends);
    expect(done).toEqual([...sizes.keys()]);
    let sequence = 1;
    const expected = sizes.map((size) => {
      sequence += size;
      return { sequence: sequence - size, size };
    });
    expect(await records()).toMatchObject(expected);
    expect(durable.map((each) => each.sequence)).toEqual(expected.map((each) => each.sequence));
  });
});

describe('rotation', () => {
  it('closes a segment that has grown to its size, and names the next by its sequence', async () => {
    const line = encodeRecord(1 as Sequence, one(100));
    const { log, closed, records, count } = await openLog({ segmentMaxBytes: 3 * line.length });
    for (let i = 0; i < 10; i++) await log.append(one(100 + i));
    await log.closeSegment();
    const found = await records();
    expect(found.map((record) => record.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const names = [...new Set(found.map((record) => record.segment))];
    expect(names).toEqual([1, 4, 7, 10].map((first) => `${String(first).padStart(16, '0')}.jsonl`));
    expect(closed.map((segment) => segment.firstSequence)).toEqual([1, 4, 7, 10]);
    for (const { path, bytes } of closed) expect((await readFile(path)).length).toBe(bytes);
    expect(count('syncFolder')).toBe(4);
  });

  it('makes each new name durable before the first record in it', async () => {
    const { log, calls } = await openLog({ segmentMaxBytes: 1 });
    for (let i = 0; i < 3; i++) await log.append(one(i));
    const commit = ['create', 'syncFolder', 'append', 'datasync'];
    expect(calls.map((call) => call.operation)).toEqual([...commit, ...commit, ...commit]);
  });

  it('closes on request what was appended before, and opens anew after', async () => {
    const { log, closed, records } = await openLog();
    const before = [log.append(one(1)), log.append(one(2))];
    const closing = log.closeSegment();
    const after = log.append(one(3));
    await Promise.all([...before, closing, after]);
    await log.append(one(4));
    await log.closeSegment();
    const [first, second] = closed;
    const found = await records();
    const inFirst = found.filter(({ segment }) => first?.path.endsWith(segment));
    expect(inFirst.length).toBeGreaterThanOrEqual(2);
    expect(second?.firstSequence).toBe(inFirst.length + 1);
    expect(found).toHaveLength(4);
  });

  it('closes on request only after all that was appended before, in however many commits', async () => {
    const { log, closed, records } = await openLog();
    // An erasure ends its segment, so these need two commits.
    const before = [
      log.append(one(1)),
      log.append({ kind: 'erasure', erasure: { userId: 'ann' } }),
    ];
    const last = log.append(one(2));
    await log.closeSegment();
    expect(closed).toHaveLength(2);
    expect(await records()).toHaveLength(3);
    await Promise.all([...before, last]);
  });

  it('tells of a segment that cannot be closed, in which all is durable nevertheless', async () => {
    const { files } = tracedFiles(nodeFiles);
    const create = async (path: string) => {
      const file = await files.create(path);
      const close = async () => {
        await file.close();
        throw failure('EIO');
      };
      return { ...file, close };
    };
    const { log, closed, events } = await openLog({ files: { ...files, create } });
    await log.append(one(1));
    await log.closeSegment();
    expect(closed).toHaveLength(1);
    expect(events.failed).toMatchObject([{ what: expect.stringMatching(/^closing /) }]);
    await log.append(one(2));
    await log.closeSegment();
    expect(closed).toHaveLength(2);
  });

  it('closes nothing when nothing is open', async () => {
    const { log, closed, calls } = await openLog();
    await log.closeSegment();
    expect(closed).toEqual([]);
    expect(calls).toEqual([]);
  });

  it('closes on request though entries never cease to wait', async () => {
    const { log, closed } = await openLog();
    const appends: Promise<void>[] = [];
    let loading = true;
    const load = (async () => {
      while (loading) {
        appends.push(log.append(one(appends.length)));
        await setImmediate();
      }
    })();
    await sleep(20);
    const outcome = await Promise.race([
      log.closeSegment().then(() => 'closed'),
      sleep(5000, 'still open'),
    ]);
    loading = false;
    await load;
    await Promise.all(appends);
    expect(outcome).toBe('closed');
    expect(closed.length).toBeGreaterThan(0);
  });
});

describe('an erasure', () => {
  it('is the last record of its segment', async () => {
    const { log, records, closed } = await openLog();
    await Promise.all([
      log.append(one(1)),
      log.append({ kind: 'erasure', erasure: { userId: 'ann' } }),
      log.append(one(2)),
    ]);
    const [before, erasure, after] = await records();
    expect(erasure).toMatchObject({ segment: before?.segment, sequence: 2 });
    expect(after).toMatchObject({ sequence: 3 });
    expect(after?.segment).not.toBe(before?.segment);
    expect(closed).toHaveLength(1);
  });
});

describe('when a segment cannot be made', () => {
  it('refuses what waits, and tries again with the next append', async () => {
    let failing = true;
    const { log, durable, events, records } = await openLog({}, ({ operation }) => {
      if (operation === 'create' && failing) throw failure('EMFILE');
    });
    const both = [log.append(one(1)), log.append(one(2))];
    for (const appended of both) {
      const error = await refused(appended);
      expect(error.retryAfterSeconds).toBeGreaterThan(0);
      expect(error.cause).toMatchObject({ code: 'EMFILE' });
    }
    expect(log.trouble).toContain('EMFILE');
    expect(events.failed).toHaveLength(1);
    failing = false;
    await log.append(one(3));
    expect(log.trouble).toBeUndefined();
    expect(durable).toHaveLength(1);
    // What was refused had sequences; they are not used again.
    expect(await records()).toMatchObject([{ sequence: 3 }]);
  });

  it('refuses when its name cannot be made durable', async () => {
    let failing = true;
    const { log, durable, records } = await openLog({}, ({ operation }) => {
      if (operation === 'syncFolder' && failing) throw failure('EIO');
    });
    await refused(log.append(one(1)));
    expect(durable).toEqual([]);
    failing = false;
    await log.append(one(2));
    expect(await records()).toMatchObject([{ sequence: 2 }]);
  });
});

describe('when the disk is full', () => {
  it.each(['append', 'datasync'] as const)(
    'during %s, refuses, cuts what it wrote, and goes on in a new segment',
    async (operation) => {
      let failing = false;
      const { log, durable, closed, records } = await openLog({}, (call) => {
        if (call.operation === operation && failing) throw failure('ENOSPC');
      });
      await log.append(one(1));
      failing = true;
      await refused(log.append(one(2)));
      const why = (await refused(log.append(one(3)))).message;
      expect(why).toBe('the log cannot be written: no space left on device (ENOSPC)');
      expect(log.trouble).toBe(why);
      failing = false;
      await log.append(one(4));
      expect(log.trouble).toBeUndefined();
      expect(durable.map((each) => each.sequence)).toEqual([1, 4]);
      expect(new Set(durable.map((each) => each.path)).size).toBe(2);
      expect((await records()).map((record) => record.sequence)).toEqual([1, 4]);
      for (const { path, bytes } of closed) expect((await readFile(path)).length).toBe(bytes);
    },
  );

  it('goes on although even cutting fails', async () => {
    let failing = true;
    const { log, durable, events } = await openLog({}, ({ operation }) => {
      const isTried = operation === 'datasync' || operation === 'truncate';
      if (isTried && failing) throw failure('ENOSPC');
    });
    await refused(log.append(one(1)));
    expect(events.failed.map(({ what }) => what)).toEqual([
      'writing the log',
      expect.stringMatching(/^cutting .*0000000000000001.jsonl$/),
    ]);
    failing = false;
    await log.append(one(2));
    expect(durable.map((each) => each.sequence)).toEqual([2]);
  });

  it('finds out by itself when there is room again', async () => {
    let failing = true;
    const { log } = await openLog({ retryMs: 10 }, ({ operation }) => {
      if (operation === 'append' && failing) throw failure('ENOSPC');
    });
    await refused(log.append(one(1)));
    await sleep(50);
    expect(log.trouble).toContain('ENOSPC');
    failing = false;
    await expect.poll(() => log.trouble).toBeUndefined();
  });
});

describe('when a sync fails otherwise', () => {
  it('refuses all in flight and everything after, and touches the disk no more', async () => {
    let failing = false;
    const { log, durable, closed, calls } = await openLog({ retryMs: 10 }, ({ operation }) => {
      if (operation === 'datasync' && failing) throw failure('EIO');
    });
    await log.append(one(1));
    failing = true;
    await Promise.all([refused(log.append(one(2))), refused(log.append(one(3)))]);
    failing = false;
    const callsUntilThen = calls.length;
    for (let i = 4; i < 8; i++) await refused(log.append(one(i)));
    await sleep(50);
    expect(log.trouble).toContain('sync');
    expect(durable).toHaveLength(1);
    expect(calls.slice(callsUntilThen)).toEqual([]);
    expect(closed).toHaveLength(1);
  });
});

describe('a sign that somebody else has the folder', () => {
  const expectDisowned = async (
    { log, disowned, durable }: Awaited<ReturnType<typeof openLog>>,
    sign: RegExp,
  ) => {
    const known = durable.length;
    for (const rate of [80, 81]) {
      expect((await refused(log.append(one(rate)))).message).toMatch(sign);
    }
    expect(log.trouble).toMatch(sign);
    expect(disowned).toHaveLength(1);
    expect(durable).toHaveLength(known);
  };

  it('is that the open segment was removed: nothing written after that is acknowledged', async () => {
    const opened = await openLog();
    await opened.log.append(one(70));
    await rm(opened.durable[0]?.path as string);
    await expectDisowned(opened, /no longer this process's alone .*0001\.jsonl was removed/);
    expect(opened.count('create')).toBe(1);
    expect(opened.count('truncate')).toBe(0);
  });

  it('is that it was removed while it was being synced', async () => {
    let removeAtSync = false;
    const opened = await openLog({}, async ({ operation, path }) => {
      if (operation === 'datasync' && removeAtSync) await rm(path);
    });
    await opened.log.append(one(70));
    removeAtSync = true;
    await refused(opened.log.append(one(79)));
    removeAtSync = false;
    await expectDisowned(opened, /was removed/);
  });

  it('is that a new segment is there already', async () => {
    const opened = await openLog();
    const theirs = join(opened.folder, '0000000000000001.jsonl');
    await writeFile(theirs, 'theirs');
    await expectDisowned(opened, /0001\.jsonl was made/);
    expect(await readFile(theirs, 'utf8')).toBe('theirs');
  });

  it('is that the lock is lost, which is seen with a new segment', async () => {
    let lost: string | undefined;
    const opened = await openLog({
      lock: { lost: async () => lost, isHeld: () => true },
      segmentMaxBytes: 1,
    });
    await opened.log.append(one(70));
    lost = 'pid 7 on elsewhere has taken it over';
    await expectDisowned(opened, /pid 7 on elsewhere/);
    expect(opened.count('create')).toBe(1);
  });

  it('is that the lock is held no longer, which is seen before anything is acknowledged', async () => {
    let isHeld = true;
    const opened = await openLog({ lock: { lost: async () => undefined, isHeld: () => isHeld } });
    await opened.log.append(one(70));
    isHeld = false;
    await expectDisowned(opened, /owner\.json was replaced or removed/);
    expect(opened.durable).toHaveLength(1);
  });

  it('is seen within seconds when nothing is written', async () => {
    const opened = await openLog();
    await opened.log.append(one(70));
    await rm(opened.durable[0]?.path as string);
    await until('it is seen', () => opened.log.trouble !== undefined);
    await expectDisowned(opened, /was removed/);
  });

  it('is seen within a second when the lock is lost and nothing is written', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    let lost: string | undefined;
    const opened = await openLog({ lock: { lost: async () => lost, isHeld: () => true } });
    await vi.advanceTimersByTimeAsync(1000);
    expect(opened.disowned).toEqual([]);
    lost = 'pid 7 on elsewhere has taken it over';
    await vi.advanceTimersByTimeAsync(1000);
    expect(opened.log.trouble).toMatch(/pid 7 on elsewhere/);
    await expectDisowned(opened, /pid 7 on elsewhere/);
  });
});

describe('when it cannot be told whose the folder is', () => {
  /** A log whose files cannot say whether they have a name. */
  const openUntold = async (error: Error) => {
    const create = async (path: string) => ({
      ...(await tracedFiles(nodeFiles).files.create(path)),
      isLinked: () => {
        throw error;
      },
    });
    return openLog({ files: { ...nodeFiles, create } });
  };

  it('takes a file that the server has forgotten for one that was removed', async () => {
    const { log, disowned, durable } = await openUntold(failure('ESTALE'));
    expect((await refused(log.append(one(70)))).message).toMatch(/0001\.jsonl was removed/);
    expect([disowned.length, durable.length]).toEqual([1, 0]);
  });

  it('takes any other error for what it is', async () => {
    const error = new TypeError('a mistake in the program');
    const { log, disowned } = await openUntold(error);
    expect((await refused(log.append(one(70)))).cause).toBe(error);
    expect(disowned).toEqual([]);
  });

  it('goes on with the open segment, begins no other, and reports it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    let isUntold = false;
    const lost = async () => {
      if (isUntold) throw failure('EIO');
      return undefined;
    };
    const { log, events, durable, disowned } = await openLog({
      lock: { lost, isHeld: () => true },
    });
    await log.append(one(70));
    isUntold = true;
    await vi.advanceTimersByTimeAsync(1000);
    expect(events.failed).toMatchObject([{ what: 'looking after the lock' }]);
    await log.append(one(71));
    await log.closeSegment();
    await refused(log.append(one(72)));
    expect([durable.length, disowned.length]).toEqual([2, 0]);
  });
});

describe('sequences', () => {
  it('are set apart before any is given, and none is given while that fails', async () => {
    const reserved: number[] = [];
    let isFull = false;
    const mark = {
      reserve: async (last: Sequence) => {
        if (isFull) throw failure('ENOSPC');
        reserved.push(last);
      },
    };
    const { log, durable, count } = await openLog({ mark });
    await log.append(entry(reading('ann', 'a', 1, 70), reading('ann', 'a', 2, 71)));
    isFull = true;
    const writes = count('append');
    await refused(log.append(one(72)));
    expect(count('append')).toBe(writes);
    expect(log.trouble).toMatch(/ENOSPC/);
    isFull = false;
    await log.append(one(73));
    expect(log.trouble).toBeUndefined();
    expect(reserved).toEqual([2, 4]);
    expect(durable.map(({ sequence }) => sequence)).toEqual([1, 4]);
    expect(log.lastSequence).toBe(4);
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, rmdir, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import pl from 'nodejs-polars';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SeriesQuery } from '../../../src/query/series-query.ts';
import { DEVICE_PRIORITIES } from '../../../src/readings/device-priority.ts';
import { dayFolder, quarantineFolder } from '../../../src/storage/parquet/disk/layout.ts';
import { noteOf } from '../../../src/storage/parquet/disk/quarantine.ts';
import { type ReadingStore, StoreUnavailableError } from '../../../src/storage/reading-store.ts';
import { answered } from '../../support/series-rows.ts';
import {
  append,
  leftBehind,
  openStore,
  reading,
  rowsOf,
  scanRequest,
  until,
} from '../../support/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { day, forgePart, partFrame, putPart, verify } from '../data-folder.ts';

const MONDAY = '2024-01-15';
const at = (time: string) => reading('', '', time, 0).timestampMicros;

/** The readings of each part: two of Monday and one of Tuesday. */
const PARTS = {
  monday: [
    reading('ann', 'device_a', '2024-01-15T10:00:00Z', 70),
    reading('bob', 'device_a', '2024-01-15T10:00:00Z', 90),
    ...Array.from({ length: 50 }, (_, i) =>
      reading(`user_${i % 7}`, `device_${i % 3}`, at('2024-01-15T00:00:00Z') + i * 1e9, 40 + i / 3),
    ),
  ],
  laterMonday: [reading('ann', 'device_a', '2024-01-15T11:00:00Z', 71)],
  tuesday: [reading('ann', 'device_a', '2024-01-16T10:00:00Z', 72)],
};

const template = mkdtempSync(join(tmpdir(), 'heart-rate-'));
/** The name of the part to be damaged. */
let victim = '';
let intact: Buffer;

beforeAll(async () => {
  for (const readings of Object.values(PARTS)) {
    const { store } = await openStore(template);
    await append(store, ...readings);
    await store.close();
  }
  const folder = dayFolder(template, day(MONDAY));
  victim = (await readdir(folder)).sort()[0] as string;
  intact = await readFile(join(folder, victim));
});

afterAll(() => rmSync(template, { recursive: true }));

/** What the service answers of ann's two days. */
const ratesOfAnn = async (store: ReadingStore): Promise<number[]> => {
  const range = { startMicros: at('2024-01-15T00:00:00Z'), endMicros: at('2024-01-17T00:00:00Z') };
  const query = new SeriesQuery(store, DEVICE_PRIORITIES);
  const answer = query.run({
    userId: 'ann',
    range,
    interval: '1m',
    priorityScope: 'timestamp',
  });
  return (await answered(answer)).map((row) => row.heartRate);
};

/** A folder in which the first part of Monday has other bytes; its path. */
const damagedFolder = async (content: Buffer): Promise<{ dataDir: string; path: string }> => {
  const dataDir = await leftBehind(template);
  const path = join(dayFolder(dataDir, day(MONDAY)), victim);
  await writeFile(path, content);
  return { dataDir, path };
};

/** A folder in which other bytes stand for that part, under a name whose checksum holds. */
const forgedFolder = async (content: Buffer): Promise<{ dataDir: string; path: string }> => {
  const dataDir = await leftBehind(template);
  await rm(join(dayFolder(dataDir, day(MONDAY)), victim));
  const path = await forgePart(dataDir, MONDAY, [1, PARTS.monday.length], content);
  return { dataDir, path };
};

/**
 * Expects that the store answers from all other parts, and sets just this one aside: with a note,
 * told once, and so that the next start is no different.
 */
const expectOutOfTheWay = async (
  { dataDir, path }: { dataDir: string; path: string },
  cause: RegExp,
  what = '',
): Promise<void> => {
  const content = await readFile(path);
  const { store, events } = await openStore(dataDir);
  expect(store.health()).toMatchObject({ state: 'ok', parts: 3 });
  expect(await ratesOfAnn(store), what).toEqual([71, 72]);
  expect(await ratesOfAnn(store), what).toEqual([71, 72]);
  const found = {
    file: path,
    offset: 0,
    length: content.length,
    cause: expect.stringMatching(cause),
  };
  expect(events.quarantined, what).toEqual([found]);
  expect(store.health()).toMatchObject({
    state: 'degraded',
    reasons: ['damaged data was set aside in quarantine/: 1 pieces'],
    parts: 2,
  });
  // It takes readings as before, also of that day.
  await append(store, reading('bob', 'device_a', '2024-01-15T10:00:00Z', 91));
  expect(await rowsOf(store, scanRequest('bob'))).toHaveLength(1);
  await store.close();

  const aside = join(quarantineFolder(dataDir), `date=${MONDAY}-${basename(path)}`);
  expect((await readFile(aside)).equals(content)).toBe(true);
  expect(JSON.parse(await readFile(noteOf(aside), 'utf8'))).toMatchObject(found);
  expect(await readdir(dirname(path))).not.toContain(basename(path));
  const again = await openStore(dataDir);
  expect(await ratesOfAnn(again.store)).toEqual([71, 72]);
  expect(again.events.quarantined).toEqual([]);
  expect(again.store.health().state).toBe('degraded');
  await again.store.close();
};

const CHECKSUM = /^checksum is .{8}, content gives .{8}$/;

describe('a damaged part', () => {
  it('is in order before', async () => {
    const { store } = await openStore(await leftBehind(template));
    expect(await ratesOfAnn(store)).toEqual([70, 71, 72]);
    await store.close();
  });

  it('is not what a part that cannot be read just now is taken for', async () => {
    const dataDir = await leftBehind(template);
    const path = join(dayFolder(dataDir, day(MONDAY)), victim);
    const { store, events } = await openStore(dataDir);
    // Such as too many open files, which no test can bring about for one file alone.
    await rename(path, `${path}.away`);
    await mkdir(path);
    const refusal = await ratesOfAnn(store).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StoreUnavailableError);
    expect(String(refusal)).toContain('EISDIR');
    await rmdir(path);
    await rename(`${path}.away`, path);
    expect(await ratesOfAnn(store)).toEqual([70, 71, 72]);
    expect(events.quarantined).toEqual([]);
    // No damage, and still something that a person should know of.
    const why = expect.stringMatching(/^readings could not be read .* \(EISDIR\)$/);
    expect(store.health()).toMatchObject({ state: 'degraded', reasons: [why] });
    await store.close();
  });

  it('that is cut short anywhere is set aside, and the others answer', async () => {
    const step = Math.ceil(intact.length / 12);
    for (let length = 0; length < intact.length; length += step) {
      await expectOutOfTheWay(
        await damagedFolder(intact.subarray(0, length)),
        CHECKSUM,
        `${length}`,
      );
    }
    for (const length of [1, 4, intact.length - 1]) {
      await expectOutOfTheWay(
        await damagedFolder(intact.subarray(0, length)),
        CHECKSUM,
        `${length}`,
      );
    }
  });

  it('that has a flipped bit anywhere is set aside, and the others answer', async () => {
    const step = Math.ceil((intact.length * 8) / 40);
    for (let bit = 0; bit < intact.length * 8; bit += step) {
      const content = Buffer.from(intact);
      const offset = bit >> 3;
      content.writeUInt8(content.readUInt8(offset) ^ (1 << (bit & 7)), offset);
      await expectOutOfTheWay(await damagedFolder(content), CHECKSUM, `bit ${bit}`);
    }
  });

  it.each([
    ['zeros', () => Buffer.alloc(intact.length)],
    ['text', () => Buffer.from('not Parquet')],
    ['more at its end', () => Buffer.concat([intact, Buffer.alloc(1)])],
  ])('of %s is set aside, and the others answer', async (_, content) => {
    await expectOutOfTheWay(await damagedFolder(content()), CHECKSUM);
  });

  /** The bytes of a part of two rows whose columns were changed as they are in the file. */
  const parquetOf = async (change: (stored: pl.DataFrame) => pl.DataFrame): Promise<Buffer> => {
    const rows = PARTS.monday.slice(0, 2);
    const frame = partFrame(
      rows.map((one) => [one.userId, one.deviceId, '2024-01-15T10:00:00Z', one.heartRate]),
      rows.length,
    );
    const path = await putPart(await temporaryFolder(), MONDAY, [1, 2], frame);
    return change(pl.readParquet(path)).writeParquet({ compression: 'zstd' });
  };
  const withoutColumn = () => parquetOf((stored) => stored.drop('sequence'));

  it.each([
    ['without a column', withoutColumn, /^columns are .* not user_id /],
    [
      'with a column of another type',
      () => parquetOf((stored) => stored.withColumn(pl.col('heart_rate').cast(pl.String))),
      /^columns are .*, heart_rate String, .*, not user_id String, /,
    ],
    [
      'with the columns of version 2',
      () =>
        parquetOf((stored) =>
          stored.rename({ timestamp: 'minute' }).withColumn(pl.lit(0).alias('second')),
        ),
      /^columns are .*, minute .*, not user_id String, device_id String, timestamp /,
    ],
    ['that is no Parquet', async () => Buffer.from('not Parquet'), /./],
    ['that is empty', async () => Buffer.alloc(0), /./],
    ['that is cut short', async () => intact.subarray(0, 1000), /./],
  ])(
    '%s under a checksum that holds is set aside when it cannot be read',
    async (_, content, cause) => {
      await expectOutOfTheWay(await forgedFolder(await content()), cause);
    },
  );

  it('that is found by many queries at once fails none of them, and is told once', async () => {
    const forged = await forgedFolder(await withoutColumn());
    const flipped = await damagedFolder(Buffer.alloc(intact.length));
    for (const { dataDir } of [forged, flipped]) {
      const { store, events } = await openStore(dataDir);
      const answers = await Promise.all(Array.from({ length: 8 }, () => ratesOfAnn(store)));
      expect(answers).toEqual(Array.from({ length: 8 }, () => [71, 72]));
      expect(events.quarantined).toHaveLength(1);
      await store.close();
    }
  });

  it('that is damaged, or gone, after it was read is set aside then', async () => {
    for (const harm of [(path: string) => truncate(path, 900), (path: string) => rm(path)]) {
      const dataDir = await leftBehind(template);
      const { store, events } = await openStore(dataDir);
      expect(await ratesOfAnn(store)).toEqual([70, 71, 72]);
      await harm(join(dayFolder(dataDir, day(MONDAY)), victim));
      expect(await ratesOfAnn(store)).toEqual([71, 72]);
      expect(events.quarantined).toHaveLength(1);
      expect(store.health()).toMatchObject({ state: 'degraded', parts: 2 });
      await store.close();
    }
  });

  it('does not get into a merged part, nor keep the others from being merged', async () => {
    const dataDir = await leftBehind(template);
    let rate = 80;
    const addParts = async (count: number) => {
      const { store, events } = await openStore(dataDir, { segmentMaxBytes: 1 });
      for (let i = 0; i < count; i++) {
        const time = at('2024-01-15T12:00:00Z') + rate * 60_000_000;
        await append(store, reading('ann', 'device_a', time, rate++));
        await until('it is in Parquet', () => store.health().segments === 0);
      }
      // Of Monday four before the one that was set aside and four after it.
      await until('parts are few', () => store.health().parts <= 1 + 4 + 4);
      const rates = await ratesOfAnn(store);
      await store.close();
      return { rates, merged: events.compacted.length, aside: events.quarantined };
    };
    const folder = dayFolder(dataDir, day(MONDAY));
    expect(await addParts(2)).toMatchObject({ merged: 0, aside: [] });
    const newest = join(folder, (await readdir(folder)).sort().at(-1) as string);
    await writeFile(newest, Buffer.concat([await readFile(newest), Buffer.alloc(1)]));

    // The newest of five parts are to be merged, and the damaged one is among them.
    const first = await addParts(1);
    expect(first.aside).toMatchObject([{ file: newest, cause: expect.stringMatching(CHECKSUM) }]);
    expect(first).toMatchObject({ rates: [70, 71, 80, 82, 72], merged: 0 });
    const second = await addParts(5);
    const rates = [70, 71, 80, 82, 83, 84, 85, 86, 87, 72];
    expect(second).toMatchObject({ rates, aside: [] });
    expect(second.merged).toBeGreaterThan(0);
    const { findings, notes } = await verify(dataDir);
    expect({ found: findings.map((one) => one.code), notes }).toEqual({
      found: ['quarantined'],
      notes: [],
    });
  });

  it('does not keep a user from being erased', async () => {
    const { dataDir, path } = await damagedFolder(Buffer.concat([intact, Buffer.alloc(1)]));
    const { store, events } = await openStore(dataDir);
    expect(await store.erase({ userId: 'ann' })).toBe(2);
    expect(await ratesOfAnn(store)).toEqual([]);
    await store.close();
    expect(events.quarantined).toMatchObject([{ file: path }]);
    expect(events.erased).toHaveLength(1);
    const again = await openStore(dataDir);
    expect(await ratesOfAnn(again.store)).toEqual([]);
    expect(again.store.health()).toMatchObject({ segments: 0, parts: 0 });
    await again.store.close();
  });
});

import { execFileSync, spawnSync } from 'node:child_process';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseTimestamp } from '../../src/readings/timestamp.ts';
import { checkedLine } from '../../src/storage/parquet/disk/checked-line.ts';
import { formatFile, logFolder } from '../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../src/storage/parquet/disk/node-files.ts';
import { decodeRecord } from '../../src/storage/parquet/log/log-record.ts';
import { inlineJobs } from '../../src/storage/parquet/parts/inline-jobs.ts';
import type { ReadingStore } from '../../src/storage/reading-store.ts';
import {
  append,
  leftBehind,
  type OpenedStore,
  openStore,
  reading,
  rowsOf,
  scanRequest,
  until,
} from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { verify } from './data-folder.ts';
import { query } from './duckdb.ts';

const FORMATS = [1, 2, 3] as const;
const fixtureOf = (format: (typeof FORMATS)[number]): string =>
  fileURLToPath(new URL(`../fixtures/data-v${format}`, import.meta.url));
const FIXTURE = fixtureOf(3);
const DOCUMENT = new URL('../../src/storage/parquet/FORMAT.md', import.meta.url);

/** What `make-data-v3.ts` wrote, as the services of earlier formats did: device, time, heart rate. */
const READINGS: Readonly<Record<string, readonly [string, string, number][]>> = {
  user_123: [
    ['device_a', '2024-01-15T10:00:00Z', 73],
    ['device_b', '2024-01-15T10:00:00Z', 81],
    ['device_a', '2024-01-15T23:59:59.999999Z', 62.5],
    ['device_a', '2024-01-16T00:00:00Z', 63],
    ['device_c', '2024-01-17T06:30:00Z', 64],
  ],
  'moved out': [['device_a', '2024-01-15T08:00:00Z', 68]],
  eve: [['device_a', '2024-01-16T11:00:00Z', 77]],
  'O\'Neil "x" \\': [['../device', '2024-01-15T10:00:00.000001Z', 30]],
  '😀': [
    ['a\u030a', '2024-01-15T10:00:00Z', 219.9],
    ['å', '2024-01-15T10:00:00Z', 220],
  ],
  ['u'.repeat(128)]: [[' ', '2024-01-16T12:00:00Z', 55.25]],
  nobody: [],
};

const expectReadings = async (store: ReadingStore): Promise<void> => {
  for (const [user, rows] of Object.entries(READINGS)) {
    const expected = rows.map(([device, at, rate]) => [device, parseTimestamp(at), rate]);
    expect(await rowsOf(store, scanRequest(user)), user).toEqual(expected);
  }
};

const allInParquet = (store: ReadingStore): Promise<void> =>
  until('all is in Parquet', () => store.health().segments === 0);

/** A fixture in a folder of its own, because opening it is to change it. */
const copyOf = async (fixture: string): Promise<string> => {
  const dataDir = join(await temporaryFolder(), 'data');
  await cp(fixture, dataDir, { recursive: true });
  return dataDir;
};

const partsIn = async (dataDir: string): Promise<string[]> => {
  const names = await readdir(join(dataDir, 'heart_rate'), { recursive: true });
  return names.filter((name) => name.endsWith('.parquet'));
};

const isOld = (name: string): boolean => !name.endsWith('.v3.parquet');

const canImport = (library: string): boolean =>
  spawnSync('python3', ['-c', `import ${library}`]).status === 0;

/** Opens a folder in which nothing is damaged. */
const openSound = async (...options: Parameters<typeof openStore>): Promise<OpenedStore> => {
  const opened = await openStore(...options);
  expect(opened.events.quarantined).toEqual([]);
  return opened;
};

describe.each(FORMATS)('a folder of format %i', (format) => {
  const fixture = () => copyOf(fixtureOf(format));

  it('is in order, with work to do', async () => {
    expect(await verify(fixtureOf(format))).toMatchObject({
      checked: { segments: 2, records: 3, readings: 5, days: 2, parts: 4, rows: 11 },
      findings: [],
      notes: [{ code: 'erasure-pending', file: 'wal/0000000000000014.jsonl', offset: 188 }],
    });
  });

  it('answers before its work is done, after it, and after each of three restarts', async () => {
    const dataDir = await fixture();
    const never = new Promise<never>(() => {});
    const jobs = { ...inlineJobs(nodeFiles), flush: () => never };
    const idle = await openSound(dataDir, { jobs });
    // The erasure in the log voids one of its five readings.
    expect(idle.events.recovered).toEqual([{ segments: 2, readings: 4, tornBytes: 0 }]);
    await expectReadings(idle.store);

    // As if that process had died, because it would never end.
    const left = await leftBehind(dataDir);
    const { store } = await openSound(left);
    await expectReadings(store);
    await allInParquet(store);
    await expectReadings(store);
    expect(store.health()).toMatchObject({ state: 'ok', unflushedReadings: 0 });
    await store.close();
    for (let restart = 1; restart <= 3; restart++) {
      const again = await openSound(left);
      expect(again.events.recovered).toMatchObject([{ segments: 0, readings: 0 }]);
      await expectReadings(again.store);
      await again.store.close();
    }
    expect(await verify(left)).toMatchObject({ findings: [], notes: [] });
  });

  it('takes further readings, in the place of old ones too', async () => {
    const dataDir = await fixture();
    const { store } = await openSound(dataDir);
    await append(store, reading('😀', 'å', '2024-01-15T10:00:00Z', 99));
    await append(store, reading('new', 'a', '2024-01-15T10:00:00Z', 50));
    await store.close();
    const again = await openSound(dataDir);
    const rates = async (user: string) =>
      (await rowsOf(again.store, scanRequest(user))).map((row) => row[2]);
    expect(await rates('😀')).toEqual([219.9, 99]);
    expect(await rates('new')).toEqual([50]);
    expect(await rates('user_123')).toEqual([73, 81, 62.5, 63, 64]);
    await again.store.close();
  });
});

describe.each([1, 2] as const)('a folder of format %i', (format) => {
  it('is marked as one of format 3 before anything is written', async () => {
    const dataDir = await copyOf(fixtureOf(format));
    const never = new Promise<never>(() => {});
    const idle = { flush: () => never, erase: () => never };
    await openSound(dataDir, { jobs: { ...inlineJobs(nodeFiles), ...idle } });
    expect(await readFile(formatFile(dataDir))).toEqual(await readFile(formatFile(FIXTURE)));
    expect((await partsIn(dataDir)).every(isOld)).toBe(true);
  });

  it('has all its parts rewritten, also when there is nothing else to do', async () => {
    const dataDir = await copyOf(fixtureOf(format));
    for (const name of await readdir(logFolder(dataDir))) await rm(join(logFolder(dataDir), name));
    const readings = (store: ReadingStore) =>
      Promise.all(Object.keys(READINGS).map((user) => rowsOf(store, scanRequest(user))));

    const { store } = await openSound(dataDir);
    const before = await readings(store);
    await until('all parts are new', async () => !(await partsIn(dataDir)).some(isOld));
    expect(await readings(store)).toEqual(before);
    expect(before[0]).toHaveLength(4);
    await store.close();
    expect(await verify(dataDir)).toMatchObject({ findings: [], notes: [] });
  });

  it('answers while a part is rewritten, and when that fails', async () => {
    const dataDir = await copyOf(fixtureOf(format));
    const jobs = inlineJobs(nodeFiles);
    const broken = { ...jobs, erase: () => Promise.reject(new Error('no')) };
    const { store } = await openStore(dataDir, { jobs: broken, retryMs: 3_600_000 });
    await until('it has failed', () => store.health().reasons.some((why) => /Parquet/.test(why)));
    await expectReadings(store);
    await store.close();
    expect((await partsIn(dataDir)).some(isOld)).toBe(true);
    expect((await verify(dataDir)).findings).toEqual([]);
  });
});

describe('the document of the format', () => {
  /** The code blocks of a language. */
  const examples = async (language: string): Promise<string[]> => {
    const blocks = (await readFile(DOCUMENT, 'utf8')).split('```');
    return blocks
      .filter((block, i) => i % 2 === 1 && block.startsWith(`${language}\n`))
      .map((block) => block.slice(language.length + 1));
  };

  it('has examples that are as the store writes them', async () => {
    const [marker, mark, , log] = await examples('json');
    expect(marker).toBe(await readFile(formatFile(FIXTURE), 'utf8'));
    expect(mark).toBe(checkedLine('"sequence":1000003}'));
    const lines = (log as string).trimEnd().split('\n');
    expect(lines.map((line) => decodeRecord(Buffer.from(line)))).toMatchObject([
      { kind: 'readings', sequence: 14, size: 2 },
      { kind: 'erasure', sequence: 17, erasure: { userId: 'moved out' } },
      {
        kind: 'erasure',
        sequence: 18,
        erasure: {
          userId: 'user_123',
          deviceId: 'device_a',
          range: { startMicros: 1_705_312_800_000_000, endMicros: 1_705_313_100_000_000 },
        },
      },
    ]);
  });

  /** The fixture when all of it is in Parquet, and what must be found in it. */
  const inParquet = async () => {
    const dataDir = await copyOf(FIXTURE);
    const { store } = await openSound(dataDir);
    await allInParquet(store);
    await store.close();
    const expected = Object.entries(READINGS).flatMap(([user, rows]) =>
      rows.map(([device, at, rate]) => [user, device, parseTimestamp(at), rate]),
    );
    return { dataDir, expected };
  };

  const inAnyOrder = (rows: readonly unknown[]): string[] =>
    rows.map((row) => JSON.stringify(row)).sort();

  it('has a query with which DuckDB reads what the service answers', async () => {
    const { dataDir, expected } = await inParquet();
    const [plain, resolved] = await examples('sql');
    const ask = async (sql: string) => {
      expect(sql).toContain("'data/");
      const text = sql.replace("'data/", `'${dataDir}/`).replace(/;\s*$/, '');
      const rows = await query(`
        SELECT user_id, device_id, epoch_us(timestamp) AS micros, heart_rate FROM (${text})`);
      return rows.map((row) => [row.user_id, row.device_id, Number(row.micros), row.heart_rate]);
    };
    expect(inAnyOrder(await ask(resolved as string))).toEqual(inAnyOrder(expected));
    const all = inAnyOrder(await ask(plain as string));
    expect(all).toEqual(expect.arrayContaining(inAnyOrder(expected)));
    // The fixture has an identity twice, else there would have been nothing to resolve.
    expect(all.length).toBeGreaterThan(expected.length);
    const ofDay = (resolved as string).replace('QUALIFY', "WHERE date = '2024-01-16'\nQUALIFY");
    expect((await ask(ofDay)).map((row) => row[3]).sort()).toEqual([55.25, 63, 77]);
  });

  it.each(['pandas', 'polars'])('has lines with which %s does', async (library) => {
    if (!canImport(library)) {
      console.warn(`skipped: no python3 that imports ${library}`);
      return;
    }
    const { dataDir, expected } = await inParquet();
    const code = (await examples('python')).find((text) => text.includes(`import ${library}`));
    const columns = "['user_id', 'device_id', 'timestamp', 'heart_rate']";
    const rows =
      library === 'pandas'
        ? `readings[${columns}].assign(timestamp=readings['timestamp'].astype('datetime64[us, UTC]').astype('int64')).values.tolist()`
        : `[list(row) for row in readings.select(${columns}).cast({'timestamp': polars.Int64}).rows()]`;
    const output = execFileSync(
      'python3',
      ['-c', `${code}\nimport json\nprint(json.dumps(${rows}))`],
      { cwd: dirname(dataDir), encoding: 'utf8' },
    );
    expect(inAnyOrder(JSON.parse(output))).toEqual(inAnyOrder(expected));
  });

  it('names all that is in a data folder', async () => {
    const text = await readFile(DOCUMENT, 'utf8');
    for (const name of await readdir(FIXTURE)) expect(text).toContain(name);
  });
});

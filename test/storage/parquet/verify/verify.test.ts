import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import pl from 'nodejs-polars';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { checkedLine } from '../../../../src/storage/parquet/disk/checked-line.ts';
import {
  dayFolder,
  formatFile,
  logFolder,
  partitionsFolder,
  quarantineFolder,
} from '../../../../src/storage/parquet/disk/layout.ts';
import { UserFilter, userHash } from '../../../../src/storage/parquet/parts/user-filter.ts';
import type { Finding, FindingCode } from '../../../../src/storage/parquet/verify/finding.ts';
import { readFooter } from '../../../../src/storage/parquet/verify/part-footer.ts';
import { append, leftBehind, openStore, reading, until } from '../../../support/store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import {
  day,
  erasureLine,
  forgePart,
  line,
  type PartRow,
  partFrame,
  putMarker,
  putPart,
  putSegment,
  verify,
} from '../../data-folder.ts';
import { writePart } from '../parts/write-part.ts';

const MONDAY = '2024-01-15';
const TUESDAY = '2024-01-16';
const MONDAY_ROWS: readonly PartRow[] = [
  ['ann', 'a', '2024-01-15T10:00:00Z', 70],
  ['ann', 'b', '2024-01-15T10:00:00Z', 30],
  ['bob', 'a', '2024-01-15T09:00:00Z', 220],
];
const TUESDAY_ROWS: readonly PartRow[] = [['ann', 'a', '2024-01-16T00:00:00Z', 73]];

const at = (time: string, rate = 80) => reading('ann', 'a', time, rate);
const FIRST_LINES = [
  line(7, at('2024-01-16T10:00:00Z'), at('2024-01-16T11:00:00Z')),
  line(9, at('2024-01-16T12:00:00Z')),
  line(10, at('2024-01-17T12:00:00Z')),
] as const;
const SECOND_LINES = [
  line(11, at('2024-01-16T13:00:00Z')),
  line(12, at('2024-01-16T14:00:00Z')),
] as const;
const FIRST = 'wal/0000000000000007.jsonl';
const SECOND = 'wal/0000000000000011.jsonl';

const template = mkdtempSync(join(tmpdir(), 'heart-rate-'));

beforeAll(async () => {
  const dataDir = template;
  await putMarker(dataDir);
  await putPart(dataDir, MONDAY, [1, 3], partFrame(MONDAY_ROWS, 3));
  await putPart(dataDir, MONDAY, [4, 6], partFrame(MONDAY_ROWS, 6));
  await putPart(dataDir, TUESDAY, [1, 3], partFrame(TUESDAY_ROWS, 3));
  await putSegment(dataDir, 7, FIRST_LINES.join(''));
  await putSegment(dataDir, 11, SECOND_LINES.join(''));
});

afterAll(() => rmSync(template, { recursive: true }));

/** A folder in order: two days, three parts, two segments. */
const cleanFolder = (): Promise<string> => leftBehind(template);

const found = (code: FindingCode, file: string, cause: RegExp, where = {}): Finding => ({
  code,
  file,
  ...where,
  cause: expect.stringMatching(cause),
});

/** Flips the lowest bit of a byte. */
const flipped = (content: string | Buffer, offset: number): Buffer => {
  const bytes = Buffer.from(content);
  bytes.writeUInt8(bytes.readUInt8(offset) ^ 1, offset);
  return bytes;
};

interface Broken {
  readonly findings?: readonly Finding[];
  readonly notes?: readonly Finding[];
}

interface Case {
  readonly name: string;
  /** Changes a clean folder; resolves with all that must be said of it. */
  readonly breaks: (dataDir: string) => Promise<Broken>;
}

const expectCase = async ({ breaks }: Case): Promise<void> => {
  const dataDir = await cleanFolder();
  const { findings = [], notes = [] } = await breaks(dataDir);
  const result = await verify(dataDir);
  expect(result.findings).toEqual(findings);
  expect(result.notes).toEqual(notes);
};

describe('a clean folder', () => {
  it('has no findings, and is counted', async () => {
    const dataDir = await cleanFolder();
    await writeFile(join(dataDir, '.gitkeep'), '');
    await writeFile(join(partitionsFolder(dataDir), '.DS_Store'), '');
    expect(await verify(dataDir)).toEqual({
      dataDir,
      checked: { segments: 2, records: 5, readings: 6, days: 2, parts: 3, rows: 7 },
      findings: [],
      notes: [],
    });
  });

  it('may be empty', async () => {
    expect(await verify(await temporaryFolder())).toMatchObject({
      findings: [],
      notes: [found('format-missing', 'format.json', /the next start makes it/)],
    });
  });

  it('is one that a service has closed in order', async () => {
    const dataDir = await temporaryFolder();
    for (let i = 0; i < 3; i++) {
      const { store } = await openStore(dataDir);
      await append(store, at('2024-01-15T23:59:59.999999Z', 70 + i), at('2024-01-16T00:00:00Z'));
      if (i === 1) await store.erase({ userId: 'ann' });
      await store.close();
    }
    expect(await verify(dataDir)).toMatchObject({ findings: [], notes: [] });
  });

  it('is one in which a service is at work', async () => {
    const dataDir = await temporaryFolder();
    const { store, events } = await openStore(dataDir, { segmentMaxBytes: 1000 });
    let working = true;
    const work = async () => {
      for (let i = 0; working; i++) {
        await append(store, reading('ann', 'a', 1_705_363_200_000_000 + (i - 50) * 1000, 70));
        if (i % 200 === 100) await store.erase({ userId: 'ann' });
        // Nothing is compacted while closed segments wait, and a log this fast never ends making them.
        if (i % 50 === 0) await until('segments are few', () => store.health().segments < 3);
      }
    };
    const worked = work();
    let checked = 0;
    try {
      // Segments, parts and replaced parts are made and removed all the while.
      while (events.compacted.length === 0 || events.erased.length === 0 || checked < 5) {
        const result = await verify(dataDir);
        expect(result.findings).toEqual([]);
        if (result.checked.parts > 0 && result.checked.records > 0) checked++;
      }
    } finally {
      working = false;
      await worked;
      await store.close();
    }
  });

  it('may lose files while it is looked at', async () => {
    const dataDir = await cleanFolder();
    const gone = new Map([
      [logFolder(dataDir), '0000000000000005.jsonl'],
      [
        dayFolder(dataDir, day(MONDAY)),
        `part-${'7'.padStart(16, '0')}-${'9'.padStart(16, '0')}-00000000.parquet`,
      ],
      [quarantineFolder(dataDir), 'gone.note.json'],
    ]);
    const { nodeFiles } = await import('../../../../src/storage/parquet/disk/node-files.ts');
    const list = async (folder: string) => {
      const name = gone.get(folder);
      const names = await nodeFiles.list(folder);
      return name === undefined ? names : [...names, name].sort();
    };
    expect(await verify(dataDir, { list })).toMatchObject({
      checked: { segments: 2, parts: 3 },
      findings: [],
      notes: [],
    });
  });
});

const LOG_CASES: readonly Case[] = [
  {
    name: 'a flipped bit in a record',
    breaks: async (dataDir) => {
      const offset = FIRST_LINES[0].length;
      await putSegment(dataDir, 7, flipped(FIRST_LINES.join(''), offset + 30));
      const cause = new RegExp(
        `^${FIRST_LINES[1].length} bytes: checksum is \\w{8}, content gives`,
      );
      return { findings: [found('record-damaged', FIRST, cause, { offset })] };
    },
  },
  {
    name: 'bytes that are no record, in the last segment',
    breaks: async (dataDir) => {
      await putSegment(dataDir, 11, `hello\n${SECOND_LINES.join('')}`);
      const cause = /^6 bytes: no checksum at its beginning$/;
      return { findings: [found('record-damaged', SECOND, cause, { offset: 0 })] };
    },
  },
  {
    name: 'a record of a later version',
    breaks: async (dataDir) => {
      await putSegment(dataDir, 11, checkedLine('"v":2,"seq":11,"what":"ever"}'));
      const cause = /format version 2 is not known$/;
      return { findings: [found('record-damaged', SECOND, cause, { offset: 0 })] };
    },
  },
  {
    name: 'a torn record at the end of the log',
    breaks: async (dataDir) => {
      await putSegment(dataDir, 11, SECOND_LINES.join('').slice(0, -10));
      const torn = SECOND_LINES[1].length - 10;
      const cause = new RegExp(`^${torn} bytes of a record that was never finished`);
      return { notes: [found('torn-tail', SECOND, cause, { offset: SECOND_LINES[0].length })] };
    },
  },
  {
    name: 'zeros at the end of the log',
    breaks: async (dataDir) => {
      await putSegment(dataDir, 11, `${SECOND_LINES.join('')}${'\0'.repeat(500)}`);
      const offset = SECOND_LINES.join('').length;
      return { notes: [found('torn-tail', SECOND, /^500 bytes of a record/, { offset })] };
    },
  },
  {
    name: 'a torn record in a segment that is not the last',
    breaks: async (dataDir) => {
      await putSegment(dataDir, 7, FIRST_LINES.join('').slice(0, -10));
      const offset = FIRST_LINES[0].length + FIRST_LINES[1].length;
      return { findings: [found('record-damaged', FIRST, /content gives/, { offset })] };
    },
  },
  {
    name: 'the last line end missing',
    breaks: async (dataDir) => {
      await putSegment(dataDir, 11, SECOND_LINES.join('').slice(0, -1));
      const offset = SECOND_LINES[0].length;
      return { notes: [found('torn-tail', SECOND, /the record itself is whole/, { offset })] };
    },
  },
  {
    name: 'line ends damaged',
    breaks: async (dataDir) => {
      const offset = FIRST_LINES[0].length;
      const end = offset + FIRST_LINES[1].length - 1;
      await putSegment(dataDir, 7, flipped(FIRST_LINES.join(''), end));
      const last = SECOND_LINES.join('');
      await putSegment(dataDir, 11, flipped(last, last.length - 1));
      return {
        findings: [
          found('line-end-damaged', FIRST, /the record itself is whole/, { offset }),
          found('line-end-damaged', SECOND, /whole/, { offset: SECOND_LINES[0].length }),
        ],
      };
    },
  },
  {
    name: 'a sequence that comes twice',
    breaks: async (dataDir) => {
      await putSegment(dataDir, 7, [...FIRST_LINES, line(10, at('2024-01-16T12:00:01Z'))].join(''));
      const offset = FIRST_LINES.join('').length;
      return { findings: [found('record-order', FIRST, /^sequence 10 follows 10$/, { offset })] };
    },
  },
  {
    name: 'records in the wrong order',
    breaks: async (dataDir) => {
      await putSegment(dataDir, 11, [SECOND_LINES[1], SECOND_LINES[0]].join(''));
      const offset = SECOND_LINES[1].length;
      return { findings: [found('record-order', SECOND, /^sequence 11 follows 12$/, { offset })] };
    },
  },
  {
    name: 'a record from before its segment',
    breaks: async (dataDir) => {
      await rename(join(dataDir, SECOND), join(dataDir, SECOND.replace('11', '12')));
      const file = SECOND.replace('11', '12');
      return { findings: [found('record-order', file, /^sequence 11 follows 11$/, { offset: 0 })] };
    },
  },
  {
    name: 'a segment that begins before the one before it ends',
    breaks: async (dataDir) => {
      await rename(join(dataDir, SECOND), join(dataDir, SECOND.replace('11', '10')));
      const file = SECOND.replace('11', '10');
      const cause = /^named 10, but sequence 10 is in a segment before it$/;
      return { findings: [found('record-order', file, cause)] };
    },
  },
  {
    name: 'trial writes and skipped sequences, which are in order',
    breaks: async (dataDir) => {
      await putSegment(
        dataDir,
        11,
        [line(11), line(11, at('2024-01-16T12:00:00Z')), line(40)].join(''),
      );
      return {};
    },
  },
  {
    name: 'values that are never accepted',
    breaks: async (dataDir) => {
      const runs = (sequence: number, text: string) =>
        checkedLine(`"v":1,"seq":${sequence},"runs":[["ann","a",${text}]]}`);
      const lines = [
        line(11, at('2024-01-16T12:00:00Z', 29.9)),
        runs(12, '[-1],[70]'),
        runs(13, '[1.5],[70]'),
        runs(14, '[1,7258118400000000],[70,70]'),
        runs(16, '[1,2],[70]'),
        runs(18, '[5,-2,3],[70,70,70]'),
      ];
      await putSegment(dataDir, 11, lines.join(''));
      const offsets = lines.map((_, i) => ({ offset: lines.slice(0, i).join('').length }));
      return {
        findings: [
          found('record-values', SECOND, /^heart rate 29.9 is not within 30 to 220$/, offsets[0]),
          found('record-values', SECOND, /^-1 is no timestamp that is accepted$/, offsets[1]),
          found('record-values', SECOND, /^1.5 is no timestamp/, offsets[2]),
          found('record-values', SECOND, /^7258118400000000 is no timestamp/, offsets[3]),
          found('record-values', SECOND, /^2 timestamps, but 1 heart rates$/, offsets[4]),
          found('record-values', SECOND, /^-2 is no timestamp/, offsets[5]),
        ],
      };
    },
  },
  {
    name: 'an empty segment',
    breaks: async (dataDir) => {
      await putSegment(dataDir, 13, '');
      return { notes: [found('empty-segment', 'wal/0000000000000013.jsonl', /^holds no record$/)] };
    },
  },
  {
    name: 'an erasure',
    breaks: async (dataDir) => {
      await putSegment(dataDir, 13, erasureLine(13, 'ann'));
      const cause = /^the erasure with sequence 13 is not carried out everywhere$/;
      const file = 'wal/0000000000000013.jsonl';
      return { notes: [found('erasure-pending', file, cause, { offset: 0 })] };
    },
  },
  {
    name: 'a segment of which a day is in Parquet already',
    breaks: async (dataDir) => {
      await putPart(dataDir, TUESDAY, [7, 10], partFrame(TUESDAY_ROWS, 10));
      const cause = /^its readings of 2024-01-16 are in Parquet already$/;
      return { notes: [found('segment-in-parts', FIRST, cause)] };
    },
  },
];

const inDay = (file: string): string =>
  file.slice(file.indexOf('heart_rate')).replaceAll('\\', '/');

/** The part of Tuesday, to be replaced by another. */
const removeTuesday = (dataDir: string): Promise<void> =>
  rm(dayFolder(dataDir, day(TUESDAY)), { recursive: true });

const tuesdayPart = async (dataDir: string): Promise<string> => {
  const folder = dayFolder(dataDir, day(TUESDAY));
  const [name] = await readdir(folder);
  return join(folder, name as string);
};

/** A case in which the only part of a day has other rows. */
const rowsCase = (
  name: string,
  rows: readonly PartRow[],
  ...expected: readonly [FindingCode, number, RegExp][]
): Case => ({
  name,
  breaks: async (dataDir) => {
    await removeTuesday(dataDir);
    const file = inDay(await putPart(dataDir, TUESDAY, [1, 9], partFrame(rows, 9)));
    return { findings: expected.map(([code, row, cause]) => found(code, file, cause, { row })) };
  },
});

/** A case in which the columns of the only part of a day were changed as they are in the file. */
const storedCase = (
  name: string,
  change: (frame: pl.DataFrame) => pl.DataFrame,
  [code, cause, where]: readonly [FindingCode, RegExp, { row: number }?],
): Case => ({
  name,
  breaks: async (dataDir) => {
    const stored = pl.readParquet(await tuesdayPart(dataDir));
    await removeTuesday(dataDir);
    const content = change(stored).writeParquet({ compression: 'zstd' });
    const file = inDay(await forgePart(dataDir, TUESDAY, [1, 3], content));
    return { findings: [found(code, file, cause, where)] };
  },
});

const columnsCase = (
  name: string,
  change: (frame: pl.DataFrame) => pl.DataFrame,
  cause: RegExp,
): Case => storedCase(name, change, ['part-columns', cause]);

/** The columns of format 2, of one row that is of noon, with another value in one of them. */
const timeCase = (column: string, value: number): Case => ({
  name: `${column} ${value}`,
  breaks: async (dataDir) => {
    await removeTuesday(dataDir);
    const time = { minute: Date.UTC(2024, 0, 16, 12) * 1000, second: 0, microsecond: 0 };
    const content = partOfFormat2({ ...time, [column]: value });
    const file = inDay(await forgePart(dataDir, TUESDAY, [1, 3], content, 2));
    const cause = /^the parts of the timestamp are not/;
    return { findings: [found('part-time', file, cause, { row: 0 })] };
  },
});

const partOfFormat2 = (time: { minute: number; second: number; microsecond: number }): Buffer =>
  pl
    .DataFrame([
      pl.Series('user_id', ['ann'], pl.String),
      pl.Series('device_id', ['a'], pl.String),
      pl.Series('minute', [time.minute], pl.Int64).cast(pl.Datetime('us', 'UTC')),
      pl.Series('second', [time.second], pl.Int32),
      pl.Series('microsecond', [time.microsecond], pl.Int32),
      pl.Series('heart_rate', [70], pl.Float64),
      pl.Series('sequence', [3], pl.Int64),
    ])
    .writeParquet({ compression: 'zstd' });

const tuesday = (time: string, rate: number | null = 70, user = 'ann', device = 'a'): PartRow => [
  user,
  device,
  `2024-01-16T${time}Z`,
  rate,
];

const PART_CASES: readonly Case[] = [
  {
    name: 'a flipped bit',
    breaks: async (dataDir) => {
      const path = await tuesdayPart(dataDir);
      await writeFile(path, flipped(await readFile(path), 200));
      const cause = /^checksum is \w{8}, content gives \w{8}$/;
      return { findings: [found('part-checksum', inDay(path), cause)] };
    },
  },
  {
    name: 'a part cut short',
    breaks: async (dataDir) => {
      const path = await tuesdayPart(dataDir);
      await truncate(path, 900);
      return { findings: [found('part-checksum', inDay(path), /content gives/)] };
    },
  },
  {
    name: 'an empty part',
    breaks: async (dataDir) => {
      const path = await tuesdayPart(dataDir);
      await truncate(path, 0);
      return { findings: [found('part-checksum', inDay(path), /content gives 00000000$/)] };
    },
  },
  {
    name: 'what is no Parquet, under a checksum that holds',
    breaks: async (dataDir) => {
      const file = inDay(await forgePart(dataDir, TUESDAY, [4, 6], Buffer.from('not Parquet')));
      const cause = /^the footer cannot be read: not valid parquet file$/;
      return { findings: [found('part-footer', file, cause)] };
    },
  },
  {
    name: 'a footer that says more rows than there are',
    breaks: async (dataDir) => {
      const content = await readFile(await tuesdayPart(dataDir));
      await removeTuesday(dataDir);
      const file = inDay(await forgePart(dataDir, TUESDAY, [1, 3], await withMoreRows(content)));
      const cause = /^the footer says 2 rows, and its row groups 1$/;
      return { findings: [found('part-rows', file, cause)] };
    },
  },
  {
    name: 'a folder in the place of a part',
    breaks: async (dataDir) => {
      const path = await tuesdayPart(dataDir);
      await rm(path);
      await mkdir(path);
      return { findings: [found('unreadable', inDay(path), /EISDIR/)] };
    },
  },
  columnsCase(
    'a column missing',
    (frame) => frame.drop('sequence'),
    /^columns are user_id STRING, device_id STRING, timestamp TIMESTAMP\(MICROS, UTC\), heart_rate DOUBLE, not user_id /,
  ),
  columnsCase(
    'a column too many',
    (frame) => frame.withColumn(pl.col('user_id').alias('name')),
    /, name STRING, not /,
  ),
  columnsCase(
    'columns in another order',
    (frame) => frame.select('device_id', 'user_id', ...frame.columns.slice(2)),
    /^columns are device_id STRING, user_id/,
  ),
  columnsCase(
    'milliseconds',
    (frame) => frame.withColumn(pl.col('timestamp').cast(pl.Datetime('ms', 'UTC'))),
    /TIMESTAMP\(other, UTC\)/,
  ),
  columnsCase(
    'local time',
    (frame) => frame.withColumn(pl.col('timestamp').cast(pl.Datetime('us'))),
    /TIMESTAMP\(MICROS\)/,
  ),
  columnsCase(
    'another type of number',
    (frame) => frame.withColumn(pl.col('heart_rate').cast(pl.Float32)),
    /heart_rate type 4/,
  ),
  columnsCase(
    'the columns of version 2 under a name of version 3',
    () => pl.readParquet(partOfFormat2({ minute: 0, second: 0, microsecond: 0 })),
    /^columns are .*microsecond INT32/,
  ),
  timeCase('second', 60),
  timeCase('second', -1),
  timeCase('microsecond', 1_000_000),
  timeCase('microsecond', -1),
  timeCase('minute', Date.UTC(2024, 0, 16) * 1000 + 1),
  rowsCase('no rows at all', []),
  rowsCase('rows in order', [
    tuesday('00:00:00'),
    tuesday('23:59:59.999999'),
    tuesday('00:00:00', 70, 'ann', 'b'),
    tuesday('01:00:00', 70, 'anna'),
    tuesday('00:30:00', 70, '😀'),
  ]),
  rowsCase(
    'users out of order',
    [tuesday('00:00:00', 70, 'bob'), tuesday('00:00:01'), tuesday('00:00:02')],
    ['part-order', 1, /^not sorted by user_id, device_id, timestamp$/],
  ),
  rowsCase(
    'times out of order, twice',
    [tuesday('00:00:02'), tuesday('00:00:01'), tuesday('00:00:03'), tuesday('00:00:02')],
    ['part-order', 1, /timestamp \(2 rows\)$/],
  ),
  rowsCase(
    'devices out of order',
    [tuesday('00:00:00', 70, 'ann', 'b'), tuesday('00:00:00')],
    ['part-order', 1, /^not sorted/],
  ),
  rowsCase(
    'ids in the order of UTF-16',
    [tuesday('00:00:00', 70, '😀'), tuesday('00:00:00', 70, '\uffee')],
    ['part-order', 1, /^not sorted/],
  ),
  rowsCase(
    'an identity twice',
    [tuesday('00:00:00'), tuesday('00:00:01'), tuesday('00:00:01', 71)],
    ['part-identity', 2, /^the same user, device and timestamp as the row before$/],
  ),
  rowsCase(
    'another day',
    [
      ['ann', 'a', '2024-01-15T23:59:59.999999Z', 70],
      tuesday('00:00:00'),
      ['ann', 'a', '2024-01-17T00:00:00Z', 70],
    ],
    ['part-day', 0, /^the timestamp is not on 2024-01-16 \(2 rows\)$/],
  ),
  rowsCase(
    'heart rates out of bounds',
    [
      tuesday('00:00:00', 30),
      tuesday('00:00:01', 220),
      tuesday('00:00:02', 29.999),
      tuesday('00:00:03', 220.001),
      tuesday('00:00:04', Number.NaN),
    ],
    ['part-heart-rate', 2, /^the heart rate is not within 30 to 220 \(3 rows\)$/],
  ),
  rowsCase(
    'a value missing',
    [tuesday('00:00:00'), tuesday('00:00:01', null)],
    ['part-null', 1, /^a value is missing$/],
  ),
  rowsCase(
    'several mistakes',
    [tuesday('00:00:01'), tuesday('00:00:00', 20), tuesday('00:00:00', 20)],
    ['part-order', 1, /^not sorted/],
    ['part-identity', 2, /^the same/],
    ['part-heart-rate', 1, /\(2 rows\)$/],
  ),
  {
    name: 'another sequence in the rows than in the name',
    breaks: async (dataDir) => {
      await removeTuesday(dataDir);
      const file = inDay(await putPart(dataDir, TUESDAY, [1, 9], partFrame(TUESDAY_ROWS, 8)));
      const cause = /^the sequence is not 9, the last of the part's range$/;
      return { findings: [found('part-sequence', file, cause, { row: 0 })] };
    },
  },
  {
    name: 'a filter that excludes a user of the part',
    breaks: async (dataDir) => {
      await removeTuesday(dataDir);
      const { path } = await writePart(await temporaryFolder(), 1, 3, [
        ['ann', 'a', day(TUESDAY) * 86_400_000_000, 70],
      ]);
      const content = (await readFile(path)).toString('latin1');
      const filterOf = (user: string) => UserFilter.of([userHash(user)]).encode();
      for (const other of [filterOf('bob'), filterOf('ann').replace(/^./, 'x')]) {
        const changed = Buffer.from(content.replace(filterOf('ann'), other), 'latin1');
        await forgePart(dataDir, TUESDAY, other.startsWith('x') ? [4, 6] : [1, 3], changed);
      }
      const folder = dayFolder(dataDir, day(TUESDAY));
      const [one, two] = (await readdir(folder)).sort().map((name) => inDay(join(folder, name)));
      return {
        findings: [
          found('part-user-filter', one as string, /^the filter excludes users .* \(1\)$/),
          found('part-sequence', two as string, /^the sequence is not 6/, { row: 0 }),
          found('part-user-filter', two as string, /^the filter of its users is damaged$/),
        ],
      };
    },
  },
  {
    name: 'parts that overlap',
    breaks: async (dataDir) => {
      const path = await putPart(dataDir, MONDAY, [3, 5], partFrame(MONDAY_ROWS, 5));
      const names = (await readdir(dirname(path))).sort();
      const cause = (other: string) => new RegExp(`^shares sequences with ${other}, and neither`);
      return {
        findings: [
          found('parts-overlap', inDay(path), cause(names[0] as string)),
          found(
            'parts-overlap',
            inDay(join(dirname(path), names[2] as string)),
            cause(basename(path)),
          ),
        ],
      };
    },
  },
  {
    name: 'parts that others took the place of',
    breaks: async (dataDir) => {
      const folder = dayFolder(dataDir, day(MONDAY));
      const replaced = (await readdir(folder)).sort().map((name) => join(folder, name));
      await putPart(dataDir, MONDAY, [1, 6], partFrame(MONDAY_ROWS, 6));
      // What is not in force is not looked at.
      await truncate(replaced[0] as string, 10);
      const rewritten = await tuesdayPart(dataDir);
      await putPart(dataDir, TUESDAY, [1, 3, 1], partFrame(TUESDAY_ROWS, 3));
      const notes = [...replaced, rewritten].map((path) =>
        found(
          'superseded-part',
          inDay(path),
          /^another part took its place; it waits for removal$/,
        ),
      );
      return { notes };
    },
  },
];

/** A part of one row whose footer says that it has two, while its only row group says one. */
const withMoreRows = async (content: Buffer): Promise<Buffer> => {
  const folder = await temporaryFolder();
  // Zigzag: 1 is 2, 2 is 4. Which byte of the footer it is, its reader tells.
  for (let offset = content.length - 8; offset > 0; offset--) {
    if (content[offset] !== 2) continue;
    const changed = Buffer.from(content);
    changed[offset] = 4;
    const path = join(folder, `${offset}.v3.parquet`);
    await writeFile(path, changed);
    const footer = await readFooter(path).catch(() => undefined);
    if (footer?.rows === 2 && footer.rowsInGroups === 1 && footer.wrongColumns === undefined) {
      return changed;
    }
  }
  throw new Error('no byte of the footer is the number of rows');
};

const FOLDER_CASES: readonly Case[] = [
  {
    name: 'files that are not of the store',
    breaks: async (dataDir) => {
      const unknown = [
        'notes.txt',
        'heart_rate/date=2024-02-30',
        'heart_rate/part.parquet',
        'heart_rate/date=2024-01-15/part-1-2.parquet',
        'wal/0000000000000020.jsonl.bak',
      ];
      for (const file of unknown) await writeFile(join(dataDir, file), '');
      // In the order in which the folders are looked at.
      const order = ['notes.txt', 'heart_rate/date=2024-02-30', 'heart_rate/part.parquet'];
      const files = [...order, ...unknown.filter((file) => !order.includes(file))];
      return {
        findings: files.map((file) => found('unknown-file', file, /^not of the store/)),
      };
    },
  },
  {
    name: 'temporary files',
    breaks: async (dataDir) => {
      const temporary = ['.format.json.tmp', 'heart_rate/date=2024-01-15/.part-1.tmp'];
      for (const file of temporary) await writeFile(join(dataDir, file), '');
      await mkdir(quarantineFolder(dataDir));
      await writeFile(join(quarantineFolder(dataDir), '.piece.tmp'), '');
      const files = [...temporary, 'quarantine/.piece.tmp'];
      return { notes: files.map((file) => found('temporary-file', file, /^not finished/)) };
    },
  },
  {
    name: 'damaged data in quarantine',
    breaks: async (dataDir) => {
      const folder = quarantineFolder(dataDir);
      await mkdir(folder);
      const note = {
        file: 'data/wal/x.jsonl',
        offset: 12,
        length: 34,
        cause: 'no luck',
        found_at: '2024-01-15T10:00:00.000Z',
      };
      await writeFile(join(folder, 'a-piece'), '');
      await writeFile(join(folder, 'a-piece.note.json'), JSON.stringify(note));
      await writeFile(join(folder, 'b-piece'), '');
      await writeFile(join(folder, 'c-piece.note.json'), '{');
      const text =
        /^34 bytes from 12 of data\/wal\/x.jsonl, found 2024-01-15T10:00:00.000Z: no luck$/;
      return {
        findings: [
          found('quarantined', 'quarantine/a-piece.note.json', text),
          found('quarantined', 'quarantine/b-piece', /^no note says what it is$/),
          found('unreadable', 'quarantine/c-piece.note.json', /JSON/),
        ],
      };
    },
  },
  {
    name: 'no marker',
    breaks: async (dataDir) => {
      await rm(formatFile(dataDir));
      return { notes: [found('format-missing', 'format.json', /^no marker yet/)] };
    },
  },
  {
    name: 'a damaged marker, besides others',
    breaks: async (dataDir) => {
      await writeFile(formatFile(dataDir), '{"format":1}\n');
      await writeFile(join(dataDir, 'notes.txt'), '');
      return {
        findings: [
          found('format-damaged', 'format.json', /^no checksum at its beginning$/),
          found('unknown-file', 'notes.txt', /^not of the store/),
        ],
      };
    },
  },
  {
    name: 'a later format, of which nothing else is said',
    breaks: async (dataDir) => {
      await putMarker(dataDir, 4);
      await writeFile(join(dataDir, 'notes.txt'), '');
      const cause = /^format 4, and 3 is the last that is known; nothing else was checked$/;
      return { findings: [found('format-unknown', 'format.json', cause)] };
    },
  },
];

describe('a broken folder', () => {
  test.each(LOG_CASES)('log: $name', expectCase);
  test.each(PART_CASES)('parts: $name', expectCase);
  test.each(FOLDER_CASES)('folder: $name', expectCase);

  it('is read to its end, however large its parts are', async () => {
    const rows = 1_000_001;
    const dataDir = await cleanFolder();
    await removeTuesday(dataDir);
    const start = day(TUESDAY) * 86_400_000_000;
    const timestamps = Array.from({ length: rows }, (_, i) => start + i);
    // The same as the row before, at the very edges of what is looked at together.
    for (const edge of [500_000, 1_000_000]) timestamps[edge] = start + edge - 1;
    const [one] = partFrame(TUESDAY_ROWS, 9).toRecords();
    const frame = pl
      .DataFrame([pl.Series('timestamp', timestamps, pl.Int64)])
      .select(
        pl.lit(one?.user_id).alias('user_id'),
        pl.lit('a').alias('device_id'),
        pl.col('timestamp').cast(pl.Datetime('us', 'UTC')),
        pl.lit(70).alias('heart_rate'),
        pl.lit(9).cast(pl.Int64).alias('sequence'),
      );
    const file = inDay(await putPart(dataDir, TUESDAY, [1, 9], frame));
    const result = await verify(dataDir);
    expect(result.checked.rows).toBe(rows + 6);
    expect(result.findings).toEqual([
      found('part-identity', file, /\(2 rows\)$/, { row: 500_000 }),
    ]);
  });
});

import { once } from 'node:events';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkedLine } from '../../../src/storage/parquet/disk/checked-line.ts';
import { FORMAT } from '../../../src/storage/parquet/disk/folder-format.ts';
import { formatFile, quarantineFolder } from '../../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../../src/storage/parquet/disk/node-files.ts';
import {
  isQuarantineNote,
  noteOf,
  type QuarantineNote,
} from '../../../src/storage/parquet/disk/quarantine.ts';
import { inlineJobs } from '../../../src/storage/parquet/parts/inline-jobs.ts';
import {
  append,
  type OpenedStore,
  openStore,
  reading,
  rowsOf,
  scanRequest,
  until,
} from '../../support/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { erasureLine, line, putSegment, segmentPath, verify } from '../data-folder.ts';
import { memoryFiles } from '../memory-files.ts';

/** A data folder in memory; only its lock is on the machine. */
interface Folder {
  readonly dataDir: string;
  readonly contents: Map<string, Buffer>;
  /** The files as they were before anybody opened it. */
  readonly before: ReadonlyMap<string, Buffer>;
}

/** A folder with these segments, by their first sequences. */
const folderOf = (
  dataDir: string,
  segments: Readonly<Record<number, string | Uint8Array>>,
): Folder => {
  const contents = new Map([
    [formatFile(dataDir), Buffer.from(checkedLine(`"format":${FORMAT}}`))],
  ]);
  for (const [first, content] of Object.entries(segments)) {
    contents.set(segmentPath(dataDir, Number(first)), Buffer.from(content));
  }
  return { dataDir, contents, before: new Map(contents) };
};

/** Opens a folder and lends the store, whose log stays as it is meanwhile. */
const withStore = async (
  { dataDir, contents }: Folder,
  use: (opened: OpenedStore) => Promise<void>,
): Promise<void> => {
  const files = memoryFiles(contents);
  const over = new AbortController();
  const flush = async (): Promise<never> => {
    if (!over.signal.aborted) await once(over.signal, 'abort');
    throw new Error('the test is over');
  };
  const jobs = { ...inlineJobs(files), flush };
  const opened = await openStore(dataDir, { files, jobs, retryMs: 3_600_000 });
  try {
    await use(opened);
  } finally {
    over.abort();
    await opened.store.close();
  }
};

const ratesOf = async ({ store }: OpenedStore, user: string): Promise<number[]> =>
  (await rowsOf(store, scanRequest(user))).map((row) => row[2]);

/** The pieces in quarantine with what their notes say of them, in order of their offsets. */
const piecesIn = ({ dataDir, contents }: Folder): (QuarantineNote & { bytes: Buffer })[] => {
  const folder = quarantineFolder(dataDir);
  const paths = [...contents.keys()].filter((path) => path.startsWith(folder));
  const pieces = paths.filter((path) => !isQuarantineNote(path));
  expect(paths).toHaveLength(2 * pieces.length);
  const noted = pieces.map((path) => {
    const note: QuarantineNote = JSON.parse(String(contents.get(noteOf(path))));
    return { ...note, bytes: contents.get(path) as Buffer };
  });
  return noted.sort((a, b) => a.offset - b.offset);
};

/** Expects that just the bytes from `start` to `end` of a segment were set aside, and told of. */
const expectSetAside = (
  folder: Folder,
  { store, events }: OpenedStore,
  first: number,
  [start, end]: readonly [number, number],
): void => {
  const file = segmentPath(folder.dataDir, first);
  const damaged = folder.before.get(file)?.subarray(start, end);
  const pieces = piecesIn(folder);
  expect(Buffer.concat(pieces.map((piece) => piece.bytes))).toEqual(damaged);
  let offset = start;
  for (const piece of pieces) {
    expect(piece).toMatchObject({ file, offset, length: piece.bytes.length });
    expect(piece.cause).toMatch(/^(checksum is .{8}, content gives|no checksum at)/);
    expect(Math.abs(Date.parse(piece.found_at) - Date.now())).toBeLessThan(60_000);
    offset += piece.length;
  }
  const told = pieces.map(({ bytes, found_at, ...note }) => note);
  expect(events.quarantined).toEqual(told);
  expect(store.health().state).toBe('degraded');
  expect(store.health().reasons).toEqual([
    `damaged data was set aside in quarantine/: ${pieces.length} pieces`,
  ]);
};

const expectNothingSetAside = (folder: Folder, { store, events }: OpenedStore): void => {
  expect(piecesIn(folder)).toEqual([]);
  expect(events.quarantined).toEqual([]);
  expect(store.health()).toMatchObject({ state: 'ok', reasons: [] });
};

/** Where each of some lines begins and ends in the file that they make. */
const spansOf = (lines: readonly string[]): (readonly [number, number])[] => {
  let end = 0;
  return lines.map((text) => {
    const start = end;
    end += Buffer.byteLength(text);
    return [start, end];
  });
};

describe('a torn write', () => {
  it('at every byte of the last record leaves all others, and tells of nothing', async () => {
    const lines = [
      line(1, reading('ä', 'a', 0, 70)),
      line(2, reading('ä', 'a', 1, 71), reading('ä', 'b', 2, 80)),
      line(4, reading('ä', 'a', 0, 72), reading('ä', 'b\n😀', 3, 81)),
    ];
    const content = Buffer.from(lines.join(''));
    const [start, end] = spansOf(lines)[2] as readonly [number, number];
    const dataDir = await temporaryFolder();
    for (let length = start; length < end; length++) {
      const folder = folderOf(dataDir, { 1: content.subarray(0, length) });
      // When all but the line end is there, the record counts.
      const isWhole = length === end - 1;
      const expected = isWhole ? [72, 71, 80, 81] : [70, 71, 80];
      for (const torn of [isWhole ? 0 : length - start, 0]) {
        await withStore(folder, async (opened) => {
          expect(await ratesOf(opened, 'ä'), `${length}`).toEqual(expected);
          expect(opened.events.recovered).toMatchObject([{ segments: 1, tornBytes: torn }]);
          expectNothingSetAside(folder, opened);
        });
      }
      const left = folder.contents.get(segmentPath(dataDir, 1));
      expect(left).toHaveLength(isWhole ? length : start);
    }
  });

  it('that left zeros is cut off, or set aside when it ends as a record does', async () => {
    const lines = [line(1, reading('ann', 'a', 1, 70)), line(2, reading('ann', 'a', 0, 71))];
    const [first, second] = lines as [string, string];
    const hole = Buffer.from(second);
    hole.fill(0, 20, 40);
    const dataDir = await temporaryFolder();
    for (const [tail, rates, tornBytes] of [
      [Buffer.alloc(4096), [70], 4096],
      [Buffer.concat([Buffer.from(second.slice(0, 30)), Buffer.alloc(100)]), [70], 130],
      [Buffer.concat([Buffer.from(second), Buffer.alloc(100)]), [71, 70], 100],
      [hole, [70], 0],
    ] as const) {
      const content = Buffer.concat([Buffer.from(first), tail]);
      const folder = folderOf(dataDir, { 1: content });
      await withStore(folder, async (opened) => {
        expect(await ratesOf(opened, 'ann')).toEqual(rates);
        expect(opened.events.recovered).toMatchObject([{ tornBytes }]);
        if (tornBytes > 0) expectNothingSetAside(folder, opened);
        else expectSetAside(folder, opened, 1, [first.length, content.length]);
      });
    }
  });
});

describe('a flipped bit', () => {
  const LINES = [
    line(1, reading('ä', 'a', 0, 70), reading('cy', 'a', 0, 90)),
    line(3, reading('ä', 'b', 1, 80)),
    erasureLine(4, 'cy'),
  ];
  const CONTENT = Buffer.from(LINES.join(''));

  /** What must be read when none of the records is lost, or one of them. */
  const ratesWithout = (lost: number | undefined) => ({
    ä: [70, 80].filter((_, record) => record !== lost),
    cy: lost === 2 ? [90] : [],
  });

  /** Bytes that no checksum covers and nothing depends on: `",` behind it, and the line end. */
  const isHarmless = (offset: number, [start, end]: readonly [number, number]): boolean =>
    [start + 16, start + 17, end - 1].includes(offset);

  it.each([0, 1, 2])(
    'anywhere in record %i takes no other with it, and is never taken for true',
    async (record) => {
      const dataDir = await temporaryFolder();
      const span = spansOf(LINES)[record] as readonly [number, number];
      for (let bit = span[0] * 8; bit < span[1] * 8; bit++) {
        const offset = bit >> 3;
        const content = Buffer.from(CONTENT);
        content.writeUInt8(content.readUInt8(offset) ^ (1 << (bit & 7)), offset);
        const folder = folderOf(dataDir, { 1: content });
        const lost = isHarmless(offset, span) ? undefined : record;
        await withStore(folder, async (opened) => {
          for (const [user, rates] of Object.entries(ratesWithout(lost))) {
            expect(await ratesOf(opened, user), `${user}, bit ${bit}`).toEqual(rates);
          }
          expect(opened.events.recovered).toMatchObject([{ segments: 1, tornBytes: 0 }]);
          if (lost === undefined) expectNothingSetAside(folder, opened);
          else expectSetAside(folder, opened, 1, span);
        });
      }
    },
  );
});

describe('damage', () => {
  const lines = [1, 2, 3, 4, 5, 6].map((i) => line(i, reading('ann', 'a', i, 70 + i)));
  const at = (i: number): string => lines[i - 1] as string;

  it.each([
    [
      'cut short',
      at(1) + at(2).slice(0, 30),
      [71, 73, 74, 75, 76],
      [at(1).length, at(1).length + 30],
    ],
    ['of zeros', '\0'.repeat(300), [73, 74, 75, 76], [0, 300]],
    ['of something else', 'PAR1 and more\nof it\n', [73, 74, 75, 76], [0, 20]],
    ['that is empty', '', [73, 74, 75, 76], undefined],
  ] as const)('in a segment %s keeps the ones after it', async (_, first, rates, span) => {
    const folder = folderOf(await temporaryFolder(), {
      1: first,
      3: at(3) + at(4),
      5: at(5) + at(6),
    });
    await withStore(folder, async (opened) => {
      expect(await ratesOf(opened, 'ann')).toEqual(rates);
      expect(opened.events.recovered).toMatchObject([{ segments: 3, tornBytes: 0 }]);
      if (span === undefined) expectNothingSetAside(folder, opened);
      else expectSetAside(folder, opened, 1, span);
    });
  });

  it('stays set aside, once, through restarts, while readings are taken as before', async () => {
    const damaged = at(2).replace('72', '27');
    const folder = folderOf(await temporaryFolder(), { 1: at(1) + damaged + at(3), 4: at(4) });
    const span = [at(1).length, at(1).length + damaged.length] as const;
    for (let restart = 0; restart < 3; restart++) {
      await withStore(folder, async (opened) => {
        expect(await ratesOf(opened, 'ann')).toEqual([71, 73, 74]);
        expectSetAside(folder, opened, 1, span);
        await append(opened.store, reading('bob', 'a', restart, 60 + restart));
        expect(await ratesOf(opened, 'bob')).toEqual([60, 61, 62].slice(0, restart + 1));
      });
    }
  });

  it('outlives its segment, until a person has dealt with it', async () => {
    const dataDir = await temporaryFolder();
    await putSegment(dataDir, 1, `${at(1)}nonsense\n${at(2)}`);
    const rates = async () => {
      const opened = await openStore(dataDir);
      await until('all is in Parquet', () => opened.store.health().segments === 0);
      const found = await ratesOf(opened, 'ann');
      const health = opened.store.health();
      await opened.store.close();
      return { found, state: health.state, told: opened.events.quarantined.length };
    };
    expect(await rates()).toEqual({ found: [71, 72], state: 'degraded', told: 1 });
    expect(await rates()).toEqual({ found: [71, 72], state: 'degraded', told: 0 });
    expect((await verify(dataDir)).findings).toMatchObject([{ code: 'quarantined' }]);
    const folder = quarantineFolder(dataDir);
    for (const name of await readdir(folder)) await rm(join(folder, name));
    expect(await rates()).toEqual({ found: [71, 72], state: 'ok', told: 0 });
    expect(await nodeFiles.list(folder)).toEqual([]);
  });
});

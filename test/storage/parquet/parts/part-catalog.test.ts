import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { EpochDay, Sequence } from '../../../../src/readings/reading.ts';
import { checksumOf } from '../../../../src/storage/parquet/disk/checksum.ts';
import {
  dayFolder,
  partName,
  partStem,
  temporaryName,
} from '../../../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { type Part, PartCatalog } from '../../../../src/storage/parquet/parts/part-catalog.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const MONDAY = 19_737 as EpochDay;
const CONTENT = 'PAR';
const TUESDAY = 19_738 as EpochDay;

const partOf = (
  dataDir: string,
  day: EpochDay,
  first: number,
  last: number,
  rewrites = 0,
): Part => {
  const identity = { range: { first: first as Sequence, last: last as Sequence }, rewrites };
  const name = partName({ ...identity, checksum: checksumOf(CONTENT), version: 3 });
  return { ...identity, day, path: join(dayFolder(dataDir, day), name), bytes: 3 };
};

const onDisk = async (path: string): Promise<string> => {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, CONTENT);
  return path;
};

/** A catalog of a folder with these parts on disk, and names as a reader would see them. */
const catalogOf = async (...ranges: [number, number, number?][]) => {
  const dataDir = await temporaryFolder();
  for (const range of ranges) await onDisk(partOf(dataDir, MONDAY, ...range).path);
  const catalog = await PartCatalog.load(nodeFiles, dataDir);
  const part = (first: number, last: number, rewrites = 0) =>
    partOf(dataDir, MONDAY, first, last, rewrites);
  const inForce = () =>
    catalog.ofDay(MONDAY).map(({ range, rewrites }) => [range.first, range.last, rewrites]);
  const names = (files: Iterable<{ path: string }>) =>
    [...files].map((file) => basename(file.path)).sort();
  return { dataDir, catalog, part, inForce, names };
};

describe('loading', () => {
  it('finds nothing where nothing is', async () => {
    const { catalog } = await catalogOf();
    expect(catalog.size).toBe(0);
    expect([...catalog.days]).toEqual([]);
    expect(catalog.ofDay(MONDAY)).toEqual([]);
  });

  it('finds the parts of each day in order of their sequences, with their sizes', async () => {
    const dataDir = await temporaryFolder();
    const parts = [
      partOf(dataDir, TUESDAY, 5, 9),
      partOf(dataDir, MONDAY, 100, 1000),
      partOf(dataDir, MONDAY, 9, 20),
    ];
    for (const { path } of parts) await onDisk(path);
    const catalog = await PartCatalog.load(nodeFiles, dataDir);
    expect([...catalog.days].sort()).toEqual([MONDAY, TUESDAY]);
    expect(catalog.ofDay(MONDAY)).toEqual([parts[2], parts[1]]);
    expect(catalog.ofDay(TUESDAY)).toEqual([parts[0]]);
    expect(catalog.size).toBe(3);
    expect(catalog.garbage.size).toBe(0);
  });

  it('removes temporary files, takes superseded parts for garbage, never what took their place', async () => {
    const dataDir = await temporaryFolder();
    const kept = partOf(dataDir, MONDAY, 1, 20);
    const rewritten = partOf(dataDir, MONDAY, 21, 30, 2);
    const garbage = [
      partOf(dataDir, MONDAY, 1, 10),
      partOf(dataDir, MONDAY, 11, 20, 4),
      partOf(dataDir, MONDAY, 21, 30),
      partOf(dataDir, MONDAY, 21, 30, 1),
    ].map((part) => part.path);
    const temporary = join(dirname(kept.path), temporaryName(basename(kept.path)));
    for (const path of [kept.path, rewritten.path, temporary, ...garbage]) await onDisk(path);
    // The same ranges on another day are that day's own.
    const elsewhere = partOf(dataDir, TUESDAY, 1, 10);
    await onDisk(elsewhere.path);

    const catalog = await PartCatalog.load(nodeFiles, dataDir);
    expect(catalog.ofDay(MONDAY)).toEqual([kept, rewritten]);
    expect(catalog.ofDay(TUESDAY)).toEqual([elsewhere]);
    const found = [...catalog.garbage].map((one) => one.path).sort();
    expect(found).toEqual([...garbage].sort());
    expect(catalog.removable).toHaveLength(found.length);
    expect(await readdir(dirname(kept.path))).not.toContain(basename(temporary));
  });

  it('keeps a temporary file that cannot be removed for garbage', async () => {
    const dataDir = await temporaryFolder();
    const path = join(
      dayFolder(dataDir, MONDAY),
      temporaryName(partStem(partOf(dataDir, MONDAY, 1, 9))),
    );
    await onDisk(path);
    const files = { ...nodeFiles, remove: () => Promise.reject(new Error('no')) };
    const catalog = await PartCatalog.load(files, dataDir);
    expect([...catalog.garbage]).toEqual([{ day: MONDAY, path }]);
  });

  it('takes one of two that only differ in their bytes', async () => {
    const dataDir = await temporaryFolder();
    await mkdir(dayFolder(dataDir, MONDAY), { recursive: true });
    const twins: string[] = [];
    for (const content of ['one', 'two']) {
      const range = { first: 1 as Sequence, last: 9 as Sequence };
      const name = partName({ range, rewrites: 1, checksum: checksumOf(content), version: 3 });
      twins.push(join(dayFolder(dataDir, MONDAY), name));
      await writeFile(twins.at(-1) as string, content);
    }
    const catalog = await PartCatalog.load(nodeFiles, dataDir);
    const found = [...catalog.ofDay(MONDAY), ...catalog.garbage].map((one) => one.path);
    expect(catalog.size).toBe(1);
    expect(found.sort()).toEqual(twins.sort());
  });

  it('passes over what is not its own', async () => {
    const { dataDir, catalog } = await catalogOf();
    const strange = [
      'notes.txt',
      'date=2024-02-31/part-x.parquet',
      'date=2024-01-15/notes.txt',
      'date=2024-01-15/.nfs0001',
    ];
    for (const name of strange) await onDisk(join(dataDir, 'heart_rate', name));
    const again = await PartCatalog.load(nodeFiles, dataDir);
    expect(again.size).toBe(catalog.size);
    expect(again.garbage.size).toBe(0);
    expect(again.strangers.map((path) => basename(path))).toEqual(['notes.txt']);
  });
});

describe('putting a part in force', () => {
  it('keeps the order of sequences, also for a part that comes late', async () => {
    const { catalog, part, inForce } = await catalogOf([10, 19], [30, 39]);
    catalog.put(part(20, 29));
    catalog.put(part(1, 9));
    catalog.put(part(40, 40));
    expect(inForce()).toEqual([
      [1, 9, 0],
      [10, 19, 0],
      [20, 29, 0],
      [30, 39, 0],
      [40, 40, 0],
    ]);
  });

  it('takes the place of all that it covers, which becomes garbage', async () => {
    const { catalog, part, inForce, names } = await catalogOf([1, 9], [10, 19], [20, 29], [30, 39]);
    catalog.put(part(10, 29));
    expect(inForce()).toEqual([
      [1, 9, 0],
      [10, 29, 0],
      [30, 39, 0],
    ]);
    expect(names(catalog.garbage)).toEqual(names([part(10, 19), part(20, 29)]));
    catalog.put(part(10, 29, 1));
    expect(inForce()).toEqual([
      [1, 9, 0],
      [10, 29, 1],
      [30, 39, 0],
    ]);
    expect(names(catalog.garbage)).toContain(basename(part(10, 29).path));
  });

  it.each([
    [10, 24],
    [24, 35],
    [19, 20],
    [22, 23],
    [10, 19],
  ])('refuses %d to %d, which would share sequences with another', async (first, last) => {
    const { catalog, part, inForce } = await catalogOf([10, 19], [20, 29], [30, 39]);
    expect(() => catalog.put(part(first, last))).toThrow('overlaps');
    expect(inForce()).toEqual([
      [10, 19, 0],
      [20, 29, 0],
      [30, 39, 0],
    ]);
    expect(catalog.garbage.size).toBe(0);
  });

  it('says nothing of other days', async () => {
    const { dataDir, catalog } = await catalogOf([10, 19]);
    catalog.put(partOf(dataDir, TUESDAY, 1, 100));
    expect(catalog.ofDay(MONDAY)).toHaveLength(1);
    expect(catalog.ofDay(TUESDAY)).toHaveLength(1);
  });
});

describe('garbage', () => {
  it('is removable when the last scan that holds it is done', async () => {
    const { catalog, part, names } = await catalogOf([1, 9], [10, 19]);
    const before = catalog.ofDay(MONDAY);
    catalog.hold(before);
    catalog.hold(before.slice(1));
    catalog.put(part(1, 19));
    expect(catalog.removable).toEqual([]);
    catalog.release(before);
    expect(names(catalog.removable)).toEqual(names([part(1, 9)]));
    catalog.release(before.slice(1));
    expect(names(catalog.removable)).toEqual(names([part(1, 9), part(10, 19)]));
  });

  it('is never what is in force, held or not', async () => {
    const { catalog } = await catalogOf([1, 9]);
    const parts = catalog.ofDay(MONDAY);
    catalog.hold(parts);
    catalog.release(parts);
    expect(catalog.removable).toEqual([]);
    expect(catalog.ofDay(MONDAY)).toEqual(parts);
  });

  it('stays until it is said to be gone', async () => {
    const { catalog, part } = await catalogOf([1, 9]);
    catalog.put(part(1, 9, 1));
    const [garbage] = catalog.removable;
    expect(catalog.removable).toHaveLength(1);
    if (garbage !== undefined) catalog.forget(garbage);
    expect(catalog.garbage.size).toBe(0);
  });
});

describe('the traces of writes that failed', () => {
  it('are the files of that range that are not known, and nobody else’s', async () => {
    const { dataDir, catalog, part, names } = await catalogOf([1, 9]);
    const written = part(10, 19).path;
    const rewritten = part(10, 19, 1).path;
    const temporary = join(dirname(written), temporaryName(partStem(part(10, 19))));
    const others = [
      part(20, 29).path,
      part(10, 20).path,
      part(1, 9, 1).path,
      join(dirname(written), temporaryName(partStem(part(100, 190)))),
      join(dirname(written), 'notes.txt'),
    ];
    for (const path of [written, rewritten, temporary, ...others]) await onDisk(path);
    for (let time = 0; time < 2; time++) {
      await catalog.collectUnfinished(nodeFiles, dataDir, part(10, 19), [rewritten]);
      expect(names(catalog.garbage)).toEqual([basename(temporary), basename(written)].sort());
    }
    await catalog.collectUnfinished(nodeFiles, dataDir, part(1, 9));
    expect(names(catalog.garbage)).not.toContain(basename(part(1, 9).path));
    expect(names(catalog.garbage)).toContain(basename(part(1, 9, 1).path));
  });

  it('are in the way of the same write until they are gone', async () => {
    const { dataDir, catalog, part } = await catalogOf([1, 9], [10, 19]);
    await onDisk(part(1, 19).path);
    await catalog.collectUnfinished(nodeFiles, dataDir, part(1, 19));
    expect(catalog.hasGarbageOf(MONDAY, part(1, 19))).toBe(true);
    expect(catalog.hasGarbageOf(MONDAY, part(1, 19, 1))).toBe(false);
    expect(catalog.hasGarbageOf(TUESDAY, part(1, 19))).toBe(false);
    for (const garbage of catalog.removable) catalog.forget(garbage);
    expect(catalog.hasGarbageOf(MONDAY, part(1, 19))).toBe(false);
  });
});

describe('a temporary file that could not be removed', () => {
  it('is in the way of a part of its range, in whatever writing', async () => {
    const { dataDir, catalog, part } = await catalogOf();
    const folder = dayFolder(dataDir, MONDAY);
    await onDisk(join(folder, temporaryName(`${partStem(part(1, 9))}-5f1d0a3c`)));
    await catalog.collectUnfinished(nodeFiles, dataDir, part(1, 9));
    expect(catalog.removable).toHaveLength(1);
    expect(catalog.hasGarbageOf(MONDAY, part(1, 9))).toBe(true);
    expect(catalog.hasGarbageOf(MONDAY, part(1, 9, 3))).toBe(true);
    expect(catalog.hasGarbageOf(MONDAY, part(1, 10))).toBe(false);
  });
});

describe('the days', () => {
  it('ascend, and are sorted once as long as none comes or goes', async () => {
    const { dataDir, catalog } = await catalogOf();
    catalog.put(partOf(dataDir, TUESDAY, 1, 9));
    catalog.put(partOf(dataDir, MONDAY, 1, 9));
    const sorted = catalog.sortedDays;
    expect(sorted).toEqual([MONDAY, TUESDAY]);
    catalog.put(partOf(dataDir, MONDAY, 10, 19));
    expect(catalog.sortedDays).toBe(sorted);
    for (const part of catalog.ofDay(MONDAY)) catalog.drop(part);
    expect(catalog.sortedDays).toEqual([TUESDAY]);
  });

  it('with many parts are known, those with most first', async () => {
    const { dataDir, catalog, part } = await catalogOf([1, 9], [10, 19]);
    expect([...catalog.daysOver(2)]).toEqual([]);
    for (const first of [1, 10, 20]) catalog.put(partOf(dataDir, TUESDAY, first, first + 8));
    expect([...catalog.daysOver(1)]).toEqual([TUESDAY, MONDAY]);
    expect([...catalog.daysOver(2)]).toEqual([TUESDAY]);
    expect(catalog).toMatchObject({ mostParts: 3, size: 5 });
    catalog.put(partOf(dataDir, TUESDAY, 1, 30));
    catalog.put(part(1, 30));
    expect([...catalog.daysOver(1)]).toEqual([]);
    expect(catalog).toMatchObject({ mostParts: 1, size: 2 });
  });

  it('without a part are empty until their folder is gone, or they have one again', async () => {
    const { dataDir, catalog, part } = await catalogOf([1, 9]);
    await mkdir(dayFolder(dataDir, TUESDAY), { recursive: true });
    const again = await PartCatalog.load(nodeFiles, dataDir);
    expect([...again.emptyDays]).toEqual([TUESDAY]);
    catalog.drop(catalog.ofDay(MONDAY)[0] as Part);
    expect([...catalog.emptyDays]).toEqual([MONDAY]);
    catalog.put(part(10, 19));
    expect([...catalog.emptyDays]).toEqual([]);
  });
});

describe('parts that are being replaced', () => {
  it('are taken by one at a time', async () => {
    const { catalog } = await catalogOf([1, 9], [10, 19]);
    const parts = catalog.ofDay(MONDAY);
    catalog.take(parts.slice(0, 1));
    expect(parts.map((part) => catalog.isTaken(part))).toEqual([true, false]);
    expect(() => catalog.take(parts)).toThrow('taken already');
    catalog.giveBack(parts.slice(0, 1));
    catalog.take(parts);
  });
});

describe('a damaged part', () => {
  it('takes the place of no other when it is found', async () => {
    const dataDir = await temporaryFolder();
    const small = [partOf(dataDir, MONDAY, 1, 9), partOf(dataDir, MONDAY, 10, 19)];
    const large = partOf(dataDir, MONDAY, 1, 19);
    for (const { path } of small) await onDisk(path);
    await writeFile(large.path, 'PAX');
    const catalog = await PartCatalog.load(nodeFiles, dataDir);
    expect(catalog.ofDay(MONDAY)).toEqual(small);
    expect(catalog.garbage.size).toBe(0);
    expect([...catalog.damagedAtLoad.keys()]).toEqual([large]);
  });
});

describe('taking a part out of force', () => {
  it('makes its file garbage, or leaves it to the caller, and forgets an empty day', async () => {
    const { catalog, inForce } = await catalogOf([1, 9], [10, 19]);
    const [first, second] = catalog.ofDay(MONDAY) as [Part, Part];
    catalog.drop(first);
    expect(inForce()).toEqual([[10, 19, 0]]);
    expect(catalog.removable).toEqual([first]);
    catalog.remove(second);
    expect([...catalog.days]).toEqual([]);
    expect(catalog.removable).toEqual([first]);
  });
});

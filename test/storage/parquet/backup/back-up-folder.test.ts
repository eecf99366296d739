import { statSync } from 'node:fs';
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  backUpFolder,
  whyNotBackUp,
} from '../../../../src/storage/parquet/backup/back-up-folder.ts';
import { openStore } from '../../../support/store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const FIXTURE = fileURLToPath(new URL('../../../fixtures/data-v3', import.meta.url));
/** Where Linux has memory as files. */
const OTHER_DEVICE = '/dev/shm';
const deviceOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.dev;
const hasOtherDevice = ![undefined, deviceOf(tmpdir())].includes(deviceOf(OTHER_DEVICE));
const HEART_RATES = { min: 30, max: 220 };

const copyOfFixture = async () => {
  const parent = await temporaryFolder();
  const dataDir = join(parent, 'data');
  await cp(FIXTURE, dataDir, { recursive: true });
  return { parent, dataDir, target: join(parent, 'backup') };
};

const filesBelow = async (folder: string): Promise<string[]> => {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .sort();
};

/** Those of the store's own files. */
const worthKeeping = (files: readonly string[]) =>
  files.filter((file) => /^\/(format|sequence|wal|heart_rate)/.test(file));

describe('backUpFolder', () => {
  it('links parts, copies all else, and leaves only the target', async () => {
    const { parent, dataDir, target } = await copyOfFixture();
    const result = await backUpFolder({ dataDir, target, heartRates: HEART_RATES });
    const files = await filesBelow(target);
    expect(files).toEqual(worthKeeping(await filesBelow(dataDir)));
    for (const file of files) {
      const [one, other] = [await stat(join(dataDir, file)), await stat(join(target, file))];
      expect([file, one.ino === other.ino]).toEqual([file, file.endsWith('.parquet')]);
      expect(await readFile(join(target, file))).toEqual(await readFile(join(dataDir, file)));
    }
    expect(result).toMatchObject({ target, copiedParts: 0, passes: 1 });
    expect(result.linkedParts).toBe(result.verified.checked.parts);
    expect(await readdir(parent)).toEqual(['backup', 'data']);
  });

  it('takes the mark of the highest sequence along, as a copy', async () => {
    const { dataDir, target } = await copyOfFixture();
    const { store } = await openStore(dataDir);
    await store.close();
    await backUpFolder({ dataDir, target, heartRates: HEART_RATES });
    const mark = 'sequence.json';
    expect(await readFile(join(target, mark))).toEqual(await readFile(join(dataDir, mark)));
    expect((await stat(join(target, mark))).ino).not.toBe((await stat(join(dataDir, mark))).ino);
  });

  it.skipIf(!hasOtherDevice)(
    'copies parts to another device, to which nothing is linked',
    async () => {
      const { dataDir } = await copyOfFixture();
      const other = await mkdtemp(join(OTHER_DEVICE, 'heart-rate-'));
      onTestFinished(() => rm(other, { recursive: true }));
      const target = join(other, 'backup');
      const result = await backUpFolder({ dataDir, target, heartRates: HEART_RATES });
      expect(result).toMatchObject({ linkedParts: 0, copiedParts: result.verified.checked.parts });
      expect(await filesBelow(target)).toEqual(worthKeeping(await filesBelow(dataDir)));
    },
  );

  it('does not grow with the log', async () => {
    const { dataDir, target } = await copyOfFixture();
    await backUpFolder({ dataDir, target, heartRates: HEART_RATES });
    const [segment] = await readdir(join(dataDir, 'wal'));
    const before = await readFile(join(target, 'wal', segment as string));
    await appendFile(join(dataDir, 'wal', segment as string), 'more');
    expect(await readFile(join(target, 'wal', segment as string))).toEqual(before);
  });

  it('makes no backup of a damaged folder', async () => {
    const { parent, dataDir, target } = await copyOfFixture();
    const part = (await filesBelow(dataDir)).find((file) => file.endsWith('.parquet')) as string;
    await writeFile(join(dataDir, part), 'nonsense');
    const made = backUpFolder({ dataDir, target, heartRates: HEART_RATES });
    await expect(made).rejects.toThrow(/\[part-checksum\]/);
    expect(await readdir(parent)).toEqual(['data']);
  });

  it('gives up on a folder in which parts never cease to come and go', async () => {
    const { parent, dataDir, target } = await copyOfFixture();
    const part = (await filesBelow(dataDir)).find((file) => file.endsWith('.parquet')) as string;
    // Neither of them is its own: a backup that caught it under that would be a good one.
    const names = ['0badc0de', '0badcafe'].map((sum) =>
      part.replace(/-[0-9a-f]{8}(\.v3)?\.parquet$/, `-${sum}.v3.parquet`),
    );
    await rename(join(dataDir, part), join(dataDir, names[0] as string));
    let isOver = false;
    const renaming = (async () => {
      for (let i = 0; !isOver; i++) {
        const [from, to] = i % 2 === 0 ? names : [...names].reverse();
        await rename(join(dataDir, from as string), join(dataDir, to as string));
      }
    })();
    const patienceMs = 50;
    const made = backUpFolder({ dataDir, target, heartRates: HEART_RATES, patienceMs });
    // Either it never stood still, or what was caught has a name that its content denies.
    await expect(made).rejects.toThrow(/never stood still|\[part-checksum\]/);
    isOver = true;
    await renaming;
    expect(await readdir(parent)).toEqual(['data']);
  });
});

describe('whyNotBackUp', () => {
  it('says what stands in the way', async () => {
    const { parent, dataDir, target } = await copyOfFixture();
    expect(await whyNotBackUp(dataDir, target)).toBeUndefined();
    expect(await whyNotBackUp(parent, target)).toMatch(/is no data folder$/);
    expect(await whyNotBackUp(dataDir, join(dataDir, 'x'))).toMatch(/in the data folder itself$/);
    expect(await whyNotBackUp(dataDir, dataDir)).toMatch(/in the data folder itself$/);
    expect(await whyNotBackUp(dataDir, join(target, 'x'))).toMatch(/backup is not there$/);
    await mkdir(join(parent, '.backup.tmp'));
    expect(await whyNotBackUp(dataDir, target)).toMatch(/was cut short; if so, remove it$/);
    await mkdir(target);
    expect(await whyNotBackUp(dataDir, target)).toMatch(/is there already$/);
  });
});

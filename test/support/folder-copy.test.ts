import { appendFile, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { copyAtOneInstant } from './folder-copy.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A folder with a segment and no part yet, and where its copy goes. */
const folders = async (): Promise<{ from: string; to: string }> => {
  const from = join(await temporaryFolder(), 'data');
  await mkdir(join(from, 'parts'), { recursive: true });
  await mkdir(join(from, 'wal'));
  await writeFile(join(from, 'wal', 'segment'), 'readings');
  return { from, to: join(await temporaryFolder(), 'data') };
};

const namesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true })).sort();

/** Copies the parts, lets something happen, and copies the log; only the first time it happens. */
const copyWithPause = (happens: () => Promise<unknown>) => {
  const passes: string[] = [];
  const copy = async (from: string, to: string): Promise<void> => {
    await cp(join(from, 'parts'), join(to, 'parts'), { recursive: true });
    if (passes.length === 0) {
      passes.push('disturbed');
      await happens();
    } else passes.push('undisturbed');
    await cp(join(from, 'wal'), join(to, 'wal'), { recursive: true });
  };
  return { copy, passes };
};

test('a segment that becomes a part during the copy is in it as the part', async () => {
  const { from, to } = await folders();
  const { copy, passes } = copyWithPause(async () => {
    await writeFile(join(from, 'parts', 'part'), 'readings');
    await rm(join(from, 'wal', 'segment'));
  });
  await copyAtOneInstant(from, to, copy);
  expect(passes).toEqual(['disturbed', 'undisturbed']);
  expect(await namesIn(to)).toEqual(['parts', 'parts/part', 'wal']);
});

test('a file that is gone when its turn comes begins the copy anew', async () => {
  const { from, to } = await folders();
  const { copy, passes } = copyWithPause(async () => {
    await rm(join(from, 'wal', 'segment'));
    throw Object.assign(new Error('gone'), { code: 'ENOENT' });
  });
  await copyAtOneInstant(from, to, copy);
  expect(passes).toEqual(['disturbed', 'undisturbed']);
  expect(await namesIn(to)).toEqual(['parts', 'wal']);
});

test('a file that grows, or that another takes the place of, begins the copy anew', async () => {
  const changes = [
    (segment: string) => appendFile(segment, ' and more'),
    async (segment: string) => {
      await writeFile(`${segment}.tmp`, 'READINGS');
      await rename(`${segment}.tmp`, segment);
    },
  ];
  for (const change of changes) {
    const { from, to } = await folders();
    const segment = join(from, 'wal', 'segment');
    const { copy, passes } = copyWithPause(() => change(segment));
    await copyAtOneInstant(from, to, copy);
    expect(passes).toEqual(['disturbed', 'undisturbed']);
    expect(await readFile(join(to, 'wal', 'segment'))).toEqual(await readFile(segment));
  }
});

test('nothing of a pass that was in vain stays in the copy', async () => {
  const { from, to } = await folders();
  await writeFile(join(from, 'parts', 'old'), 'readings');
  const { copy } = copyWithPause(() => rm(join(from, 'parts', 'old')));
  await copyAtOneInstant(from, to, copy);
  expect(await namesIn(to)).toEqual(['parts', 'wal', 'wal/segment']);
});

test('any other failure is told', async () => {
  const { from, to } = await folders();
  const { copy } = copyWithPause(() => Promise.reject(new Error('no space left')));
  await expect(copyAtOneInstant(from, to, copy)).rejects.toThrow('no space left');
});

import {
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RotatedFile, type RotatedFileOptions } from '../../src/audit/rotated-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const open = async (options: Partial<RotatedFileOptions> = {}) => {
  const folder = await temporaryFolder();
  const path = join(folder, 'audit');
  const file = new RotatedFile({ path, maxBytes: 20, maxFullFiles: 3, ...options });
  /** The text of each file, by its number. */
  const texts = async () => {
    const names = await readdir(folder);
    const entries = names.map(async (name) => [
      name.replace('audit', ''),
      await readFile(join(folder, name), 'utf8'),
    ]);
    return Object.fromEntries(await Promise.all(entries));
  };
  return { folder, path, file, texts };
};

test('a full file is put aside, and the oldest is thrown away', async () => {
  const { file, texts } = await open({ maxFullFiles: 2 });
  for (let number = 10; number < 14; number++) file.append(`line ${number}`);
  expect(await texts()).toEqual({ '.1': 'line 10\nline 11\n', '': 'line 12\nline 13\n' });
  for (let number = 14; number < 18; number++) file.append(`line ${number}`);
  expect(await texts()).toEqual({
    '.2': 'line 12\nline 13\n',
    '.1': 'line 14\nline 15\n',
    '': 'line 16\nline 17\n',
  });
  await file.close();
});

test('a line that is larger than a file has one of its own', async () => {
  const { file, texts } = await open();
  file.append('x'.repeat(50));
  file.append('y'.repeat(50));
  file.append('z');
  await file.close();
  expect(await texts()).toEqual({
    '.2': `${'x'.repeat(50)}\n`,
    '.1': `${'y'.repeat(50)}\n`,
    '': 'z\n',
  });
});

test('by a link, full files are beside the file that it leads to, and the link stays', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'real'));
  await symlink('real/audit', join(folder, 'link'));
  await writeFile(join(folder, 'link.1'), 'another file');
  const { file } = await open({ path: join(folder, 'link') });
  for (let number = 10; number < 14; number++) file.append(`line ${number}`);
  await file.close();
  expect((await readdir(join(folder, 'real'))).sort()).toEqual(['audit', 'audit.1']);
  expect(await readlink(join(folder, 'link'))).toBe('real/audit');
  expect(await readFile(join(folder, 'link.1'), 'utf8')).toBe('another file');
});

test('a restart goes on with the file that there is', async () => {
  const { path, file, texts } = await open();
  file.append('line 1');
  await file.close();
  const again = new RotatedFile({ path, maxBytes: 20, maxFullFiles: 3 });
  again.append('line 2');
  again.append('line 3');
  await again.close();
  expect(await texts()).toEqual({ '.1': 'line 1\nline 2\n', '': 'line 3\n' });
});

test('one who was broken off while renaming has lost nothing, and nor does the next', async () => {
  const { path, file, texts } = await open();
  await writeFile(`${path}.3`, 'oldest\n');
  await writeFile(`${path}.1`, 'older\n');
  file.append('x'.repeat(20));
  file.append('y');
  await file.close();
  expect(await texts()).toEqual({
    '.3': 'oldest\n',
    '.2': 'older\n',
    '.1': `${'x'.repeat(20)}\n`,
    '': 'y\n',
  });
});

test('many who write and wait for the disk at once lose no line to rotation', async () => {
  const { folder, file } = await open({ maxBytes: 1_000, maxFullFiles: 1_000 });
  const wanted: string[] = [];
  const writer = async (name: number) => {
    for (let round = 0; round < 100; round++) {
      const line = `${name} ${round} ${'x'.repeat(name)}`;
      wanted.push(line);
      file.append(line);
      if ((round + name) % 3 === 0) await file.sync();
    }
  };
  await Promise.all(Array.from({ length: 20 }, (_, name) => writer(name)));
  await file.close();
  const numberOf = (name: string) => Number(name.split('.')[1] ?? 0);
  const names = (await readdir(folder)).sort((a, b) => numberOf(b) - numberOf(a));
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  expect(texts.join('').trimEnd().split('\n')).toEqual(wanted);
  expect(names.length).toBeGreaterThan(20);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1_000);
});

test.each([
  ['removed', (path: string) => rm(path)],
  ['moved', (path: string) => rename(path, `${path}.moved`)],
])('a file that somebody has %s is made again', async (_, change) => {
  const { path, file } = await open();
  file.append('one');
  await change(path);
  file.checkPlace();
  file.append('two');
  file.checkPlace();
  await file.close();
  expect(await readFile(path, 'utf8')).toBe('two\n');
});

test('when it cannot put a file aside it says so, and does with a later line', async () => {
  const { path, file, texts } = await open({ maxFullFiles: 1 });
  file.append('x'.repeat(20));
  await mkdir(join(`${path}.1`, 'in the way'), { recursive: true });
  expect(() => file.append('y')).toThrow();
  await rm(`${path}.1`, { recursive: true });
  file.append('z');
  await file.close();
  expect(await texts()).toEqual({ '.1': `${'x'.repeat(20)}\n`, '': 'z\n' });
});

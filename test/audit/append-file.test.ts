import { spawnSync } from 'node:child_process';
import {
  appendFile,
  mkdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AppendFile } from '../../src/audit/append-file.ts';
import { packageFileUrl } from '../../src/package-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newPath = async () => join(await temporaryFolder(), 'lines');
const textOf = (path: string) => readFile(path, 'utf8');

test.skipIf(process.platform === 'win32')('nobody else reads a file that it makes', async () => {
  const path = await newPath();
  const file = new AppendFile(path);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await file.close();
});

test('it goes on behind what is there, also when that is changed meanwhile', async () => {
  const path = await newPath();
  await writeFile(path, 'one\n', { mode: 0o640 });
  const file = new AppendFile(path);
  expect(file.size).toBe(4);
  await appendFile(path, 'two\n');
  file.append('three');
  expect(await textOf(path)).toBe('one\ntwo\nthree\n');
  await file.close();
  expect((await stat(path)).mode & 0o777).toBe(0o640);
});

test('behind a line that was broken off begins a new one, once', async () => {
  const path = await newPath();
  await writeFile(path, 'one\ntw');
  const file = new AppendFile(path);
  expect(await textOf(path)).toBe('one\ntw');
  file.append('three');
  file.append('four');
  await file.close();
  expect(await textOf(path)).toBe('one\ntw\nthree\nfour\n');
});

test('what cannot be written as a whole is no part of the next line', async () => {
  const path = await newPath();
  await writeFile(path, `${'x'.repeat(1_000)}\n`);
  const module = packageFileUrl('dist/src/audit/append-file.js');
  const script = `
    import { AppendFile } from '${module}';
    import { truncateSync } from 'node:fs';
    const file = new AppendFile(process.argv[1]);
    try {
      file.append('y'.repeat(100));
    } catch (error) {
      console.log(error.code, file.size);
    }
    truncateSync(process.argv[1], 1_010);
    file.append('z');`;
  // As on a full disk: a file may have no more than 1,024 bytes.
  const args = ['-c', 'ulimit -f 1; exec "$0" "$@"', process.execPath, '--input-type=module', '-e'];
  const { stdout, stderr } = spawnSync('bash', [...args, script, path], { encoding: 'utf8' });
  expect(stdout + stderr).toBe('EFBIG 1024\n');
  expect((await textOf(path)).slice(1_000)).toBe(`\n${'y'.repeat(9)}\nz\n`);
});

test('what is moved, removed or replaced is not in place any more', async () => {
  const path = await newPath();
  const file = new AppendFile(path);
  expect(file.isInPlace).toBe(true);
  await rename(path, `${path}.old`);
  expect(file.isInPlace).toBe(false);
  await writeFile(path, '');
  expect(file.isInPlace).toBe(false);
  await rename(`${path}.old`, path);
  expect(file.isInPlace).toBe(true);
  await rm(path);
  expect(file.isInPlace).toBe(false);
  await file.close();
});

test('a folder or a device is no file to append to', async () => {
  const path = await newPath();
  await mkdir(path);
  expect(() => new AppendFile(path)).toThrow('EISDIR');
  await symlink('/dev/null', `${path}.null`);
  expect(() => new AppendFile(`${path}.null`)).toThrow('it is not a file');
});

import {
  chmod,
  mkdir,
  readdir,
  readFile,
  readlink,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { editKeyFile } from '../../src/keys/edit-key-file.ts';
import { keyFileText, readKeyFile } from '../../src/keys/key-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { testKey } from '../support/test-keys.ts';

const { entry } = testKey();

const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

test('a new file is for its owner alone, and so is a changed one', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'keys.json');
  await editKeyFile(path, (keys) => [...keys, entry]);
  expect([await readKeyFile(path), await modeOf(path)]).toEqual([[entry], '600']);
  await writeFile(path, keyFileText([]), { mode: 0o644 });
  await editKeyFile(path, () => [entry]);
  expect([await readKeyFile(path), await modeOf(path)]).toEqual([[entry], '600']);
  expect(await readdir(folder)).toEqual(['keys.json']);
});

test('a service that reads it as one of its group goes on reading it', async () => {
  const path = join(await temporaryFolder(), 'keys.json');
  await writeFile(path, keyFileText([]));
  await chmod(path, 0o640);
  await editKeyFile(path, () => [entry]);
  expect([await readKeyFile(path), await modeOf(path)]).toEqual([[entry], '640']);
});

test('the file that a link leads to is changed, and the link stays', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'real'));
  const [link, real] = [join(folder, 'keys.json'), join(folder, 'real', 'keys.json')];
  await writeFile(real, keyFileText([]));
  await symlink(real, link);
  await editKeyFile(link, () => [entry]);
  expect(await readKeyFile(real)).toEqual([entry]);
});

test('the file that links lead to is made when it is not there, and the links stay', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'real'));
  const [link, next] = [join(folder, 'keys.json'), join(folder, 'next.json')];
  const real = join(folder, 'real', 'keys.json');
  await symlink('next.json', link);
  await symlink(join('real', 'keys.json'), next);
  await editKeyFile(link, () => [entry]);
  expect([await readlink(link), await readlink(next)]).toEqual(['next.json', 'real/keys.json']);
  expect([await readKeyFile(real), await modeOf(real)]).toEqual([[entry], '600']);
  expect(await readdir(join(folder, 'real'))).toEqual(['keys.json']);
});

test.each<[string, string, () => readonly (typeof entry)[], RegExp]>([
  ['a file that is broken', '{', () => [entry], /is not JSON/],
  ['an edit that fails', keyFileText([]), () => expect.fail('no such key'), /no such key/],
  ['what would not be valid', keyFileText([]), () => [entry, entry], /two keys with the id/],
])('%s stays as it was', async (_, text, edit, message) => {
  const folder = await temporaryFolder();
  const path = join(folder, 'keys.json');
  await writeFile(path, text);
  await expect(editKeyFile(path, edit)).rejects.toThrow(message);
  expect(await readFile(path, 'utf8')).toBe(text);
  expect(await readdir(folder)).toEqual(['keys.json']);
});

test('of two edits at once none is lost: one is made, the other refused', async () => {
  const path = join(await temporaryFolder(), 'keys.json');
  const edits = [testKey(), testKey()].map((key) =>
    editKeyFile(path, (keys) => [...keys, key.entry]),
  );
  const outcomes = await Promise.allSettled(edits);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { message: expect.stringContaining('is being changed') },
  });
  expect(await readKeyFile(path)).toHaveLength(1);
});

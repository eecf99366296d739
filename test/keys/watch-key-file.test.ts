import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { keyFileText } from '../../src/keys/key-file.ts';
import { watchKeyFile } from '../../src/keys/watch-key-file.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type TestKey, testKey } from '../support/test-keys.ts';

const [FIRST, SECOND] = [testKey(), testKey()];

const text = (...keys: TestKey[]): string => keyFileText(keys.map(({ entry }) => entry));

const open = async (path: string) => {
  const observer = { reloaded: vi.fn(), failed: vi.fn() };
  const { keys, watch } = await watchKeyFile(path, observer, { intervalMs: 5 });
  onTestFinished(() => watch.close());
  const has = ({ token, entry }: TestKey) => {
    const key = keys.authenticate(`Bearer ${token}`);
    return typeof key !== 'string' && key.id === entry.id;
  };
  return { watch, observer, has };
};

test('a file that is changed, or replaced as editors do, is read again', async () => {
  const path = join(await temporaryFolder(), 'keys.json');
  await writeFile(path, text(FIRST));
  const { watch, observer, has } = await open(path);
  expect([has(FIRST), has(SECOND)]).toEqual([true, false]);
  await writeFile(path, text(SECOND));
  await vi.waitFor(() => expect([has(FIRST), has(SECOND)]).toEqual([false, true]));
  await writeFile(`${path}~`, text(FIRST));
  await rename(`${path}~`, path);
  await vi.waitFor(() => expect([has(FIRST), has(SECOND)]).toEqual([true, false]));
  expect(observer.failed).not.toHaveBeenCalled();
  expect(watch.problem).toBeUndefined();
});

test('a link that is pointed elsewhere, as orchestrators do', async () => {
  const folder = await temporaryFolder();
  for (const [name, key] of [
    ['one', FIRST],
    ['two', SECOND],
  ] as const) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'keys.json'), text(key));
  }
  await symlink('one', join(folder, 'now'));
  const { has } = await open(join(folder, 'now', 'keys.json'));
  await symlink('two', join(folder, 'next'));
  await rename(join(folder, 'next'), join(folder, 'now'));
  await vi.waitFor(() => expect([has(FIRST), has(SECOND)]).toEqual([false, true]));
});

test.each<[string, (path: string) => Promise<void>]>([
  ['broken', (path) => writeFile(path, '{"keys":[')],
  ['gone', (path) => rm(path)],
  ['something else', (path) => writeFile(path, '{"keys":[{}]}')],
])('a file that is %s leaves the keys as they were, and is told once', async (_, spoil) => {
  const path = join(await temporaryFolder(), 'keys.json');
  await writeFile(path, text(FIRST));
  const { watch, observer, has } = await open(path);
  await spoil(path);
  await vi.waitFor(() => expect(watch.problem).toContain(path));
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(has(FIRST)).toBe(true);
  expect(observer.failed).toHaveBeenCalledTimes(1);
  await writeFile(path, text(SECOND));
  await vi.waitFor(() => expect(has(SECOND)).toBe(true));
  expect(watch.problem).toBeUndefined();
});

test('one that is not valid at the beginning is no file of keys', async () => {
  const path = join(await temporaryFolder(), 'keys.json');
  await expect(open(path)).rejects.toThrow(/keys.json cannot be read: ENOENT/);
  await writeFile(path, '[]');
  await expect(open(path)).rejects.toThrow(/keys.json is not valid: /);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { FolderInUseError, type FolderLock, lockFolder } from '../../src/storage/folder-lock.ts';
import { until } from '../support/store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const BUILT = fileURLToPath(new URL('../../dist/src/storage/folder-lock.js', import.meta.url));

/** Another process that has locked the folder. */
const ownerProcess = async (folder: string) => {
  const script = `
    import { lockFolder } from ${JSON.stringify(BUILT)};
    await lockFolder(${JSON.stringify(folder)});
    process.stdout.write('locked');
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
};

const refusalOf = (folder: string): Promise<unknown> =>
  lockFolder(folder).then(
    () => expect.fail('the folder was given to a second owner'),
    (error: unknown) => error,
  );

test('a second owner is refused and told who the first is', async () => {
  const folder = await temporaryFolder();
  const owner = await ownerProcess(folder);
  const error = await refusalOf(folder);
  expect(error).toBeInstanceOf(FolderInUseError);
  expect(error).toMatchObject({ pid: owner.pid });
  expect(String(error)).toContain(`(pid ${owner.pid})`);
});

test('the folder of an owner that was killed is taken over', async () => {
  const folder = await temporaryFolder();
  const owner = await ownerProcess(folder);
  owner.kill('SIGKILL');
  let lock: FolderLock | undefined;
  await until('the kernel has freed the lock', async () => {
    lock = await lockFolder(folder).catch((error: unknown) => {
      if (error instanceof FolderInUseError) return undefined;
      throw error;
    });
    return lock !== undefined;
  });
  await lock?.release();
});

test('a lock that was given up can be had again', async () => {
  const folder = await temporaryFolder();
  await (await lockFolder(folder)).release();
  await (await lockFolder(folder)).release();
});

test('a folder is the same by whatever name', async () => {
  const folder = await temporaryFolder();
  const link = join(await temporaryFolder(), 'link');
  await symlink(folder, link);
  const lock = await lockFolder(folder);
  expect(await refusalOf(link)).toBeInstanceOf(FolderInUseError);
  await lock.release();
});

test('of many that start at once, one gets the folder', async () => {
  const folder = await temporaryFolder();
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
  const locks = results.filter((result) => result.status === 'fulfilled');
  expect(locks).toHaveLength(1);
  await locks[0]?.value.release();
});

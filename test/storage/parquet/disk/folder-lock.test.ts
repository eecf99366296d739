import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpath, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  FolderInUseError,
  type FolderLock,
  lockFolder,
} from '../../../../src/storage/parquet/disk/folder-lock.ts';
import { until } from '../../../support/store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const BUILT = fileURLToPath(
  new URL('../../../../dist/src/storage/parquet/disk/folder-lock.js', import.meta.url),
);

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

/** What the lock of a folder is called. */
const lockName = async (folder: string): Promise<string> => {
  const hash = createHash('sha256').update(await realpath(folder));
  return `heart-rate-metrics-${hash.digest('hex').slice(0, 32)}`;
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

test('an owner that does not say who it is keeps the folder all the same', async () => {
  const folder = await temporaryFolder();
  const silent = createServer(() => {});
  silent.listen(`\0${await lockName(folder)}`);
  await once(silent, 'listening');
  expect(await refusalOf(folder)).toMatchObject({ name: 'FolderInUseError', pid: undefined });
  silent.close();
});

describe('where the lock is a socket file', () => {
  beforeEach(() => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
    return () => vi.restoreAllMocks();
  });

  test('one that a dead owner left behind is taken over', async () => {
    const folder = await temporaryFolder();
    const file = join(tmpdir(), await lockName(folder));
    await writeFile(file, '');
    const lock = await lockFolder(folder);
    expect(await refusalOf(folder)).toMatchObject({ pid: process.pid });
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  test('a folder that no socket can be made in is an error of its own', async () => {
    const folder = await temporaryFolder();
    vi.stubEnv('TMPDIR', join(folder, 'nowhere'));
    const error = await refusalOf(folder);
    vi.unstubAllEnvs();
    expect(error).not.toBeInstanceOf(FolderInUseError);
    expect(error).toMatchObject({ syscall: 'listen' });
  });
});

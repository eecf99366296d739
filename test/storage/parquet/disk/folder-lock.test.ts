import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import {
  FolderInUseError,
  type FolderLock,
  lockFolder,
} from '../../../../src/storage/parquet/disk/folder-lock.ts';
import { lockFolderOf, ownerFile } from '../../../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { until } from '../../../support/store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const BUILT = fileURLToPath(
  new URL('../../../../dist/src/storage/parquet/disk/folder-lock.js', import.meta.url),
);

/** Tries to lock the folder, tells how that went, and keeps the lock when told so. */
const SCRIPT = `
  import { lockFolder } from ${JSON.stringify(BUILT)};
  const [folder] = process.argv.slice(1);
  try {
    await lockFolder(folder);
    process.stdout.write('locked\\n');
    setInterval(() => {}, 1000);
  } catch (error) {
    process.stdout.write(error.name + ' ' + error.pid + '\\n');
  }`;

/** Another process that has tried to lock the folder; `wrapper` is what runs it. */
const contender = async (
  folder: string,
  wrapper: readonly string[] = [],
): Promise<{ child: ChildProcess; says: string }> => {
  const [command, ...args] = [...wrapper, process.execPath, '--input-type=module', '-e', SCRIPT];
  const child = spawn(command as string, [...args, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const [chunk] = await once(child.stdout, 'data');
  return { child, says: String(chunk).trim() };
};

const ownerProcess = async (folder: string): Promise<ChildProcess> => {
  const { child, says } = await contender(folder);
  expect(says).toBe('locked');
  return child;
};

const refusalOf = (folder: string): Promise<unknown> =>
  lockFolder(folder).then(
    () => expect.fail('the folder was given to a second owner'),
    (error: unknown) => error,
  );

const locked = async (folder: string): Promise<FolderLock> => {
  const lock = await lockFolder(folder);
  onTestFinished(() => lock.release());
  return lock;
};

test('a second owner is refused and told who the first is', async () => {
  const folder = await temporaryFolder();
  const owner = await ownerProcess(folder);
  const error = await refusalOf(folder);
  expect(error).toBeInstanceOf(FolderInUseError);
  expect(error).toMatchObject({ pid: owner.pid });
  expect(String(error)).toContain(`(pid ${owner.pid})`);
});

test('the folder of an owner that was killed is free at once', async () => {
  const folder = await temporaryFolder();
  for (let time = 0; time < 3; time++) {
    const owner = await ownerProcess(folder);
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    const lock = await lockFolder(folder);
    await lock.release();
  }
  expect(await readdir(lockFolderOf(folder))).toEqual(['owner.json']);
});

test('of fifty processes that want it at once just one gets the folder', {
  timeout: 120_000,
}, async () => {
  const folder = await temporaryFolder();
  const all = await Promise.all(Array.from({ length: 50 }, () => contender(folder)));
  const owners = all.filter(({ says }) => says === 'locked');
  expect(owners).toHaveLength(1);
  const others = all.filter(({ says }) => says !== 'locked');
  expect(others.every(({ says }) => says.startsWith('FolderInUseError'))).toBe(true);
});

test('of many that want it at once just one gets it, again and again', async () => {
  const folder = await temporaryFolder();
  for (let round = 0; round < 10; round++) {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    const locks = results.filter((result) => result.status === 'fulfilled');
    expect(locks).toHaveLength(1);
    await locks[0]?.value.release();
  }
});

test('the same folder by another path is the same folder', async () => {
  const folder = await temporaryFolder();
  const link = join(await temporaryFolder(), 'link');
  await symlink(folder, link);
  await locked(folder);
  expect(await refusalOf(link)).toMatchObject({ pid: process.pid });
});

/** Whether this user may run something in namespaces of its own. */
const isAllowed = (command: readonly string[]): boolean => {
  const [name, ...args] = command;
  const may = spawnSync(name as string, [...args, 'true']).status === 0;
  if (!may) console.log(`skipped: "${command.join(' ')}" is not allowed here`);
  return may;
};

describe.runIf(process.platform === 'linux')('a process in another container', () => {
  test.runIf(isAllowed(['unshare', '-n']))('with a network of its own is refused', async () => {
    const folder = await temporaryFolder();
    await locked(folder);
    const { says } = await contender(folder, ['unshare', '-n']);
    expect(says).toBe(`FolderInUseError ${process.pid}`);
  });

  const mayMount = ['unshare', '-m', 'sh', '-c', 'mount --bind /tmp /mnt && exec "$@"', 'sh'];
  test.runIf(isAllowed(mayMount))('that has the folder mounted elsewhere is refused', async () => {
    const folder = await temporaryFolder();
    const elsewhere = await temporaryFolder();
    await locked(folder);
    const mount = `mount --bind ${folder} ${elsewhere} && exec "$@"`;
    const wrapper = ['unshare', '-n', '-m', 'sh', '-c', mount, 'sh'];
    const { says } = await contender(elsewhere, wrapper);
    expect(says).toBe(`FolderInUseError ${process.pid}`);
  });

  test.runIf(isAllowed(['unshare', '-n']))(
    'refuses this one, and frees it when killed',
    async () => {
      const folder = await temporaryFolder();
      const { child, says } = await contender(folder, ['unshare', '-n']);
      expect(says).toBe('locked');
      expect(await refusalOf(folder)).toBeInstanceOf(FolderInUseError);
      child.kill('SIGKILL');
      await once(child, 'exit');
      await locked(folder);
    },
  );
});

test('a path of any length will do', async () => {
  const folder = join(await temporaryFolder(), 'deep'.repeat(30), 'deep'.repeat(30));
  await mkdir(folder, { recursive: true });
  const owner = await ownerProcess(folder);
  expect(await refusalOf(folder)).toMatchObject({ pid: owner.pid });
});

test('a path that is too long for a socket is an error that says so, on other systems', async () => {
  const folder = join(await temporaryFolder(), 'deep'.repeat(30));
  await mkdir(folder);
  vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
  onTestFinished(() => void vi.restoreAllMocks());
  const error = await refusalOf(folder);
  expect(error).not.toBeInstanceOf(FolderInUseError);
  expect(String(error)).toMatch(/too long for a local socket/);
  expect(await readdir(lockFolderOf(folder))).toEqual([]);
  await locked(await temporaryFolder());
});

test('an owner that does not say who it is keeps the folder all the same', async () => {
  const folder = await temporaryFolder();
  await mkdir(lockFolderOf(folder));
  const silent = createServer(() => {});
  silent.listen(join(lockFolderOf(folder), 'ffffffff.sock'));
  await once(silent, 'listening');
  onTestFinished(() => void silent.close());
  expect(await refusalOf(folder)).toMatchObject({ name: 'FolderInUseError', pid: undefined });
});

/** Something that listens in the folder as an owner does, and says this to all who ask. */
const stranger = async (address: string, says: string): Promise<Server> => {
  const server = createServer((socket) => socket.end(says));
  onTestFinished(() => void server.close());
  server.listen(address);
  await once(server, 'listening');
  return server;
};

test('who is first waits for others that are about to give up, as long as some do', async () => {
  const folder = await temporaryFolder();
  await mkdir(lockFolderOf(folder));
  const says = JSON.stringify({ pid: 7, host: 'busy', isOwner: false });
  const servers = ['ffffffff', 'fffffffe', 'fffffffd'].map(async (id) =>
    stranger(join(lockFolderOf(folder), `${id}.sock`), says),
  );
  const lock = locked(folder);
  for (const server of servers) {
    await sleep(1_700);
    (await server).close();
  }
  expect(await (await lock).lost()).toBeUndefined();
});

test('an owner on another machine is told by its name', async () => {
  const folder = await temporaryFolder();
  await mkdir(lockFolderOf(folder));
  const says = JSON.stringify({ pid: 7, host: 'elsewhere', isOwner: true });
  await stranger(join(lockFolderOf(folder), 'ffffffff.sock'), says);
  const error = await refusalOf(folder);
  expect(error).toMatchObject({ pid: 7, host: 'elsewhere' });
  expect(String(error)).toContain('(pid 7 on elsewhere)');
});

test.each([
  ['written', '.tmp'],
  ['given its name', ''],
])('a folder in which the owner cannot be %s stays free', async (_, ending) => {
  const folder = await temporaryFolder();
  const inTheWay = `${ownerFile(folder)}${ending}`;
  await mkdir(inTheWay, { recursive: true });
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'EISDIR' });
  const names = await readdir(lockFolderOf(folder));
  expect(names.filter((name) => name.endsWith('.sock'))).toEqual([]);
  await rm(inTheWay, { recursive: true });
  await locked(folder);
});

test('an owner that cannot be read is not taken for another', async () => {
  const folder = await temporaryFolder();
  const lock = await locked(folder);
  await rm(ownerFile(folder));
  await mkdir(ownerFile(folder));
  await expect(lock.lost()).rejects.toMatchObject({ code: 'EISDIR' });
});

// The name of a pipe is a path to other systems, one in the working directory.
describe.runIf(process.platform === 'linux')('on Windows', () => {
  const pretend = (cwd: string): void => {
    const before = process.cwd();
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    onTestFinished(() => {
      process.chdir(before);
      vi.restoreAllMocks();
    });
    process.chdir(cwd);
  };

  test('the owner has a named pipe, by which others find it', async () => {
    const [folder, pipes] = [await temporaryFolder(), await temporaryFolder()];
    pretend(pipes);
    const lock = await lockFolder(folder);
    expect(await readdir(pipes)).toEqual([expect.stringContaining('pipe\\heart-rate-metrics-')]);
    expect(await readdir(lockFolderOf(folder))).toEqual(['owner.json']);
    expect(await refusalOf(folder)).toMatchObject({ pid: process.pid, name: 'FolderInUseError' });
    expect(await lock.lost()).toBeUndefined();
    // A file that is open could not be replaced there, so it is not asked.
    expect(lock.isHeld()).toBe(true);
    await rm(ownerFile(folder));
    expect(lock.isHeld()).toBe(true);
    const other = await lockFolder(await temporaryFolder());
    await other.release();
    await lock.release();
    await (await lockFolder(folder)).release();
  });

  test.each(['', 'hello', '{"pid":1}'])('who has the pipe and says %j has it', async (says) => {
    const [folder, pipes] = [await temporaryFolder(), await temporaryFolder()];
    pretend(pipes);
    const lock = await lockFolder(folder);
    const [pipe] = await readdir(pipes);
    await lock.release();
    await stranger(pipe as string, says);
    expect(await refusalOf(folder)).toMatchObject({ pid: undefined, name: 'FolderInUseError' });
  });

  test('a pipe that cannot be made is no other owner', async () => {
    const folder = await temporaryFolder();
    pretend('/proc');
    expect(await refusalOf(folder)).toMatchObject({ code: 'EACCES', syscall: 'listen' });
  });
});

test('what is left of the dead is cleared away', async () => {
  const folder = await temporaryFolder();
  await mkdir(lockFolderOf(folder));
  for (const name of ['00000000.sock', '11111111.new']) {
    await writeFile(join(lockFolderOf(folder), name), '');
  }
  const lock = await lockFolder(folder);
  expect(
    (await readdir(lockFolderOf(folder))).filter((name) => name.startsWith('00000000')),
  ).toEqual([]);
  await lock.release();
  expect(await readdir(lockFolderOf(folder))).toEqual(['owner.json']);
});

describe('an owner notices', () => {
  const signs: [string, (folder: string) => Promise<unknown>, RegExp][] = [
    [
      'that its socket was removed',
      async (folder) => {
        const names = await readdir(lockFolderOf(folder));
        const socket = names.find((name) => name.endsWith('.sock')) as string;
        await rm(join(lockFolderOf(folder), socket));
      },
      /lock of .* was removed/,
    ],
    [
      'that another has written itself in',
      async (folder) => {
        const elsewhere = await temporaryFolder();
        const other = await lockFolder(elsewhere);
        await writeFile(ownerFile(folder), await nodeFiles.read(ownerFile(elsewhere)));
        await other.release();
      },
      /^pid \d+ on .* has taken .* over$/,
    ],
    ['that it is written in no more', (folder) => rm(ownerFile(folder)), /owner\.json was removed/],
    [
      'that what is written is no owner',
      (folder) => writeFile(ownerFile(folder), 'mine\n'),
      /owner\.json was changed/,
    ],
    ['that the folder is gone', (folder) => rm(folder, { recursive: true }), /was removed/],
  ];
  test.each(signs)('%s', async (_, act, sign) => {
    const folder = join(await temporaryFolder(), 'data');
    await mkdir(folder);
    const lock = await locked(folder);
    expect(await lock.lost()).toBeUndefined();
    await act(folder);
    expect(await lock.lost()).toMatch(sign);
  });
});

test('a next owner is known of at once, whatever became of the lock before', async () => {
  const folder = await temporaryFolder();
  const lock = await locked(folder);
  expect(lock.isHeld()).toBe(true);
  await rm(lockFolderOf(folder), { recursive: true });
  expect(lock.isHeld()).toBe(false);

  const next = await locked(folder);
  expect(next.isHeld()).toBe(true);
  // Somebody else's, put in its place as that one does.
  await writeFile(`${ownerFile(folder)}.tmp`, 'theirs\n');
  await rename(`${ownerFile(folder)}.tmp`, ownerFile(folder));
  expect(next.isHeld()).toBe(false);
});

test('many processes that come and go never have it at the same time', {
  timeout: 60_000,
}, async () => {
  const folder = await temporaryFolder();
  let owners = 0;
  let taken = 0;
  const comeAndGo = async (): Promise<void> => {
    for (let i = 0; i < 15; i++) {
      const lock = await lockFolder(folder).catch((error: unknown) => {
        if (error instanceof FolderInUseError) return undefined;
        throw error;
      });
      if (lock === undefined) continue;
      expect(++owners).toBe(1);
      taken++;
      await new Promise(setImmediate);
      expect(await lock.lost()).toBeUndefined();
      owners--;
      await lock.release();
    }
  };
  await Promise.all(Array.from({ length: 8 }, comeAndGo));
  expect(taken).toBeGreaterThan(0);
  await until('all is let go', async () => (await readdir(lockFolderOf(folder))).length === 1);
});

import { spawnSync } from 'node:child_process';
import { symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readRegularFile } from '../src/regular-file.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

test('a file, also by a link, may have as many bytes as are allowed and no more', async () => {
  const folder = await temporaryFolder();
  const [file, link] = [join(folder, 'file'), join(folder, 'link')];
  await writeFile(file, 'äb');
  await symlink('file', link);
  expect((await readRegularFile(file, 3)).toString()).toBe('äb');
  expect((await readRegularFile(link, 3)).toString()).toBe('äb');
  await expect(readRegularFile(file, 2)).rejects.toThrow('it is larger than 2 bytes');
  await writeFile(file, '');
  expect(await readRegularFile(file, 2)).toHaveLength(0);
});

test('one that is not there is told as the system tells it', async () => {
  const file = join(await temporaryFolder(), 'none');
  await expect(readRegularFile(file, 2)).rejects.toThrow(/^ENOENT/);
});

test.skipIf(process.platform === 'win32')(
  'pipes, devices, sockets and folders are refused at once',
  async () => {
    const folder = await temporaryFolder();
    const [pipe, link, socket] = [join(folder, 'a'), join(folder, 'b'), join(folder, 'c')];
    expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
    await symlink('a', link);
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    for (const path of [pipe, link, socket, folder, '/dev/zero', '/dev/tty']) {
      await expect(readRegularFile(path, 2), path).rejects.toThrow('it is not a regular file');
    }
  },
);

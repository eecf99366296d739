import { readlinkSync } from 'node:fs';
import type * as fs from 'node:fs/promises';
import { type FileHandle, mkdir, open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof fs>();
  return { ...original, mkdir: vi.fn(original.mkdir), open: vi.fn(original.open) };
});

const failure = (code: string): Error => Object.assign(new Error(`${code}, a test's`), { code });

/** The paths of what is synced from now on. */
const tracedSyncs = async (): Promise<string[]> => {
  const handle = await open(process.execPath, 'r');
  await handle.close();
  const synced: string[] = [];
  const prototype = Object.getPrototypeOf(handle) as FileHandle;
  const sync = prototype.sync;
  const spy = vi.spyOn(prototype, 'sync').mockImplementation(function (this: FileHandle) {
    synced.push(readlinkSync(`/proc/self/fd/${this.fd}`));
    return sync.call(this);
  });
  onTestFinished(() => spy.mockRestore());
  return synced;
};

describe.runIf(process.platform === 'linux')('making a folder', () => {
  it('makes the name of each new folder durable', async () => {
    const root = await temporaryFolder();
    const synced = await tracedSyncs();
    await nodeFiles.makeFolder(join(root, 'a', 'b'));
    expect(synced.sort()).toEqual([root, join(root, 'a')]);
  });

  it('makes its name durable when it is there, for who made it may have died before', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'a'));
    const synced = await tracedSyncs();
    await nodeFiles.makeFolder(join(root, 'a'));
    expect(synced).toEqual([root]);
  });

  it('takes one that another makes meanwhile', async () => {
    const root = await temporaryFolder();
    const path = join(root, 'a', 'b');
    const synced = await tracedSyncs();
    vi.mocked(mkdir)
      .mockRejectedValueOnce(failure('ENOENT'))
      .mockImplementationOnce(async () => {
        const above = await vi.importActual<typeof fs>('node:fs/promises');
        return above.mkdir(path, { recursive: true }).then(() => undefined);
      });
    await nodeFiles.makeFolder(path);
    expect(await readdir(join(root, 'a'))).toEqual(['b']);
    expect(synced).toEqual([root]);
  });

  it('takes one whose parent belongs to somebody else and may not be read', async () => {
    const root = await temporaryFolder();
    vi.mocked(open).mockRejectedValueOnce(failure('EACCES'));
    await nodeFiles.makeFolder(root);
    vi.mocked(open).mockRejectedValueOnce(failure('EIO'));
    await expect(nodeFiles.makeFolder(root)).rejects.toMatchObject({ code: 'EIO' });
  });

  it('opens no folder on Windows, which cannot sync one', async () => {
    const root = await temporaryFolder();
    const before = vi.mocked(open).mock.calls.length;
    const platform = vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    onTestFinished(() => platform.mockRestore());
    await nodeFiles.makeFolder(join(root, 'a', 'b'));
    expect(await readdir(join(root, 'a'))).toEqual(['b']);
    expect(vi.mocked(open).mock.calls).toHaveLength(before);
  });

  it('fails at once where there can be none', async () => {
    await expect(nodeFiles.makeFolder('/proc/nothing/in/here')).rejects.toThrow('ENOENT');
    const file = join(await temporaryFolder(), 'file');
    await writeFile(file, '');
    await expect(nodeFiles.makeFolder(file)).rejects.toThrow('EEXIST');
    await expect(nodeFiles.makeFolder(join(file, 'a'))).rejects.toThrow('ENOTDIR');
  });
});

it('an open file knows when it has lost its name', async () => {
  const path = join(await temporaryFolder(), 'log');
  const file = await nodeFiles.create(path);
  expect(file.isLinked()).toBe(true);
  await nodeFiles.remove(path);
  expect(file.isLinked()).toBe(false);
  await file.close();
});

it('removes a file, and takes one that is gone for removed', async () => {
  const path = join(await temporaryFolder(), 'part');
  await writeFile(path, '');
  await nodeFiles.remove(path);
  await nodeFiles.remove(path);
  await nodeFiles.remove(join(path, 'in', 'no', 'folder'));
  await expect(nodeFiles.size(path)).rejects.toThrow('ENOENT');
});

it.runIf(process.platform === 'linux')('tells why a file cannot be removed', async () => {
  // As of a part that is immutable: not even root may.
  const removed = nodeFiles.remove('/proc/self/status');
  await expect(removed).rejects.toMatchObject({ code: 'EPERM', syscall: 'unlink' });
});

it('tells how much room there is', async () => {
  const free = await nodeFiles.freeBytes(await temporaryFolder());
  expect(free).toBeGreaterThan(1024 * 1024);
  expect(free % 512).toBe(0);
});

it.each([1, 256 * 1024, 256 * 1024 + 1])(
  'an append of %d bytes keeps them all, in order',
  async (size) => {
    const path = join(await temporaryFolder(), 'log');
    const bytes = Buffer.from(Array.from({ length: size }, (_, i) => (i * 31) % 251));
    const file = await nodeFiles.create(path);
    await file.append(Buffer.from('before'));
    await file.append(bytes);
    await file.append(Buffer.from('after'));
    await file.close();
    const kept = await nodeFiles.read(path);
    expect(kept.equals(Buffer.concat([Buffer.from('before'), bytes, Buffer.from('after')]))).toBe(
      true,
    );
  },
);

it('an error other than the expected one is not taken for an absence', async () => {
  const root = await temporaryFolder();
  expect(await nodeFiles.list(join(root, 'nowhere'))).toEqual([]);
  await nodeFiles.removeEmptyFolder(join(root, 'nowhere'));
  const file = join(root, 'file');
  await writeFile(file, '');
  await expect(nodeFiles.list(file)).rejects.toThrow('ENOTDIR');
  await expect(nodeFiles.removeEmptyFolder(file)).rejects.toThrow('ENOTDIR');
});

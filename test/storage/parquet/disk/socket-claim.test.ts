import { once } from 'node:events';
import type * as fs from 'node:fs/promises';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { listenLocally } from '../../../../src/storage/parquet/disk/local-socket.ts';
import { type Claim, claimBySocket } from '../../../../src/storage/parquet/disk/socket-claim.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof fs>();
  return { ...original, rename: vi.fn(original.rename) };
});
vi.mock('../../../../src/storage/parquet/disk/local-socket.ts', async (importOriginal) => {
  const original = await importOriginal<{ listenLocally: typeof listenLocally }>();
  return { ...original, listenLocally: vi.fn(original.listenLocally) };
});

const failure = (code: string): Error => Object.assign(new Error(`${code}, a test's`), { code });

const claimed = async (folder: string): Promise<Claim> => {
  const claim = await claimBySocket(folder);
  if (!('release' in claim)) expect.fail('there is a rival');
  return claim;
};

describe.runIf(process.platform !== 'win32')('a claim', () => {
  it('is tried anew when an owner took its socket for one of the dead', async () => {
    const folder = await temporaryFolder();
    const before = vi.mocked(rename).mock.calls.length;
    vi.mocked(rename).mockImplementationOnce(async (from) => {
      await rm(from);
      throw failure('ENOENT');
    });
    const claim = await claimed(folder);
    const tried = vi.mocked(rename).mock.calls.slice(before);
    expect(tried).toHaveLength(2);
    expect(new Set(tried.map(([from]) => from)).size).toBe(2);
    expect(await readdir(folder)).toHaveLength(1);
    await claim.release();
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['EIO', 1],
    ['ENOENT', 10],
  ])('is given up when its socket cannot get its name: %s', async (code, attempts) => {
    const folder = await temporaryFolder();
    const before = vi.mocked(rename).mock.calls.length;
    for (let i = 0; i < attempts; i++) vi.mocked(rename).mockRejectedValueOnce(failure(code));
    await expect(claimBySocket(folder)).rejects.toMatchObject({ code });
    expect(vi.mocked(rename).mock.calls.length - before).toBe(attempts);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['EMFILE', 'ENOSPC'])('says as it is that the system has no more: %s', async (code) => {
    const error = failure(code);
    vi.mocked(listenLocally).mockRejectedValueOnce(error);
    await expect(claimBySocket(await temporaryFolder())).rejects.toBe(error);
  });

  it('says what is wrong with a file system that takes no sockets', async () => {
    const folder = await temporaryFolder();
    const error = failure('ENOTSUP');
    vi.mocked(listenLocally).mockRejectedValueOnce(error);
    await expect(claimBySocket(folder)).rejects.toMatchObject({
      message: expect.stringContaining(`no local socket can be made in ${folder}`),
      cause: error,
    });
  });

  it('leaves a process alone that is about to listen under its name', async () => {
    const folder = await temporaryFolder();
    const server = createServer((socket) => socket.end('I come'));
    onTestFinished(() => void server.close());
    server.listen(join(folder, 'alive.new'));
    await once(server, 'listening');
    await writeFile(join(folder, 'dead.new'), '');
    const claim = await claimed(folder);
    expect((await readdir(folder)).filter((name) => name.endsWith('.new'))).toEqual(['alive.new']);
    await claim.release();
  });

  it('is not said to be gone when that cannot be told', async () => {
    const folder = join(await temporaryFolder(), 'lock');
    await mkdir(folder);
    const claim = await claimed(folder);
    expect(await claim.isVisible()).toBe(true);
    await rm(folder, { recursive: true });
    expect(await claim.isVisible()).toBe(false);
    await writeFile(folder, '');
    await expect(claim.isVisible()).rejects.toMatchObject({ code: 'ENOTDIR' });
    await rm(folder);
    await claim.release();
  });

  it('is made from near a folder whose own path is too long, on other systems', async () => {
    const near = join(await temporaryFolder(), 'deep'.repeat(30));
    await mkdir(join(near, 'lock'), { recursive: true });
    const cwd = process.cwd();
    vi.spyOn(process, 'platform', 'get').mockReturnValue('darwin');
    onTestFinished(() => {
      process.chdir(cwd);
      vi.restoreAllMocks();
    });
    await expect(claimBySocket(join(near, 'lock'))).rejects.toThrow('too long for a local socket');
    process.chdir(near);
    const claim = await claimed(join(near, 'lock'));
    expect(await readdir(join(near, 'lock'))).toHaveLength(1);
    await claim.release();
  });
});

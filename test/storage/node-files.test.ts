import { readlinkSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { nodeFiles } from '../../src/storage/node-files.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

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
});

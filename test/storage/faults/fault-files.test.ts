import { linkSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type DiskImage, DiskModel, FOLDER, type PowerLoss } from './disk-model.ts';
import { FaultFiles } from './fault-files.ts';
import { randomOf } from './random.ts';

const BYTES = Buffer.from('a'.repeat(200));

const newDisk = (disk?: DiskModel) => {
  const root = mkdtempSync(join(tmpdir(), 'heart-rate-faults-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const files = new FaultFiles(disk === undefined ? { root } : { root, disk });
  return { files, at: (name: string) => join(root, name) };
};

const text = (image: DiskImage): Record<string, string> =>
  Object.fromEntries([...image].map(([path, content]) => [path, content.toString()]));

const found = (files: FaultFiles, loss: PowerLoss, seed = 0): Record<string, string> =>
  text(files.snapshot().afterPowerLoss(loss, randomOf(seed)));

const ALL_LOST = { data: 'dropped', names: 'dropped' } as const;
const DATA_LOST = { data: 'dropped', names: 'kept' } as const;
const NAMES_LOST = { data: 'kept', names: 'dropped' } as const;
const NONE_LOST = { data: 'kept', names: 'kept' } as const;

describe('power loss', () => {
  it('takes a file whose folder was not synced, however well it was synced itself', async () => {
    const { files, at } = newDisk();
    const file = await files.create(at('file'));
    await file.append(BYTES);
    await file.datasync();
    expect(found(files, NAMES_LOST)).toEqual({});
    await files.syncFolder(at('.'));
    expect(found(files, ALL_LOST)).toEqual({ file: String(BYTES) });
  });

  it('takes, keeps or tears what was appended since the last sync, and nothing before', async () => {
    const { files, at } = newDisk();
    const file = await files.create(at('file'));
    await files.syncFolder(at('.'));
    await file.append(Buffer.from('safe'));
    await file.datasync();
    await file.append(BYTES);
    expect(found(files, DATA_LOST)).toEqual({ file: 'safe' });
    expect(found(files, NONE_LOST)).toEqual({ file: `safe${BYTES}` });
    const lengths = new Set<number>();
    for (let seed = 0; seed < 50; seed++) {
      const torn = found(files, { data: 'torn', names: 'kept' }, seed).file as string;
      lengths.add(torn.length);
      expect(`safe${BYTES}`.startsWith(torn) && torn.startsWith('safe')).toBe(true);
      const holes = found(files, { data: 'scattered', names: 'kept' }, seed).file as string;
      expect(holes).toMatch(/^safe[a\0]{200}$/);
    }
    expect(lengths.size).toBeGreaterThan(20);
  });

  it('takes a rename wholly or not at all within a folder, by halves between two', async () => {
    const { files, at } = newDisk(DiskModel.of(new Map([['file', Buffer.from('x')]])));
    await files.rename(at('file'), at('renamed'));
    const seen = new Set<string>();
    const look = () => {
      seen.clear();
      for (let seed = 0; seed < 50; seed++) {
        const image = found(files, { data: 'kept', names: 'scattered' }, seed);
        seen.add(Object.keys(image).join());
      }
      return seen;
    };
    expect(look()).toEqual(new Set(['file', 'renamed']));
    await files.syncFolder(at('.'));
    expect(look()).toEqual(new Set(['renamed']));
    await files.makeFolder(at('folder'));
    await files.rename(at('renamed'), at('folder/renamed'));
    expect(look()).toEqual(
      new Set([
        'folder,renamed',
        'folder,folder/renamed',
        'folder,folder/renamed,renamed',
        'folder',
      ]),
    );
  });

  it('brings back a file whose removal was not synced', async () => {
    const { files, at } = newDisk(DiskModel.of(new Map([['file', Buffer.from('x')]])));
    await files.remove(at('file'));
    expect(found(files, ALL_LOST)).toEqual({ file: 'x' });
    expect(found(files, NONE_LOST)).toEqual({});
  });

  it('takes all that is in a folder whose name was not durable', async () => {
    const { files, at } = newDisk();
    files.fault = ({ operation }) => (operation === 'syncFolder' ? 'EIO' : undefined);
    await expect(files.makeFolder(at('folder'))).rejects.toThrow('EIO');
    files.fault = undefined;
    await files.create(at('folder/file'));
    await files.syncFolder(at('folder'));
    expect(found(files, ALL_LOST)).toEqual({});
    await files.makeFolder(at('folder'));
    expect(found(files, ALL_LOST)).toEqual({ folder: FOLDER, 'folder/file': '' });
  });

  it('takes a file that somebody else wrote, until it was synced', async () => {
    const { files, at } = newDisk();
    writeFileSync(at('file'), 'written');
    await files.rename(at('file'), at('renamed'));
    await files.syncFolder(at('.'));
    expect(found(files, DATA_LOST)).toEqual({ renamed: '' });
    await files.syncFile(at('renamed'));
    expect(found(files, ALL_LOST)).toEqual({ renamed: 'written' });
  });

  it('takes such a file also when it has the inode of one removed in the same moment', async () => {
    const { files, at } = newDisk();
    writeFileSync(at('file'), 'written');
    await files.syncFile(at('file'));
    linkSync(at('file'), at('other'));
    await files.remove(at('file'));
    renameSync(at('other'), at('file'));
    await files.syncFolder(at('.'));
    expect(found(files, NONE_LOST)).toEqual({});
    expect(await files.size(at('file'))).toBe(7);
    expect(found(files, DATA_LOST)).toEqual({ file: '' });
  });
});

describe('a failed sync', () => {
  it('is not made good by a later one', async () => {
    const { files, at } = newDisk();
    const file = await files.create(at('file'));
    await files.syncFolder(at('.'));
    await file.append(Buffer.from('lost'));
    files.fault = ({ operation }) => (operation === 'datasync' ? 'EIO' : undefined);
    await expect(file.datasync()).rejects.toMatchObject({ code: 'EIO' });
    files.fault = undefined;
    await file.append(Buffer.from('kept'));
    await file.datasync();
    expect(String(await files.read(at('file')))).toBe('lostkept');
    expect(found(files, ALL_LOST)).toEqual({ file: '\0\0\0\0kept' });
  });
});

describe('a process that dies', () => {
  it('leaves what is visible, and what of it is not durable is still not', async () => {
    const { files, at } = newDisk();
    const file = await files.create(at('file'));
    await file.append(BYTES);
    const next = newDisk(files.snapshot());
    expect(String(await next.files.read(next.at('file')))).toBe(String(BYTES));
    expect(found(next.files, ALL_LOST)).toEqual({});
    await next.files.syncFile(next.at('file'));
    await next.files.syncFolder(next.at('.'));
    expect(found(next.files, ALL_LOST)).toEqual({ file: String(BYTES) });
  });
});

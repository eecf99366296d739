import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quarantineFolder } from '../../../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { Quarantine } from '../../../../src/storage/parquet/disk/quarantine.ts';
import { recordingObserver } from '../../../support/store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { type FileCall, tracedFiles } from '../../traced-files.ts';

const PIECE = 'date=2024-01-15-part.parquet';

/** An empty quarantine, and a damaged file that may be set aside. */
const damagedFile = async (before?: (call: FileCall) => void) => {
  const dataDir = await temporaryFolder();
  const file = join(dataDir, 'heart_rate', 'date=2024-01-15', 'part.parquet');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, 'damaged');
  const { observer, events } = recordingObserver();
  const { files, calls } = tracedFiles(nodeFiles, before);
  const quarantine = await Quarantine.load(files, dataDir, observer);
  const folder = quarantineFolder(dataDir);
  return { dataDir, file, quarantine, calls, folder, told: events.quarantined };
};

describe('setting a file aside', () => {
  it('moves it, with a note, and makes both names durable', async () => {
    const { file, quarantine, calls, folder, told } = await damagedFile();
    await quarantine.setAsideFile(file, 7, 'wrong');
    expect(await readdir(dirname(file))).toEqual([]);
    expect((await readFile(join(folder, PIECE))).toString()).toBe('damaged');
    const note = JSON.parse((await readFile(join(folder, `${PIECE}.note.json`))).toString());
    expect(note).toMatchObject({ file, offset: 0, length: 7, cause: 'wrong' });
    expect(told).toEqual([{ file, offset: 0, length: 7, cause: 'wrong' }]);
    expect(quarantine.size).toBe(1);
    expect(calls.slice(-3)).toEqual([
      { operation: 'rename', path: join(folder, PIECE) },
      { operation: 'syncFolder', path: folder },
      { operation: 'syncFolder', path: dirname(file) },
    ]);
  });

  it('leaves a note of one that is gone', async () => {
    const { dataDir, file, quarantine, folder } = await damagedFile();
    await quarantine.setAsideFile(join(dirname(file), 'gone.parquet'), 7, 'not there');
    expect(await readdir(folder)).toEqual(['date=2024-01-15-gone.parquet.note.json']);
    const { observer } = recordingObserver();
    expect((await Quarantine.load(nodeFiles, dataDir, observer)).size).toBe(1);
  });

  it('fails when the file cannot be moved, with a note on disk, and can be repeated', async () => {
    let isFailing = true;
    const { file, quarantine, folder, told } = await damagedFile(({ path }) => {
      if (!isFailing || !path.endsWith(PIECE)) return;
      throw Object.assign(new Error('no luck'), { code: 'EIO' });
    });
    await expect(quarantine.setAsideFile(file, 7, 'wrong')).rejects.toThrow('no luck');
    expect((await readFile(file)).toString()).toBe('damaged');
    expect(await readdir(folder)).toEqual([`${PIECE}.note.json`]);
    expect({ size: quarantine.size, told }).toEqual({ size: 0, told: [] });
    isFailing = false;
    await quarantine.setAsideFile(file, 7, 'wrong');
    expect(await readdir(folder)).toEqual([PIECE, `${PIECE}.note.json`]);
    expect({ size: quarantine.size, told: told.length }).toEqual({ size: 1, told: 1 });
  });
});

import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { checkedLine } from '../../../../src/storage/parquet/disk/checked-line.ts';
import {
  FORMAT,
  readFormat,
  UnknownFormatError,
} from '../../../../src/storage/parquet/disk/folder-format.ts';
import { formatFile } from '../../../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { append, openStore, reading, rowsOf, scanRequest } from '../../../support/store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const MARKER = checkedLine(`"format":${FORMAT}}`);

const markerOf = (dataDir: string): Promise<string> => readFile(formatFile(dataDir), 'utf8');

describe('the format marker', () => {
  it('is made with the folder, is JSON, and stays as it is', async () => {
    const dataDir = await temporaryFolder();
    for (let i = 0; i < 2; i++) {
      const { store, events } = await openStore(dataDir);
      expect(await markerOf(dataDir)).toBe(MARKER);
      expect(events.quarantined).toEqual([]);
      await store.close();
    }
    expect(JSON.parse(MARKER)).toEqual({ crc: expect.stringMatching(/^[0-9a-f]{8}$/), format: 3 });
    expect((await readdir(dataDir)).sort()).toEqual(['format.json', 'heart_rate', 'lock', 'wal']);
  });

  it('of a later version keeps this one out, and everything as it is', async () => {
    const dataDir = await temporaryFolder();
    await writeFile(formatFile(dataDir), checkedLine('"format":4,"more":"of it"}'));
    await writeFile(join(dataDir, '.format.json.tmp'), 'half');
    const before = await readdir(dataDir);
    await expect(openStore(dataDir)).rejects.toThrow(UnknownFormatError);
    await expect(openStore(dataDir)).rejects.toThrow(/data format 4, .* knows format 3/);
    expect(await readdir(dataDir)).toEqual(expect.arrayContaining(before));
    expect(await markerOf(dataDir)).toContain('"format":4');
  });

  it('that cannot be read is neither missing nor damaged', async () => {
    const dataDir = await temporaryFolder();
    expect(await readFormat(nodeFiles, dataDir)).toBeUndefined();
    await mkdir(formatFile(dataDir));
    await expect(readFormat(nodeFiles, dataDir)).rejects.toMatchObject({ code: 'EISDIR' });
  });

  test.each([
    ['empty', ''],
    ['cut', MARKER.slice(0, -5)],
    ['another file', 'format 1'],
    ['flipped to a later version', MARKER.replace('"format":3', '"format":4')],
  ])('that is damaged (%s) is set aside and made anew', async (_, content) => {
    const dataDir = await temporaryFolder();
    const first = await openStore(dataDir);
    await append(first.store, reading('ann', 'a', 0, 70));
    await first.store.close();
    await writeFile(formatFile(dataDir), content);

    const { store, events } = await openStore(dataDir);
    expect(await markerOf(dataDir)).toBe(MARKER);
    expect(events.quarantined).toMatchObject([
      { file: formatFile(dataDir), offset: 0, length: content.length, cause: expect.any(String) },
    ]);
    expect(store.health().state).toBe('degraded');
    expect(await rowsOf(store, scanRequest('ann'))).toEqual([['a', 0, 70]]);
    await store.close();
  });
});

import { mkdir, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { checkedLine } from '../../../../src/storage/parquet/disk/checked-line.ts';
import { sequenceFile } from '../../../../src/storage/parquet/disk/layout.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import { readMark } from '../../../../src/storage/parquet/disk/sequence-mark.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

it.each(['', '\n'])('a mark says its sequence, with the end of its line %j', async (end) => {
  const dataDir = await temporaryFolder();
  const line = checkedLine('"sequence":42}').trimEnd();
  await writeFile(sequenceFile(dataDir), `${line}${end}`);
  expect(await readMark(nodeFiles, dataDir)).toBe(42);
});

it('a mark that cannot be read is neither missing nor damaged', async () => {
  const dataDir = await temporaryFolder();
  expect(await readMark(nodeFiles, dataDir)).toBeUndefined();
  await mkdir(sequenceFile(dataDir));
  await expect(readMark(nodeFiles, dataDir)).rejects.toMatchObject({ code: 'EISDIR' });
});

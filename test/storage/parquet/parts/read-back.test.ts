import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Sequence } from '../../../../src/readings/reading.ts';
import { nodeFiles } from '../../../../src/storage/parquet/disk/node-files.ts';
import {
  PartFileWriter,
  type WrittenFile,
  type WrittenGroup,
} from '../../../../src/storage/parquet/parts/part-file-writer.ts';
import { checkWritten } from '../../../../src/storage/parquet/parts/read-back.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** A file of three rows, and what it is said to hold. */
const writtenFile = async (name = 'one', heartRate = 70): Promise<WrittenFile> => {
  const path = join(await temporaryFolder(), `${name}.v3.parquet`);
  return PartFileWriter.write(nodeFiles, path, 42 as Sequence, (append) =>
    append({
      userIds: ['ann', 'bob'],
      deviceIds: ['a', 'a'],
      lengths: Uint32Array.of(2, 1),
      timestamps: Float64Array.of(1, 2, 3),
      heartRates: Float64Array.of(heartRate, 71, 72),
    }),
  );
};

describe('what was written', () => {
  it('is read back as it was, by itself or with others', async () => {
    await checkWritten([await writtenFile()]);
    await checkWritten([await writtenFile('one'), await writtenFile('two', 80)]);
    await checkWritten([]);
  });

  it('has no other rows', async () => {
    const file = await writtenFile();
    const [group] = file.groups as [WrittenGroup];
    await expect(checkWritten([{ ...file, groups: [group, group] }])).rejects.toThrow(
      `${file.path}: 6 rows were written, 3 are read`,
    );
  });

  it('has no other values', async () => {
    const [file, other] = [await writtenFile(), await writtenFile('other', 80)];
    const { groups } = other;
    await expect(checkWritten([{ ...file, groups }])).rejects.toThrow('other values are read');
    await expect(checkWritten([other, { ...file, groups }])).rejects.toThrow(
      `${other.path} and 1 others: other values are read`,
    );
  });

  it('has no other sequence', async () => {
    const file = { ...(await writtenFile()), sequence: 43 as Sequence };
    await expect(checkWritten([file])).rejects.toThrow('not all rows have the sequence 43');
  });

  it('has no other bytes', async () => {
    const file = { ...(await writtenFile()), checksum: '00000000' };
    await expect(checkWritten([file])).rejects.toThrow('is not as it was written');
  });
});

import { join } from 'node:path';
import type pl from 'nodejs-polars';
import type { EpochDay } from '../../../readings/reading.ts';
import { PART_VERSION, scanStored } from '../../rows/part-file.ts';
import { fileChecksum } from '../disk/checksum.ts';
import type { Files } from '../disk/files.ts';
import { dayFolder, type PartIdentity, partName, partStem, temporaryName } from '../disk/layout.ts';
import type { WrittenPart } from './jobs.ts';
import { countRows, writeParquet } from './part-frame.ts';

/**
 * Writes a part and makes it durable under its name, which has the checksum of its bytes:
 * temporary file, sync, rename, sync of the folder. A crash at any point leaves either no part or
 * the whole of it.
 */
export const publishPart = async (
  files: Files,
  dataDir: string,
  day: EpochDay,
  identity: PartIdentity,
  rows: pl.LazyDataFrame,
): Promise<WrittenPart> => {
  const folder = dayFolder(dataDir, day);
  const temporary = join(folder, temporaryName(partStem(identity)));
  await files.makeFolder(folder);
  await writeParquet(rows, temporary);
  await files.syncFile(temporary);
  const checksum = await fileChecksum(temporary);
  const path = join(folder, partName({ ...identity, checksum, version: PART_VERSION }));
  await files.rename(temporary, path);
  await files.syncFolder(folder);
  return { path, bytes: await files.size(path), rows: await countRows(scanStored(path)) };
};

import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { checkedLine } from '../../../src/storage/parquet/disk/checked-line.ts';
import { checksumOf } from '../../../src/storage/parquet/disk/checksum.ts';
import {
  formatFile,
  type PartName,
  parsePartName,
  partName,
} from '../../../src/storage/parquet/disk/layout.ts';
import { scanPart } from '../../../src/storage/rows/part-file.ts';
import { type DiskImage, DiskModel, FOLDER } from './disk-model.ts';
import { FaultFiles } from './fault-files.ts';

const MARKER = checkedLine('"format":1}');

/** The same folder as format 1 has it: the columns and names of its parts, and its marker. */
export const asVersion1 = async (disk: DiskModel): Promise<DiskModel> => {
  const root = mkdtempSync(join(tmpdir(), 'heart-rate-version-1-'));
  try {
    // Written there, so that Polars can read it.
    const files = new FaultFiles({ root, disk });
    const image = new Map<string, Buffer | typeof FOLDER>();
    for (const [path, content] of disk.visible) {
      const part = parsePartName(basename(path));
      if (content === FOLDER || part === undefined) image.set(path, content);
      else {
        const old = await partOfVersion1(join(files.root, path), part);
        image.set(join(dirname(path), old.name), old.content);
      }
    }
    image.set(formatFile('data'), Buffer.from(MARKER));
    return DiskModel.of(image);
  } finally {
    rmSync(root, { recursive: true });
  }
};

const partOfVersion1 = async (
  path: string,
  part: PartName,
): Promise<{ name: string; content: Buffer }> => {
  const written = `${path}.version-1`;
  const rows = scanPart(path);
  await rows.sinkParquet(written, { compression: 'zstd', statistics: true }).collect();
  const content = await readFile(written);
  const checksum = checksumOf(content);
  return { name: partName({ ...part, checksum, version: 1 }), content };
};

/** The names of the parts on a disk that are of a version. */
export const partsOfVersion = (image: DiskImage, version: PartName['version']): string[] =>
  [...image.keys()]
    .map((path) => basename(path))
    .filter((name) => {
      return parsePartName(name)?.version === version;
    });

import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import pl from 'nodejs-polars';
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

export type OldFormat = 1 | 2;

/** The same folder as an old format has it: the columns and names of its parts, and its marker. */
export const asFormat = async (disk: DiskModel, format: OldFormat): Promise<DiskModel> => {
  const root = mkdtempSync(join(tmpdir(), 'heart-rate-old-format-'));
  try {
    // Written there, so that Polars can read it.
    const files = new FaultFiles({ root, disk });
    const image = new Map<string, Buffer | typeof FOLDER>();
    for (const [path, content] of disk.visible) {
      const part = parsePartName(basename(path));
      if (content === FOLDER || part === undefined) image.set(path, content);
      else {
        const old = await partOf(format, join(files.root, path), part);
        image.set(join(dirname(path), old.name), old.content);
      }
    }
    image.set(formatFile('data'), Buffer.from(checkedLine(`"format":${format}}`)));
    return DiskModel.of(image);
  } finally {
    rmSync(root, { recursive: true });
  }
};

const MICROS = pl.col('timestamp').cast(pl.Int64);
const int64 = (value: number): pl.Expr => pl.lit(value).cast(pl.Int64);
const OF_MINUTE = MICROS.modulo(int64(60_000_000));
const OF_SECOND = MICROS.modulo(int64(1_000_000));

/** What the columns of a reading were turned into. */
const COLUMNS: Readonly<Record<OldFormat, readonly pl.Expr[]>> = {
  1: ['user_id', 'device_id', 'timestamp', 'heart_rate', 'sequence'].map((name) => pl.col(name)),
  2: [
    pl.col('user_id'),
    pl.col('device_id'),
    MICROS.sub(OF_MINUTE).cast(pl.Datetime('us', 'UTC')).alias('minute'),
    OF_MINUTE.sub(OF_SECOND).div(int64(1_000_000)).cast(pl.Int32).alias('second'),
    OF_SECOND.cast(pl.Int32).alias('microsecond'),
    pl.col('heart_rate'),
    pl.col('sequence'),
  ],
};

const partOf = async (
  format: OldFormat,
  path: string,
  part: PartName,
): Promise<{ name: string; content: Buffer }> => {
  const written = `${path}.old`;
  await scanPart(path)
    .sort(['user_id', 'timestamp', 'device_id'])
    .select(...COLUMNS[format])
    .sinkParquet(written, { compression: 'zstd', statistics: true, maintainOrder: true })
    .collect();
  const content = await readFile(written);
  const checksum = checksumOf(content);
  return { name: partName({ ...part, checksum, version: format }), content };
};

/** The names of the parts on a disk that are of a version. */
export const partsOfVersion = (image: DiskImage, version: PartName['version']): string[] =>
  [...image.keys()]
    .map((path) => basename(path))
    .filter((name) => {
      return parsePartName(name)?.version === version;
    });

import { expect, onTestFinished, test } from 'vitest';
import { type ParquetFiles, parquetFiles } from '../../../src/http/export-formats/parquet-files.ts';
import { type ReadingsPiece, sliceOf } from '../../../src/query/export/readings-piece.ts';
import { built } from '../../support/built.ts';

type WorkerModule = typeof import('../../../src/http/export-formats/worker-parquet-files.ts');

const startFiles = async (): Promise<ParquetFiles> => {
  const path = 'http/export-formats/worker-parquet-files.ts';
  const { workerParquetFiles } = await built<WorkerModule>(path);
  const files = workerParquetFiles();
  onTestFinished(() => files.close());
  return files;
};

const ROWS = 12_000;
const PIECE: ReadingsPiece = {
  timestampsMicros: Float64Array.from({ length: ROWS }, (_, i) => 1.7e15 + i * 333_333),
  heartRates: Float64Array.from({ length: ROWS }, (_, i) => 60 + (i % 50) / 3),
  devices: Uint32Array.from({ length: ROWS }, (_, i) => i % 2),
  deviceIds: ['device_a', 'é'],
};

/** Two files at once, each piece by piece. */
const written = async (files: ParquetFiles): Promise<Buffer[]> => {
  const chunks: Uint8Array[][] = [[], []];
  for (let from = 0; from < ROWS; from += 700) {
    const piece = sliceOf(PIECE, from, from + 700);
    for (const [file, ofFile] of chunks.entries()) {
      ofFile.push(...(await files.add({ file, userId: `user ${file}`, piece })));
    }
  }
  // It comes as it is written.
  expect(chunks[0]?.length).toBeGreaterThan(2);
  for (const [file, ofFile] of chunks.entries()) ofFile.push(...(await files.end(file)));
  return chunks.map((ofFile) => Buffer.concat(ofFile));
};

test('a thread writes the same bytes', async () => {
  const expected = await written(parquetFiles());
  expect(await written(await startFiles())).toEqual(expected);
  expect(expected[0]?.equals(expected[1] as Buffer)).toBe(false);
});

test('a file that was dropped begins anew', async () => {
  const files = await startFiles();
  const begin = () => files.add({ file: 1, userId: 'ann', piece: sliceOf(PIECE, 0, 6_000) });
  const first = await begin();
  await files.drop(1);
  expect(await begin()).toEqual(first);
  await files.drop(1);
  await files.drop(2);
});

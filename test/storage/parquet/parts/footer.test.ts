import type * as fs from 'node:fs/promises';
import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { readFooter } from '../../../../src/storage/parquet/parts/footer.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { fixturePart } from './read-part.ts';

vi.mock('node:fs/promises', async (importOriginal) => {
  const original = await importOriginal<typeof fs>();
  return { ...original, open: vi.fn(original.open) };
});

it('a footer tells of the rows without their being read', async () => {
  const footer = await readFooter(await fixturePart(1));
  expect(footer.row_groups.length).toBeGreaterThan(0);
  const rows = footer.row_groups.reduce((sum, group) => sum + group.num_rows, 0n);
  expect(footer.num_rows).toBe(rows);
});

it('a file that ends earlier than it said is told of, and closed', async () => {
  const path = join(await temporaryFolder(), 'part');
  await writeFile(path, 'PAR1');
  const real = await vi.importActual<typeof fs>('node:fs/promises');
  const handle = await real.open(path, 'r');
  vi.spyOn(handle, 'stat').mockResolvedValue({ size: 1000 } as never);
  vi.mocked(open).mockResolvedValueOnce(handle);
  await expect(readFooter(path)).rejects.toThrow(`${path} was cut short while it was read`);
  expect(handle.fd).toBe(-1);
});

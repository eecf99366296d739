import { describe, expect, it, vi } from 'vitest';
import { checkPart } from '../../../../src/storage/parquet/parts/check-part.ts';
import * as slices from '../../../../src/storage/parquet/parts/part-slices.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { writePart } from './write-part.ts';

vi.mock('../../../../src/storage/parquet/parts/part-slices.ts', async (importOriginal) => {
  const original = await importOriginal<typeof slices>();
  return { ...original, slicesOf: vi.fn(original.slicesOf) };
});

/** Makes one attempt to read a part fail. */
const failOnce = (error: Error): void => {
  vi.mocked(slices.slicesOf).mockImplementationOnce(() => {
    throw error;
  });
};

describe('a part whose checksum holds', () => {
  const aPart = async () => writePart(await temporaryFolder(), 1, 1, [['ann', 'a', 1000, 70]]);

  it('is sound when it can be read, if only the second time', async () => {
    const { path } = await aPart();
    expect(await checkPart({ path })).toEqual({ damage: undefined });
    failOnce(new Error('a page is torn'));
    expect(await checkPart({ path })).toEqual({ damage: undefined });
  });

  it('is damaged when it cannot be read twice', async () => {
    const { path } = await aPart();
    for (let i = 0; i < 2; i++) failOnce(new Error('a page is torn'));
    expect(await checkPart({ path })).toEqual({ damage: 'Error: a page is torn' });
  });

  it('is not said to be damaged when the system refuses', async () => {
    const { path } = await aPart();
    const error = new Error('Too many open files (os error 24)');
    failOnce(error);
    await expect(checkPart({ path })).rejects.toBe(error);
  });
});

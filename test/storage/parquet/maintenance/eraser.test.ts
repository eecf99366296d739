import { expect, test } from 'vitest';
import type { Sequence } from '../../../../src/readings/reading.ts';
import { Eraser, type EraserOptions } from '../../../../src/storage/parquet/maintenance/eraser.ts';
import { closedSegment } from '../../../support/maintenance.ts';
import { partWork } from '../../../support/part-work.ts';

/** A part that a failed write left may hold what is to be erased, and is in no catalog yet. */
test('an erasure is not over while a failed write may have left a part', async () => {
  const { replacer, parts } = await partWork();
  const erasures = [{ userId: 'ann', sequence: 3 as Sequence }];
  const segments = { erasing: [closedSegment(1, 3, erasures)] };
  const eraserWith = (hasUnfinished: boolean) =>
    new Eraser({
      parts,
      segments,
      replacer: Object.create(replacer, { hasUnfinished: { value: hasUnfinished } }),
    } as unknown as EraserOptions);
  expect(eraserWith(true).next(() => false)).toBeUndefined();
  expect(eraserWith(false).next(() => false)).toMatchObject({ subject: segments.erasing[0] });
});

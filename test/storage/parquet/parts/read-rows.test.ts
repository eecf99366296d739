import pl from 'nodejs-polars';
import { expect, it } from 'vitest';
import { readRows } from '../../../../src/storage/parquet/parts/read-rows.ts';

const frameWith = (change: Readonly<Record<string, unknown[]>> = {}): pl.LazyDataFrame =>
  pl
    .DataFrame({
      user_id: ['ann', 'ann', 'bob'],
      device_id: ['a', 'a', 'a'],
      timestamp: [1, 2, 3],
      heart_rate: [70, 71, 72.5],
      sequence: [5, 5, 6],
      ...change,
    })
    .lazy();

it('rows are read series by series', async () => {
  const rows = await readRows(frameWith());
  expect(rows.userIds).toEqual(['ann', 'bob']);
  expect([...rows.lengths]).toEqual([2, 1]);
  expect([...rows.heartRates]).toEqual([70, 71, 72.5]);
  expect([...rows.sequences]).toEqual([5, 5, 6]);
});

it.each([
  ['user_id', ['ann', null, 'bob']],
  ['timestamp', [1, null, 3]],
  ['heart_rate', [null, 71, 72.5]],
])('a row without a value in %s is no row', async (name, values) => {
  await expect(readRows(frameWith({ [name]: values }))).rejects.toThrow(
    `the column ${name} has a row without a value`,
  );
});

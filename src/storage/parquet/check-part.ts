import pl from 'nodejs-polars';
import type { CheckJob, CheckResult } from './jobs.ts';
import { partDamage } from './part-checksum.ts';
import { PART_TYPES, scanPart, slicesOf, wrongColumns } from './part-frame.ts';

/** An aggregate over a column needs every page of it. */
const ALL_PAGES = Object.keys(PART_TYPES).map((name) => pl.col(name).max());

/** Checks the bytes of a part, then reads every column, and says what is wrong with it. */
export const checkPart = async ({ path }: CheckJob): Promise<CheckResult> => {
  const damage = await partDamage(path);
  if (damage !== undefined) return { damage };
  try {
    const wrong = wrongColumns(await scanPart(path).limit(0).collect());
    if (wrong !== undefined) return { damage: wrong };
    for await (const slice of slicesOf(path)) await slice.select(...ALL_PAGES).collect();
    return { damage: undefined };
  } catch (error) {
    return { damage: String(error) };
  }
};

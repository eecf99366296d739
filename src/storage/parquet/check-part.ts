import pl from 'nodejs-polars';
import type { CheckJob, CheckResult } from './jobs.ts';
import { partDamage } from './part-checksum.ts';
import { PART_TYPES, slicesOf } from './part-frame.ts';

const COLUMNS = Object.keys(PART_TYPES);
/** An aggregate over a column needs every page of it. */
const ALL_PAGES = COLUMNS.map((name) => pl.col(name).max());

/** Checks the bytes of a part, then reads every column, and says what is wrong with it. */
export const checkPart = async ({ path }: CheckJob): Promise<CheckResult> => {
  const damage = await partDamage(path);
  if (damage !== undefined) return { damage };
  try {
    for await (const slice of slicesOf(path)) {
      const wrong = wrongType(await slice.select(...ALL_PAGES).collect());
      if (wrong !== undefined) return { damage: wrong };
    }
    return { damage: undefined };
  } catch (error) {
    return { damage: String(error) };
  }
};

const wrongType = ({ schema }: pl.DataFrame): string | undefined => {
  const wrong = COLUMNS.find((name) => String(schema[name]) !== String(PART_TYPES[name]));
  return wrong && `column ${wrong} is ${schema[wrong]}, not ${PART_TYPES[wrong]}`;
};

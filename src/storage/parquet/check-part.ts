import pl from 'nodejs-polars';
import type { CheckJob, CheckResult } from './jobs.ts';
import { PART_TYPES, scanPart } from './part-frame.ts';

const columns = Object.keys(PART_TYPES);

/** Reads every column of a part, and says what is wrong when that fails. */
export const checkPart = async ({ path }: CheckJob): Promise<CheckResult> => {
  try {
    // An aggregate over a column needs every page of it, and holds none of them for long.
    const read = await scanPart(path)
      .select(...columns.map((name) => pl.col(name).max()))
      .collect();
    const wrong = columns.find((name) => String(read.schema[name]) !== String(PART_TYPES[name]));
    if (wrong === undefined) return { damage: undefined };
    return { damage: `column ${wrong} is ${read.schema[wrong]}, not ${PART_TYPES[wrong]}` };
  } catch (error) {
    return { damage: String(error) };
  }
};

import pl from 'nodejs-polars';
import { partVersionOf, READING_COLUMNS, scanStored } from '../../rows/part-file.ts';
import { isSystemError } from '../../system-error.ts';
import type { CheckJob, CheckResult } from './jobs.ts';
import { partDamage } from './part-checksum.ts';
import { wrongColumns } from './part-columns.ts';
import { slicesOf } from './part-slices.ts';

/** An aggregate over a column needs every page of it, or of those it is made from. */
const ALL_PAGES = READING_COLUMNS.map((name) => pl.col(name).max());

/**
 * Checks the bytes of a part, then reads every column, and says what is wrong with it. A part whose
 * checksum holds is damaged only when it cannot be read twice for a reason that lies in it.
 * Rejects when the system refuses, as with too many open files: that tells nothing of the part.
 */
export const checkPart = async ({ path }: CheckJob): Promise<CheckResult> => {
  const damage = await partDamage(path);
  if (damage !== undefined) return { damage };
  const wrong = await wrongContent(path);
  return { damage: wrong === undefined ? undefined : await wrongContent(path) };
};

const wrongContent = async (path: string): Promise<string | undefined> => {
  try {
    const wrong = wrongColumns(await scanStored(path).limit(0).collect(), partVersionOf(path));
    if (wrong !== undefined) return wrong;
    for await (const slice of slicesOf(path)) await slice.select(...ALL_PAGES).collect();
    return undefined;
  } catch (error) {
    if (isSystemError(error)) throw error;
    return String(error);
  }
};

import type { EpochDay } from '../../../readings/reading.ts';
import { partVersionOf, scanStored } from '../../rows/part-file.ts';
import type { PartIdentity } from '../disk/layout.ts';
import { partDamage } from '../parts/part-checksum.ts';
import { wrongColumns } from '../parts/part-columns.ts';
import type { Report } from './finding.ts';
import { readFooter } from './part-footer.ts';
import { type HeartRateBounds, verifyRows } from './part-rows.ts';
import { verifyUserFilter } from './part-user-filter.ts';

/**
 * Checks one part: its checksum, its footer by an independent reader, its columns, and every row.
 * Each step needs the ones before it, so the first that fails is the last. Resolves with the
 * number of rows.
 */
export const verifyPart = async (
  path: string,
  day: EpochDay,
  { range }: PartIdentity,
  heartRates: HeartRateBounds,
  report: Report,
): Promise<number> => {
  const damage = await partDamage(path);
  if (damage !== undefined) {
    report({ code: 'part-checksum', cause: damage });
    return 0;
  }
  const footer = await readFooter(path).catch((error: unknown) => String(error));
  if (typeof footer === 'string') {
    report({ code: 'part-footer', cause: `the footer cannot be read: ${footer}` });
    return 0;
  }
  const version = partVersionOf(path);
  const wrong =
    footer.wrongColumns ?? wrongColumns(await scanStored(path).limit(0).collect(), version);
  if (wrong !== undefined) {
    report({ code: 'part-columns', cause: wrong });
    return 0;
  }
  if (footer.rows !== footer.rowsInGroups) {
    const cause = `the footer says ${footer.rows} rows, and its row groups ${footer.rowsInGroups}`;
    report({ code: 'part-rows', cause });
    return 0;
  }
  const rows = await verifyRows(path, { version, day, sequence: range.last, heartRates }, report);
  if (rows !== footer.rows) {
    report({ code: 'part-rows', cause: `the footer says ${footer.rows} rows, ${rows} were read` });
  }
  await verifyUserFilter(path, report);
  return rows;
};

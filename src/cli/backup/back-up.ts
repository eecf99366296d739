import { resolve } from 'node:path';
import { zHeartRate } from '../../../generated/zod/zod.gen.ts';
import {
  type BackupResult,
  backUpFolder,
  whyNotBackUp,
} from '../../storage/parquet/backup/back-up-folder.ts';
import { reportText } from '../../storage/parquet/verify/report-text.ts';
import { dataFolderOf } from '../data-folder.ts';
import { EXIT, type ExitCode, UsageError } from '../exit-codes.ts';

const textOf = ({ linkedParts, copiedParts, verified }: BackupResult): string =>
  `${reportText(verified)}${linkedParts} parts linked, ${copiedParts} copied\n`;

/**
 * Makes a backup and prints what it holds. Rejects with a {@link UsageError} when it cannot be
 * begun, and with another error when it failed; then there is no target.
 */
export const backUp = async (
  named: string,
  folder: string | undefined,
  json: boolean,
): Promise<ExitCode> => {
  const { minValue, maxValue } = zHeartRate;
  if (minValue === null || maxValue === null) throw new Error('the contract has no bounds');
  const dataDir = resolve(folder ?? dataFolderOf(process.env));
  const target = resolve(named);
  const reason = await whyNotBackUp(dataDir, target);
  if (reason !== undefined) throw new UsageError(`Cannot back up: ${reason}`);
  const heartRates = { min: minValue, max: maxValue };
  const result = await backUpFolder({ dataDir, target, heartRates });
  process.stdout.write(json ? `${JSON.stringify(result, undefined, 2)}\n` : textOf(result));
  return EXIT.ok;
};
